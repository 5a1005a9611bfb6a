"""One verb for many products of the list: the same call tells what it would do and does it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.models import BasePrice, Product
from catalog.services import lifecycle
from catalog.services.locks import lock_field, unlock
from catalog.services.parts import Placement, place_in_segments, save_prices
from catalog.services.products import change_product
from catalog.services.selections import add_to_selection

MOST = 200
LEAST_PERCENT, MOST_PERCENT = Decimal(-90), Decimal(500)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class LockWish:
    """A field or group to lock, why, and its last day."""

    field: str
    reason: str
    until: dt.date | None = None


@dataclass
class Outcome:
    """done: the products that the verb changed (or would); refused: (SKU, why not)."""

    done: list[Product] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def apply_to_many(
    products: Sequence[Product], verb: str, with_what: Any, *, dry: bool, at: dt.datetime, actor: str = ""
) -> Outcome:
    """Do one verb to each product, all that can be done; with `dry` nothing stays done.

    verb: validate | withdraw | archive (with None), publish | unpublish (a channel), place (a segment), family, brand,
    select (a selection), price (percent, −90 to 500), lock (a LockWish), unlock (None). At most 200 products.
    """
    if len(products) > MOST:
        raise Refused(_("At most %(most)d products at once.") % {"most": MOST}, code="too_many")
    act = _act(verb, with_what, at, actor)
    outcome = Outcome()
    with transaction.atomic():
        for product in products:
            try:
                with transaction.atomic():
                    act(product)
            except Refused as refusal:
                outcome.refused.append((product.sku, refusal.message))
            else:
                outcome.done.append(product)
        if dry:
            transaction.set_rollback(True)
    return outcome


def _act(verb: str, with_what: Any, at: dt.datetime, actor: str) -> Callable[[Product], Any]:
    if verb in {"validate", "withdraw", "archive"}:
        return lambda product: getattr(lifecycle, verb)(product, at=at, actor=actor)
    if verb == "unlock":
        return lambda product: _lift(product, at, actor)
    if with_what is None:
        raise Invalid(_("Say with what."), field=verb)
    if verb == "lock":
        until = end_of(with_what.until) if with_what.until else None
        return lambda product: lock_field(
            product, with_what.field, reason=with_what.reason, until=until, at=at, actor=actor
        )
    if verb in {"publish", "unpublish"}:
        return lambda product: getattr(lifecycle, verb)(product, with_what, at=at, actor=actor)
    if verb in {"family", "brand"}:
        return lambda product: change_product(product, {verb: with_what}, at=at, actor=actor)
    if verb == "place":
        return lambda product: _place(product, with_what, at, actor)
    if verb == "select":
        return lambda product: add_to_selection(with_what, [product.sku], at=at, actor=actor)
    if verb == "price" and LEAST_PERCENT <= with_what <= MOST_PERCENT:
        return lambda product: _reprice(product, with_what, at, actor)
    raise Invalid(_("A percentage lies between −90 and 500."), field="percent")


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a day, here."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), timezone.get_current_timezone())


def _lift(product: Product, at: dt.datetime, actor: str) -> None:
    locks = list(product.field_locks.all())
    if not locks:
        raise Refused(_("It has no lock of its own."), code="no_lock")
    unlock(locks, at=at, actor=actor)


def _place(product: Product, segment: Any, at: dt.datetime, actor: str) -> None:
    places = [Placement(p.segment, p.is_primary, p.relevance) for p in product.places.select_related("segment")]
    if any(place.segment.pk == segment.pk for place in places):
        raise Refused(_("It stands there already."), code="there_already")
    place_in_segments(product, [*places, Placement(segment)], at=at, actor=actor)


def _reprice(product: Product, percent: Decimal, at: dt.datetime, actor: str) -> None:
    price: BasePrice | None = product.prices.filter(channel=None, store=None, grid="").first()
    if price is None:
        raise Refused(_("It has no price of its own for everybody."), code="no_price")
    price.amount = (price.amount * (1 + percent / 100)).quantize(CENT, ROUND_HALF_UP)
    if price.promo_amount is not None and price.promo_amount >= price.amount:
        raise Refused(_("Its promotional price would not be lower any more."), code="promo")
    save_prices(product, [price], at=at, actor=actor)
