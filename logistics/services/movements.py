"""Units that come, go, are counted or set aside: each change with its ledger line, in one statement."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import MovementKind
from logistics.models import Place, StockBalance, StockMovement
from logistics.selectors import sold_products
from logistics.selectors.withdrawn import with_withdrawn
from logistics.services import statements
from logistics.services.reservations import stock_changed, tell_if_low
from logistics.services.statements import Entry, Left, Pair


def move(
    product_id: int,
    place_id: int,
    quantity: int,
    *,
    kind: str,
    document: str,
    at: dt.datetime,
    actor: str,
    reason: str = "",
) -> None:
    """Add (or, negative, take away) units at a place, once per document.

    The same document again is a no-op if it says the same, else refused. Promised units are never taken away: Refused.
    """
    if quantity == 0:
        raise Invalid(_("Give a number of units other than 0."), field="quantity")
    entry = Entry(MovementKind(kind).value, document, reason, actor, at)
    pair = product_id, place_id
    if _done_before(pair, quantity, entry):
        return
    try:
        with transaction.atomic():
            stock_changed([product_id], at=at, actor=actor)
            _change(pair, quantity, entry)
    except IntegrityError:
        if not _done_before(pair, quantity, entry):  # the same document came twice at once: done by the other
            raise


def transfer(
    product_id: int,
    from_place: int,
    to_place: int,
    quantity: int,
    *,
    document: str,
    at: dt.datetime,
    actor: str,
    reason: str = "",
) -> None:
    """Carry units from one place to another, once per document. Refused when they are promised or not there."""
    if quantity <= 0:
        raise Invalid(_("Give a number of units above 0."), field="quantity")
    if from_place == to_place:
        raise Invalid(_("Choose another place."), field="to_place")
    entry = Entry(MovementKind.TRANSFER.value, document, reason, actor, at)
    ways = sorted([(from_place, -quantity), (to_place, quantity)])
    if all(_done_before((product_id, place), units, entry) for place, units in ways):
        return
    try:
        with transaction.atomic():
            stock_changed([product_id], at=at, actor=actor)
            for place, units in ways:
                _change((product_id, place), units, entry)
    except IntegrityError:
        if not all(_done_before((product_id, place), units, entry) for place, units in ways):
            raise


@transaction.atomic
def count_stock(
    product_id: int,
    place_id: int,
    counted: int,
    *,
    at: dt.datetime,
    actor: str,
    reason: str = "",
    document: str = "",
) -> int:
    """Set a balance to what was counted; returns the difference. Fewer than promised is kept as shortage and told."""
    if counted < 0:
        raise Invalid(_("A count cannot be negative."), field="counted")
    pair = product_id, place_id
    entry = Entry(MovementKind.COUNT.value, document or f"count:{uuid.uuid4()}", reason, actor, at)
    StockBalance.objects.get_or_create(product_id=product_id, place_id=place_id)
    stock_changed([product_id], at=at, actor=actor)
    before = StockBalance.objects.select_for_update().get(product=product_id, place=place_id)
    difference = counted - before.physical
    left = statements.set_counted(pair, counted, difference, entry)
    assert left is not None  # noqa: S101 - the row is locked just above
    _tell(pair, left, difference, at)
    if left.reserved > counted > -1 and before.shortage < left.reserved - counted:
        record("logistics.shortage_found", at=at, subject_kind="product", actor=actor, ids=[product_id])
    return difference


@transaction.atomic
def set_safety(product_id: int, place_id: int, units: int, *, at: dt.datetime, actor: str) -> None:
    """Keep `units` of a product at a place out of what may be promised."""
    if units < 0:
        raise Invalid(_("Safety stock cannot be negative."), field="safety")
    stock_changed([product_id], at=at, actor=actor)
    record(
        "logistics.safety_set",
        at=at,
        subject_kind="product",
        subject_id=product_id,
        actor=actor,
        place=place_id,
        units=units,
    )
    before, made = StockBalance.objects.select_for_update().get_or_create(
        product_id=product_id, place_id=place_id, defaults={"safety": units}
    )
    if not made:
        StockBalance.objects.filter(pk=before.pk).update(safety=units)
        away = with_withdrawn(StockBalance.objects.filter(pk=before.pk), at).values_list("withdrawn", flat=True)[0]
        left = Left(before.physical, units, before.reserved, away)
        _tell((product_id, place_id), left, before.safety - units, at)


def _done_before(pair: Pair, quantity: int, entry: Entry) -> bool:
    """True if this very line stands in the ledger. Raises Refused if the document moved another number of units."""
    line = StockMovement.objects.filter(
        document=entry.document, product=pair[0], place=pair[1], kind=entry.kind
    ).first()
    if line is None:
        return False
    if line.quantity != quantity:
        raise Refused(
            _("Document %(document)s already moved %(units)s units of this product here.")
            % {"document": entry.document, "units": line.quantity},
            code="document_reused",
            field="document",
        )
    return True


def _change(pair: Pair, quantity: int, entry: Entry) -> None:
    change: Callable[[Pair, int, Entry], Left | None] = statements.receive if quantity > 0 else statements.take_away
    left = change(pair, abs(quantity), entry)
    if left is None:
        raise _refusal(pair)
    _tell(pair, left, quantity, entry.at)


def _tell(pair: Pair, left: Left, change: int, at: dt.datetime) -> None:
    if change < 0:
        tell_if_low(sold_products([pair[0]])[pair[0]], pair, left, change, at=at)


def _refusal(pair: Pair) -> Refused:
    balance = StockBalance.objects.filter(product=pair[0], place=pair[1]).first()
    place = Place.objects.get(pk=pair[1]).name
    if balance is None:
        return Refused(_("%(place)s holds none of this product.") % {"place": place}, code="stock_missing")
    return Refused(
        _("%(place)s holds %(physical)s, of which %(reserved)s are promised: the others cannot cover this.")
        % {"place": place, "physical": balance.physical, "reserved": balance.reserved},
        code="stock_promised",
        field="quantity",
    )
