"""What bundles hold: asked by stock, prices, orders and pages."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from catalog.enums import ProductKind
from catalog.models import BundleLine


@dataclass(frozen=True)
class Part:
    """A component: how many of it one bundle holds. mode, percent: of the bundle (percent off the sum, None: its own
    price)."""

    bundle: int
    component: int
    quantity: int
    mode: str
    percent: Decimal | None


def parts_of(product_ids: Collection[int]) -> dict[int, list[Part]]:
    """The components of those of the products that are bundles. One query."""
    rows = BundleLine.objects.filter(bundle__in=list(product_ids), bundle__kind=ProductKind.BUNDLE)
    columns = ("bundle_id", "component_id", "quantity", F("bundle__bundle_mode"), F("bundle__bundle_percent"))
    found: dict[int, list[Part]] = {}
    for row in rows.order_by("bundle", "position", "pk").values_list(*columns):
        found.setdefault(row[0], []).append(Part(*row))
    return found


def exploded(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Units by product for lines of (product, quantity): bundles as what lies inside, equal products added up."""
    asked = list(lines)
    parts = parts_of({product for product, _quantity in asked})
    units: dict[int, int] = {}
    for product, quantity in asked:
        inside = [(part.component, part.quantity) for part in parts.get(product, [])] or [(product, 1)]
        for component, each in inside:
            units[component] = units.get(component, 0) + each * quantity
    return units
