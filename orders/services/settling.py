"""An order settled on what was really prepared: its total falls, and money received beyond it goes back."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.money import ZERO, cents
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders import rules
from orders.enums import NOTHING_HAD, LineKind, OrderState, RefundReason
from orders.models import Order, OrderLine
from orders.selectors.reasons import by_itself
from orders.services.capturing import capture
from orders.services.counting import payment_state_of
from orders.services.lifecycle import cancel
from orders.services.refunds import refund


@transaction.atomic
def settle_prepared(order: Order, missing: Mapping[int, int], *, at: dt.datetime, actor: str) -> Order:
    """Lower an order to what could be prepared; `missing` tells {line position: units not had}, in all since ordered.

    What is authorised for it is taken. Each line falls by its share, discounts with it; the delivery fee stays.
    Nothing left of the goods: the order is cancelled and all its money goes back. The same word twice changes nothing.
    The stock held is the caller's matter.
    Raises Invalid for lines or numbers that the order has not, Refused for an order that is closed.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    lines = list(order.lines.order_by("position"))
    fewer = _fewer(lines, missing)
    if not fewer:
        open_still = order.state not in (OrderState.DONE, OrderState.CANCELLED)
        return capture(order, at=at, actor=actor) if open_still else order
    if order.state in (OrderState.DONE, OrderState.CANCELLED):
        raise Refused(_("A closed order is not settled any more."), code="wrong_state")
    before = order.total
    if all(line.quantity == fewer.get(line.position, 0) for line in lines if line.kind == LineKind.PRODUCT):
        order = cancel(order, _("nothing of it could be prepared"), at, actor, listed=by_itself(NOTHING_HAD))
    else:
        _lower(order, lines, fewer)
        order = capture(order, at=at, actor=actor)
    record(
        "orders.order_settled", at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number,
        missing={str(position): units for position, units in fewer.items()},
        before=str(before), total=str(order.owed), refund=str(order.refund_due),
    )  # fmt: skip
    if order.refund_due > 0:
        key = f"settled:{order.guid}:{order.paid_total}:{order.owed}"
        refund(order, order.refund_due, reason=RefundReason.MISSING, key=key, at=at, actor=actor)
        order.refresh_from_db()
    return order


def _fewer(lines: list[OrderLine], missing: Mapping[int, int]) -> dict[int, int]:
    """By position, how many more are missing than were known to be."""
    goods = {line.position: line for line in lines if line.kind == LineKind.PRODUCT}
    found = {}
    for position, units in missing.items():
        line = goods.get(position)
        if line is None:
            raise Invalid(_("This order has no line %(position)s.") % {"position": position}, field="missing")
        if not line.missing <= units <= line.missing + line.quantity:
            text = _("Of %(name)s between %(known)d and %(most)d can be missing.")
            most = line.missing + line.quantity
            raise Invalid(text % {"name": line.name, "known": line.missing, "most": most}, field="missing")
        if units > line.missing:
            found[position] = units - line.missing
    return found


def _lower(order: Order, lines: list[OrderLine], fewer: Mapping[int, int]) -> None:
    for line in lines:
        if gone := fewer.get(line.position, 0):
            line.total = cents(line.total * (line.quantity - gone) / line.quantity)
            line.quantity -= gone
            line.missing += gone
            order.discount_total -= cents((line.base_unit - line.unit) * gone)
    sums = rules.totals([rules.Amount(line.total, line.vat_rate) for line in lines])
    for line, net in zip(lines, sums.nets, strict=True):
        line.net_total = net
    OrderLine.objects.bulk_update(lines, ["quantity", "missing", "total", "net_total"])
    order.total, order.net_total, order.vat = sums.gross, sums.net, rules.vat_words(sums)
    order.discount_total = max(order.discount_total, ZERO)
    order.payment_state = payment_state_of(order)
    order.save(update_fields=["total", "net_total", "vat", "discount_total", "payment_state"])
