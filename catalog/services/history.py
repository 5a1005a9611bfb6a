"""What changed field by field, kept in the event of the change, and the way back for one field."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound, Refused
from catalog.models import BasePrice, Brand, Product, Segment, Selection
from catalog.services.brands import save_brand
from catalog.services.parts import save_prices
from catalog.services.products import change_product
from catalog.services.segments import save_segment
from catalog.services.selections import keep_selection
from catalog.services.was import CUT, cut, kept
from logbook.models import Event


@transaction.atomic
def undo_field(product: Product, event_id: int, field: str, *, at: dt.datetime, actor: str = "") -> None:
    """Give one field the value it had before an event. field: as in the event's `was`.

    Refused when it was changed again since, when an import feeds it, and when what it pointed to is gone.
    """
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    event = Event.objects.filter(pk=event_id, subject_kind="product", subject_id=str(product.pk)).first()
    pair = (event.data.get("was") or {}).get(field) if event else None
    if pair is None:
        raise NotFound(_("This change was not kept."), code="no_such_change")
    old, new = pair
    if CUT in (_shape(old), _shape(new)):
        raise Refused(_("This text is too long to be put back: the log kept its beginning only."), code="cut")
    if _now(product, field) != new:
        raise Refused(_("It was changed again since: undo the later change first."), code="changed_since", field=field)
    if field == "price":
        _undo_price(product, old, at, actor)
    elif field.startswith("attributes."):
        change_product(product, {"attributes": {field.removeprefix("attributes."): old}}, at=at, actor=actor)
    else:
        change_product(product, {field: _restored(field, old)}, at=at, actor=actor)


ARRANGED: dict[str, Any] = {"segment": Segment, "brand": Brand, "selection": Selection}
SAFE = {
    *("name", "importance", "kind", "header_below", "page_template", "intro", "header", "meta_title"),
    *("meta_description", "website", "is_own", "group", "description"),
}


@transaction.atomic
def undo_of_arrangement(kind: str, pk: int, event_id: int, field: str, *, at: dt.datetime, actor: str = "") -> None:
    """Give one field of a segment, brand or selection the value it had before an event.

    Refused when it was changed again since, and for what other things hang on (its place in the tree, its address).
    """
    thing = ARRANGED[kind].objects.select_for_update(of=("self",)).get(pk=pk)
    event = Event.objects.filter(pk=event_id, subject_kind=kind, subject_id=str(pk)).first()
    pair = (event.data.get("was") or {}).get(field) if event else None
    if pair is None or field not in SAFE:
        raise NotFound(_("This change was not kept."), code="no_such_change")
    old, new = pair
    if CUT in (_shape(old), _shape(new)):
        raise Refused(_("This text is too long to be put back: the log kept its beginning only."), code="cut")
    if kept(getattr(thing, field)) != new:
        raise Refused(_("It was changed again since: undo the later change first."), code="changed_since", field=field)
    if kind == "segment":
        save_segment(thing, {field: old}, parent=thing.parent, at=at, actor=actor)
    elif kind == "brand":
        save_brand(thing, {field: old}, at=at, actor=actor)
    else:
        setattr(thing, field, old)
        keep_selection(thing, at=at, actor=actor)


def _shape(value: Any) -> str:
    return CUT if isinstance(value, dict) and CUT in value else ""


def _now(product: Product, field: str) -> Any:
    if field == "price":
        price = _base(product)
        return kept(price.amount) if price else None
    if field.startswith("attributes."):
        return cut(product.attributes.get(field.removeprefix("attributes.")))
    return kept(getattr(product, field, None))


def _base(product: Product) -> BasePrice | None:
    return product.prices.filter(channel=None, store=None, grid="").first()


def _undo_price(product: Product, old: Any, at: dt.datetime, actor: str) -> None:
    price = _base(product)
    if price is None:
        price = BasePrice(product=product)
    if old is None:
        save_prices(product, [], [price], at=at, actor=actor)
        return
    price.amount = Decimal(old)
    save_prices(product, [price], at=at, actor=actor)


def _restored(field: str, old: Any) -> Any:
    definition = Product._meta.get_field(field)  # noqa: SLF001 - the documented way to a field
    if not isinstance(definition, models.ForeignKey) or old is None:
        return old
    model: Any = definition.related_model
    found = model.objects.filter(pk=old["id"]).first()
    if found is None:
        raise Refused(_("%(name)s does not exist any more.") % {"name": old["name"]}, code="gone", field=field)
    return found
