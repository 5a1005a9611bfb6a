"""Editing variants in the grid: one line at a time with its cells, or one verb for many lines (OFF-8)."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog import rules
from catalog.enums import ProductState, ReferenceType
from catalog.models import BasePrice, Product, ProductReference
from catalog.selectors.facts import refusals_to_validate
from catalog.selectors.variants import EANS
from catalog.services import lifecycle
from catalog.services.children import share_references
from catalog.services.log import PRICES, log_change
from catalog.services.parts import save_prices, save_references
from catalog.services.products import change_product

MOST_AT_ONCE = 5000
MOVES = {
    ProductState.VALIDATED: "validated",
    ProductState.IN_PREPARATION: "withdrawn",
    ProductState.ARCHIVED: "archived",
}


@transaction.atomic
def save_variant(variant: Product, changes: Mapping[str, Any], *, at: dt.datetime, actor: str = "") -> None:
    """Write the changed cells of a variant, all or none: sku, name, ean (text), price, state, attributes.

    An empty ean or price takes the variant's own away. Refused and Invalid name the cell in `field`.
    """
    changes = dict(changes)
    own: dict[str, Any] = {name: changes[name] for name in ("sku", "name", "attributes") if name in changes}
    if "sku" in own and not 0 < len(own["sku"].strip()) <= 60:
        raise Invalid(_("A SKU has 1 to 60 characters."), field="sku")
    if own:
        change_product(variant, own, at=at, actor=actor)
    if "ean" in changes:
        _at("ean", lambda: _save_ean(variant, changes["ean"], at, actor))
    if "price" in changes:
        _at("price", lambda: save_price(variant, changes["price"], at, actor))
    if "state" in changes:
        _at("state", lambda: _move(variant, changes["state"], at, actor))


@transaction.atomic
def move_variants(
    parent: Product, ids: Collection[int], state: str, *, at: dt.datetime, actor: str = ""
) -> tuple[int, list[tuple[str, str]]]:
    """Bring many variants to a state in a few statements. Returns how many moved, and (SKU, why not) of the others."""
    found = _locked(parent, ids)
    movable = [one for one in found if one.state != state and rules.can_move(one.state, state)]
    lacking = refusals_to_validate(movable) if state == ProductState.VALIDATED else {}
    refused = [(one.sku, " ".join(str(reason) for reason in lacking[one.pk])) for one in movable if lacking.get(one.pk)]
    refused += [(one.sku, _("It is archived: restore it first.")) for one in found if _is_stuck(one, state)]
    moved = [one.pk for one in movable if not lacking.get(one.pk)]
    if moved:
        Product.objects.filter(pk__in=moved).update(state=state, archived_by_run=None, updated_at=at)
        change = f"variants_{MOVES[ProductState(state)]}"
        log_change(parent, change, at=at, actor=actor, also=moved, count=len(moved))
    return len(moved), refused


@transaction.atomic
def price_variants(
    parent: Product, ids: Collection[int], amount: Decimal | None, *, at: dt.datetime, actor: str = ""
) -> tuple[int, list[tuple[str, str]]]:
    """Give many variants one base price with tax; None takes their own away, so that the parent's holds.

    Returns how many changed, and (SKU, why not) of those whose price an import feeds.
    """
    found = {one.pk: one for one in _locked(parent, ids)}
    base = BasePrice.objects.filter(product__in=found, channel=None, store=None, grid="")
    own = {price.product_id: price for price in base}
    fed = {pk for pk, price in own.items() if price.source}
    refused = [
        (found[pk].sku, _("Its price is fed by the flow %(source)s.") % {"source": own[pk].source}) for pk in fed
    ]
    free = [pk for pk in found if pk not in fed]
    if amount is None:
        changed = [pk for pk in free if pk in own]
        base.filter(product__in=changed).delete()
    else:
        if not 0 <= amount < 10**10:
            raise Invalid(_("A price lies between 0 and 9,999,999,999."), field="price")
        changed = [pk for pk in free if pk not in own or own[pk].amount != amount]
        base.filter(product__in=changed).update(amount=amount)
        BasePrice.objects.bulk_create(BasePrice(product_id=pk, amount=amount) for pk in changed if pk not in own)
    validated = [found[pk] for pk in changed if found[pk].state == ProductState.VALIDATED]
    # A variant that costs nothing itself would be sold for nothing, whatever its parent costs.
    if validated and (amount == 0 or any(refusals_to_validate(validated).values())):
        raise Refused(_("A validated product needs a price above zero."), code="has_price", field="price")
    if changed:
        Product.objects.filter(pk__in=changed).update(updated_at=at)
        said = [str(amount)] if amount is not None else []
        log_change(parent, "prices", at=at, actor=actor, also=changed, kind=PRICES, amounts=said, count=len(changed))
    return len(changed), refused


@transaction.atomic
def share_ean(parent: Product, ids: Collection[int], *, at: dt.datetime, actor: str = "") -> int:
    """Give variants the parent's trade codes beside their own; returns how many were asked for."""
    if not parent.references.filter(type__in=EANS).exists():
        raise Refused(_("The parent has no EAN to share."), code="no_ean")
    found = _locked(parent, ids)
    share_references(parent, found)
    Product.objects.filter(pk__in=[one.pk for one in found]).update(updated_at=at)
    log_change(parent, "references", at=at, actor=actor, also=[one.pk for one in found], count=len(found))
    return len(found)


def _locked(parent: Product, ids: Collection[int]) -> list[Product]:
    if len(ids) > MOST_AT_ONCE:
        raise Refused(_("At most %(most)d variants at once.") % {"most": MOST_AT_ONCE}, code="too_many")
    wanted = parent.children.filter(pk__in=list(ids)).order_by("pk")
    return list(wanted.select_for_update(of=("self",)))


def _is_stuck(variant: Product, state: str) -> bool:
    return variant.state == ProductState.ARCHIVED and state == ProductState.VALIDATED


def _at(cell: str, verb: Any) -> None:
    """Run a verb so that what it refuses is said at the cell."""
    try:
        verb()
    except Refused as refusal:
        refusal.field = cell
        raise


def _save_ean(variant: Product, text: str, at: dt.datetime, actor: str) -> None:
    codes = variant.references.filter(type__in=EANS).order_by("-is_main", "pk")
    old = codes.first()
    if not text.strip():
        if old:
            save_references(variant, [], [old], at=at, actor=actor)
        return
    if old and old.source:
        raise Refused(
            _("%(what)s is fed by the flow %(source)s and cannot be taken away by hand.")
            % {"what": old.value, "source": old.source},
            code="fed",
        )
    one = old or ProductReference(type=ReferenceType.EAN13, is_main=True)
    one.value = text
    save_references(variant, [one], at=at, actor=actor)


def save_price(variant: Product, amount: Decimal | None, at: dt.datetime, actor: str) -> None:
    """Set or take away a product's own price for everybody."""
    old = BasePrice.objects.filter(product=variant, channel=None, store=None, grid="").first()
    if amount is None:
        if old:
            save_prices(variant, [], [old], at=at, actor=actor)
        return
    if amount == 0 and variant.state == ProductState.VALIDATED:
        raise Refused(_("A validated product needs a price above zero."), code="has_price")
    price = old or BasePrice(product=variant)
    price.amount = amount
    save_prices(variant, [price], at=at, actor=actor)


def _move(variant: Product, state: str, at: dt.datetime, actor: str) -> None:
    verbs = {
        (ProductState.IN_PREPARATION, ProductState.VALIDATED): lifecycle.validate,
        (ProductState.VALIDATED, ProductState.IN_PREPARATION): lifecycle.withdraw,
        (ProductState.ARCHIVED, ProductState.IN_PREPARATION): lifecycle.restore,
        (ProductState.IN_PREPARATION, ProductState.ARCHIVED): lifecycle.archive,
        (ProductState.VALIDATED, ProductState.ARCHIVED): lifecycle.archive,
    }
    verb = verbs.get((ProductState(variant.state), ProductState(state)))
    if verb is None:
        raise Refused(_("It is archived: restore it first."), code="archived")
    verb(variant, at=at, actor=actor)
