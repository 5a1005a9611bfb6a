"""How the catalogue tells the logbook: parents are named whenever a variant changed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from catalog.models import Product
from logbook.services import record, record_many

PRODUCTS = "catalog.products_changed"
PRICES = "catalog.prices_changed"
SEGMENTS = "catalog.segments_changed"
SELECTION = "catalog.selection_changed"
SELECTION_FAILED, SELECTION_RECOVERED = "catalog.selection_failed", "catalog.selection_recovered"
REQUIREMENTS = "catalog.requirements_changed"
FACETS, ATTRIBUTES = "catalog.facets_changed", "catalog.attributes_changed"


def log_change(
    product: Product,
    change: str,
    *,
    at: dt.datetime,
    actor: str,
    also: Iterable[int] = (),
    kind: str = PRODUCTS,
    **data: Any,
) -> None:
    """One event about one product. change: a word for the log (validated, published, changed…)."""
    ids = [product.pk, *([product.parent_id] if product.parent_id else []), *also]
    record(kind, at=at, subject_kind="product", subject_id=product.pk, actor=actor, ids=ids, change=change, **data)


def log_many(change: str, ids: Iterable[int], *, at: dt.datetime, actor: str, kind: str = PRODUCTS) -> None:
    """Events about many products, parents included."""
    numbers = list(ids)
    parents = Product.objects.filter(pk__in=numbers, parent__isnull=False).values_list("parent_id", flat=True)
    record_many(kind, sorted({*numbers, *parents}), at=at, subject_kind="product", actor=actor, change=change)


NOTE = "catalog.product_noted"
LONGEST_NOTE = 500


def add_note(product: Product, text: str, *, at: dt.datetime, actor: str) -> None:
    """A line that a colleague writes in a product's log. Invalid when it is empty or longer than 500 characters."""
    text = " ".join(text.replace("\0", " ").split())
    if not text or len(text) > LONGEST_NOTE:
        raise Invalid(_("A note has 1 to %(most)d characters.") % {"most": LONGEST_NOTE}, field="text")
    record(NOTE, at=at, subject_kind="product", subject_id=product.pk, actor=actor, change="note", text=text)
