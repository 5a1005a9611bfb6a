"""Verbs of returns: asked for, received unit by unit, paid back; refused or withdrawn."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.money import ZERO, cents
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import MovementKind, ZonePurpose
from logistics.models import Place
from logistics.selectors import shelf_for
from logistics.services import move
from orders.enums import LineKind, OrderState, RefundReason, ReturnReason, ReturnState
from orders.models import Order, OrderLine, Return, ReturnLine
from orders.selectors.returns import returnable
from orders.services.refunds import refund


@dataclass(frozen=True)
class Wanted:
    """How many units of a line come back, and why."""

    units: int
    reason: str = ReturnReason.NONE.value


@dataclass(frozen=True)
class Came:
    """What came of a line: good units, damaged ones, and how many are paid back (None: all that came)."""

    good: int = 0
    damaged: int = 0
    accepted: int | None = None


@transaction.atomic
def ask_return(
    order: Order,
    wanted: Mapping[int, Wanted],
    *,
    at: dt.datetime,
    actor: str,
    comment: str = "",
    by_staff: bool = False,
) -> Return:
    """Ask to give goods of an order back; `wanted` by position. Colleagues may after the period and for any product.

    Raises Invalid for lines or numbers that cannot come back, Refused for an order that was not handed over.
    """
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("store", "channel", "delivery_mode")
        .get(pk=order.pk)
    )
    if order.state != OrderState.DONE:
        raise Refused(_("Only goods that were handed over can come back."), code="not_handed_over")
    wanted = {position: one for position, one in wanted.items() if one.units}
    if not wanted:
        raise Invalid(_("Say what comes back, and how many."), code="nothing_comes_back", field="lines")
    offer = returnable(order, at=at)
    if not by_staff and offer.late:
        raise Refused(
            _("The time to send this order back ended on %(day)s.") % {"day": offer.until.strftime("%d/%m/%Y")},
            code="too_late",
        )
    lines = {one.line.position: one for one in offer.lines}
    for position, one in wanted.items():
        found = lines.get(position)
        if found is None:
            raise Invalid(_("This order has no line %(position)s.") % {"position": position}, field="lines")
        if found.excluded and not by_staff:
            raise Invalid(_("“%(name)s” cannot come back.") % {"name": found.line.name}, field="lines")
        if not 0 < one.units <= found.units:
            text = _("Of “%(name)s” at most %(most)d can come back.")
            raise Invalid(text % {"name": found.line.name, "most": found.units}, code="too_many", field="lines")
        if one.reason not in ReturnReason.values:
            raise Invalid(_("This reason is unknown."), field="reason")
    number = f"{order.number}-R{order.returns.count() + 1}"
    made = Return.objects.create(
        order=order, number=number, comment=comment.strip()[:500], asked_at=at, asked_by=actor[:150]
    )
    rows = []
    for position, one in sorted(wanted.items()):
        line = lines[position].line
        rows.append(ReturnLine(of_return=made, line=line, quantity=one.units, reason=one.reason))
        line.returned += one.units
    ReturnLine.objects.bulk_create(rows)
    OrderLine.objects.bulk_update([row.line for row in rows], ["returned"])
    told = {str(row.line.position): row.quantity for row in rows}
    _tell("orders.return_asked", made, at, actor, lines=told)
    return made


@transaction.atomic
def receive_return(
    asked: Return, came: Mapping[int, Came], *, place: Place, at: dt.datetime, actor: str, answer: str = ""
) -> Return:
    """Note what came back to a place: good units are for sale there again, what is accepted is paid back.

    Said twice, it happened once. Raises Invalid for more than was asked for, Refused once it is closed otherwise.
    """
    order, asked = _lock(asked)
    if asked.state == ReturnState.RECEIVED:
        return asked
    _open(asked)
    rows = list(asked.lines.select_related("line").order_by("line__position"))
    positions = {row.line.position for row in rows}
    if unknown := set(came) - positions:
        raise Invalid(_("This return has no line %(position)s.") % {"position": min(unknown)}, field="lines")
    paid_before = _accepted_before(order)
    amount = ZERO
    for row in rows:
        _note(row, came.get(row.line.position, Came()))
        amount += _share(row.line, paid_before.get(row.line_id, 0), row.accepted)
        row.line.returned -= row.quantity - row.good - row.damaged  # what did not come may still be asked for
    if not any(row.good or row.damaged for row in rows):
        raise Invalid(_("Nothing came? Then refuse the return, with the reason."), code="nothing_came", field="lines")
    ReturnLine.objects.bulk_update(rows, ["good", "damaged", "accepted"])
    OrderLine.objects.bulk_update([row.line for row in rows], ["returned"])
    amount += _shipping(order, rows, paid_before, asked)
    _put_back(asked, rows, place, at, actor)
    asked.place, asked.answer = place, answer.strip()[:300]
    amount = min(amount, order.kept)
    if amount > 0:
        asked.refund = refund(order, amount, reason=RefundReason.RETURN, key=f"return:{asked.guid}", at=at, actor=actor)
    return _closed(asked, ReturnState.RECEIVED, at, actor, amount=str(amount), place=place.code)


@transaction.atomic
def refuse_return(asked: Return, *, answer: str, at: dt.datetime, actor: str) -> Return:
    """Nothing is taken back; the shopper reads why. The units may be asked for again."""
    answer = answer.strip()[:300]
    if not answer:
        raise Invalid(_("Say why it is refused; the shopper reads it."), field="answer")
    return _give_up(asked, ReturnState.REFUSED, answer, at, actor)


@transaction.atomic
def withdraw_return(asked: Return, *, at: dt.datetime, actor: str) -> Return:
    """The shopper keeps the goods after all."""
    return _give_up(asked, ReturnState.WITHDRAWN, "", at, actor)


def _give_up(asked: Return, state: ReturnState, answer: str, at: dt.datetime, actor: str) -> Return:
    _order, asked = _lock(asked)
    if asked.state == state:
        return asked
    _open(asked)
    rows = list(asked.lines.select_related("line"))
    for row in rows:
        row.line.returned -= row.quantity
    OrderLine.objects.bulk_update([row.line for row in rows], ["returned"])
    asked.answer = answer
    return _closed(asked, state, at, actor, reason=answer)


def _note(row: ReturnLine, came: Came) -> None:
    if min(came.good, came.damaged) < 0 or came.good + came.damaged > row.quantity:
        text = _("Of “%(name)s” at most %(most)d can have come.")
        raise Invalid(text % {"name": row.line.name, "most": row.quantity}, code="too_many", field="lines")
    accepted = came.good + came.damaged if came.accepted is None else came.accepted
    if not 0 <= accepted <= came.good + came.damaged:
        raise Invalid(_("Of “%(name)s” no more is paid back than came.") % {"name": row.line.name}, field="lines")
    row.good, row.damaged, row.accepted = came.good, came.damaged, accepted


def _share(line: OrderLine, before: int, units: int) -> Decimal:
    """What units of a line cost, discounts within; all shares of a line add up to its total to the cent."""
    if not units:
        return ZERO
    return cents(line.total * (before + units) / line.quantity) - cents(line.total * before / line.quantity)


def _accepted_before(order: Order) -> dict[int, int]:
    found: dict[int, int] = {}
    done = ReturnLine.objects.filter(of_return__order=order, of_return__state=ReturnState.RECEIVED)
    for line, units in done.values_list("line", "accepted"):
        found[line] = found.get(line, 0) + units
    return found


def _shipping(order: Order, rows: list[ReturnLine], before: Mapping[int, int], asked: Return) -> Decimal:
    """The fee goes back once, with the last unit, when all of the order came back within its period."""
    now = {row.line_id: row.accepted for row in rows}
    whole, fee = True, ZERO
    for line in order.lines.all():
        if line.kind == LineKind.SHIPPING:
            fee = line.total
        else:
            whole = whole and before.get(line.pk, 0) + now.get(line.pk, 0) >= line.quantity
    if not whole or returnable(order, at=asked.asked_at).late:
        return ZERO
    return fee


def _put_back(asked: Return, rows: list[ReturnLine], place: Place, at: dt.datetime, actor: str) -> None:
    """Good units are for sale again where they came to; damaged ones lie in its zone for defects, if it has one.

    A bundle comes back as what lay in it.
    """
    apart = shelf_for(place.pk, ZonePurpose.DEFECTIVE)
    units: dict[tuple[int, int], int] = defaultdict(int)  # product, place
    for row in rows:
        inside = [(one["product"], one["quantity"]) for one in row.line.bundle.get("components", [])]
        for product, each in inside or [(row.line.product_id, 1)]:
            if product is None:
                continue
            units[product, place.pk] += each * row.good
            if apart:
                units[product, apart] += each * row.damaged
    for (product, where), count in sorted(units.items()):
        if count:
            move(product, where, count, kind=MovementKind.RETURN, document=f"return:{asked.number}", at=at, actor=actor)


def _open(asked: Return) -> None:
    if asked.state != ReturnState.ASKED:
        raise Refused(
            _("This return is closed: %(state)s.") % {"state": ReturnState(asked.state).label}, code="wrong_state"
        )


def _closed(asked: Return, state: ReturnState, at: dt.datetime, actor: str, **facts: object) -> Return:
    asked.state, asked.closed_at, asked.closed_by = state, at, actor[:150]
    asked.save()
    _tell(f"orders.return_{state.value}", asked, at, actor, **facts)
    return asked


def _tell(kind: str, asked: Return, at: dt.datetime, actor: str, **facts: object) -> None:
    order = asked.order
    record(
        kind, at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number,
        store=order.store.code if order.store else "", returned=asked.number, **facts,
    )  # fmt: skip


def _lock(asked: Return) -> tuple[Order, Return]:
    """The order first, as everything that touches its money does."""
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("store", "channel", "delivery_mode")
        .get(pk=asked.order_id)
    )
    found = Return.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    found.order = order
    return order, found
