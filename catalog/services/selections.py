"""Named lists of products."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction

from catalog.models import Selection, SelectionItem
from catalog.selectors.lookup import find_many
from catalog.services.log import SELECTION
from logbook.services import record


@transaction.atomic
def save_selection(selection: Selection, members: Mapping[int, Decimal], *, at: dt.datetime, actor: str = "") -> None:
    """Make the selection hold exactly these products: product id → relevance."""
    Selection.objects.select_for_update().get(pk=selection.pk)
    selection.items.exclude(product__in=members).delete()
    SelectionItem.objects.bulk_create(
        [SelectionItem(selection=selection, product_id=pk, relevance=value) for pk, value in members.items()],
        update_conflicts=True,
        unique_fields=["selection", "product"],
        update_fields=["relevance"],
    )
    _tell(selection, at, actor)


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
    before = set(selection.items.values_list("product_id", flat=True))
    SelectionItem.objects.bulk_create(
        [SelectionItem(selection=selection, product_id=pk) for pk in sorted(wanted - before)], ignore_conflicts=True
    )
    if wanted - before:
        _tell(selection, at, actor)
    return len(wanted - before), unknown


def _tell(selection: Selection, at: dt.datetime, actor: str) -> None:
    record(SELECTION, at=at, subject_kind="selection", subject_id=selection.pk, actor=actor, code=selection.code)
