"""What delivery has to know of the products of a basket: size, own delays and fees, ways they never travel."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from catalog.models import Product
from logistics import rules
from logistics.models import ForbiddenMode


@dataclass(frozen=True)
class Facts:
    """A product as it travels. Delays in working days; `surcharge` for each unit, with tax."""

    id: int
    sku: str
    parent_id: int | None
    family_id: int | None
    weight_g: int
    height_mm: int
    width_mm: int
    length_mm: int
    delay_days: int
    not_before: dt.date | None
    surcharge: Decimal
    making_days: int
    making: str

    def good(self, quantity: int) -> rules.Good:
        """So many of it, for the limits of a mode."""
        return rules.Good(self.sku, quantity, self.weight_g, (self.height_mm, self.width_mm, self.length_mm))


def facts_of(product_ids: Collection[int]) -> dict[int, Facts]:
    """Facts by product; what a variant does not say is its parent's. One query."""
    rows = Product.objects.filter(pk__in=product_ids).order_by("pk")
    return {row[0]: Facts(*row) for row in rows.values_list(*_FACTS)}


def _own_or_above(field: str, otherwise: object) -> Coalesce:
    return Coalesce(F(field), F(f"parent__{field}"), Value(otherwise))


_FACTS = (
    "pk",
    "sku",
    "parent_id",
    Coalesce(F("family_id"), F("parent__family_id")),
    _own_or_above("weight_g", 0),
    _own_or_above("height_mm", 0),
    _own_or_above("width_mm", 0),
    _own_or_above("length_mm", 0),
    _own_or_above("delivery__delay_days", 0),
    Coalesce(F("delivery__not_before"), F("parent__delivery__not_before")),
    _own_or_above("delivery__surcharge", Decimal("0.00")),
    _own_or_above("delivery__fulfilment__delay_days", 0),
    _own_or_above("delivery__fulfilment__name", ""),
)


@dataclass(frozen=True)
class Ban:
    """Why a product does not travel by a mode."""

    sku: str
    reason: str


def bans(facts: Mapping[int, Facts]) -> dict[int, Ban]:
    """By mode, the first product of these that it never takes. One query."""
    by_product = {key: one for one in facts.values() for key in (one.id, one.parent_id) if key}
    by_family = {one.family_id: one for one in facts.values() if one.family_id}
    rows = ForbiddenMode.objects.filter(Q(product__in=by_product) | Q(family__in=by_family))
    found: dict[int, Ban] = {}
    for mode, product, family, reason in rows.values_list("mode_id", "product_id", "family_id", "reason"):
        whose = by_product[product] if product else by_family[family]
        found.setdefault(mode, Ban(whose.sku, reason))
    return found
