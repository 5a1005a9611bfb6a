"""Named lists of products, by hand; those of a rule are followed in `catalog.services.selecting`."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from altazion.lib.problems import Invalid
from catalog.enums import Membership
from catalog.models import Product, Selection, SelectionExclusion, SelectionItem
from catalog.selectors.lookup import find_many
from catalog.selectors.selecting import listings_of
from catalog.services.log import SELECTION
from catalog.services.selecting import refresh_selection
from catalog.services.was import differences
from logbook.services import record

FIELDS = ("name", "translations", "group", "description", "during")
CODE_LENGTH = 60
MOST_RELEVANCE = Decimal("99.99")


@transaction.atomic
def save_selection(selection: Selection, members: Mapping[int, Decimal], *, at: dt.datetime, actor: str = "") -> None:
    """Make the selection hold exactly these products by hand: product id → relevance. What a rule found stays."""
    Selection.objects.select_for_update().get(pk=selection.pk)
    if any(not 0 <= value <= MOST_RELEVANCE for value in members.values()):
        raise Invalid(_("Relevance goes from 0 to 99.99."), field="relevance")
    by_hand = selection.items.filter(origin=Membership.HAND)
    gone = by_hand.exclude(product__in=members)
    lost = list(gone.values_list("product_id", flat=True))
    gone.delete()
    _pin(selection, members)
    _tell(selection, at, actor)
    if selection.by_rule and lost:  # the rule may want what the hand let go
        refresh_selection(selection, listings=listings_of(lost), at=at, actor=actor)


@transaction.atomic
def add_to_selection(
    selection: Selection, words: Iterable[str], *, at: dt.datetime, actor: str = ""
) -> tuple[int, list[str]]:
    """Add products by SKU or reference. Returns how many are new, and the words nobody knows."""
    known, unknown = find_many(words)
    wanted = {
        product.pk if len(found) == 1 else product.parent_id or product.pk  # a shared EAN means the parent
        for found in known.values()
        for product in found
    }
    before = set(selection.items.filter(origin=Membership.HAND).values_list("product_id", flat=True))
    _pin(selection, dict.fromkeys(sorted(wanted - before), Decimal(1)))
    if wanted - before:
        _tell(selection, at, actor)
    return len(wanted - before), unknown


@transaction.atomic
def exclude_from_selection(
    selection: Selection, products: Collection[Product], *, at: dt.datetime, actor: str = ""
) -> None:
    """Say exactly which products the rule never takes; a parent stands for its variants."""
    Selection.objects.select_for_update().get(pk=selection.pk)
    wanted = {product.pk for product in products}
    before = set(selection.exclusions.values_list("product_id", flat=True))
    selection.exclusions.exclude(product__in=wanted).delete()
    SelectionExclusion.objects.bulk_create(
        [SelectionExclusion(selection=selection, product_id=pk) for pk in sorted(wanted - before)],
        ignore_conflicts=True,
    )
    if changed := before ^ wanted:
        _tell(selection, at, actor, ids=[])
        refresh_selection(selection, listings=listings_of(changed), at=at, actor=actor)


@transaction.atomic
def keep_selection(selection: Selection, *, at: dt.datetime, actor: str = "") -> None:
    """Make a selection, or write its facts (name, code, group, description, dates) as they stand in `selection`."""
    stored = Selection.objects.select_for_update().get(pk=selection.pk) if selection.pk else None
    selection.save()
    if stored is None:
        _tell(selection, at, actor, change="created")
    elif was := differences(_facts(stored), _facts(selection)):
        _tell(selection, at, actor, ids=[], change="saved", was=was)


def _facts(selection: Selection) -> dict[str, Any]:
    during = selection.during
    dates_of = [end.isoformat() if end else None for end in (during.lower, during.upper)] if during else None
    return {name: getattr(selection, name) for name in ("code", "name", "translations", "group", "description")} | {
        "during": dates_of
    }


@transaction.atomic
def put_selection(
    code: str,
    fields: Mapping[str, Any],
    members: Mapping[str, Decimal] | None = None,
    *,
    at: dt.datetime,
    actor: str = "",
) -> tuple[Selection, bool]:
    """Make or change a selection by its code, as other systems do; True if it is new.

    members: SKU → relevance, exactly; None leaves them. Invalid, with the field, for what cannot be.
    """
    if len(code) > CODE_LENGTH:
        raise Invalid(_("A code has at most %(most)d characters.") % {"most": CODE_LENGTH}, field="code")
    selection = Selection.objects.select_for_update().filter(code=code).first()
    made = selection is None
    selection = selection or Selection(code=code, name=code)
    stood = _facts(selection)
    for name in FIELDS:
        if name in fields:
            setattr(selection, name, fields[name])
    during = selection.during
    if during and during.lower and during.upper and during.lower >= during.upper:
        raise Invalid(_("It would end before it begins."), field="until")
    try:
        with transaction.atomic():
            selection.save()
    except IntegrityError:
        raise Invalid(_("Somebody made this selection just now: try again."), field="code") from None
    if members is not None:
        known = dict(Product.objects.filter(sku__in=members).values_list("sku", "pk"))
        for place, sku in enumerate(members):
            if sku not in known:
                words = _("No product has the SKU %(sku)s.") % {"sku": sku}
                raise Invalid(words, field=f"products.{place}.sku", code="unknown_sku")
        save_selection(selection, {known[sku]: value for sku, value in members.items()}, at=at, actor=actor)
    elif made or fields:
        was = {} if made else differences(stood, _facts(selection))
        _tell(selection, at, actor, was=was, **({} if made else {"ids": []}))
    return selection, made


def dates(start: dt.datetime | None, end: dt.datetime | None) -> TimestamptzRange | None:
    """Dates as they are kept: from the first (included) to the second (not included); None for always."""
    return TimestamptzRange(start, end) if start or end else None


def _pin(selection: Selection, members: Mapping[int, Decimal]) -> None:
    SelectionItem.objects.bulk_create(
        [
            SelectionItem(selection=selection, product_id=pk, relevance=value, origin=Membership.HAND)
            for pk, value in members.items()
        ],
        update_conflicts=True,
        unique_fields=["selection", "product"],
        update_fields=["relevance", "origin"],
    )


def _tell(selection: Selection, at: dt.datetime, actor: str, **data: Any) -> None:
    record(
        SELECTION, at=at, subject_kind="selection", subject_id=selection.pk, actor=actor, code=selection.code, **data
    )
