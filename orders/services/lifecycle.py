"""Verbs of an order's way to its owner: ready, handed over, cancelled (operations-domain 2.10, simple life cycle)."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import DeliveryKind, MovementKind
from logistics.services import consume, give_delivery_back, release
from logistics.services.preparation import cancel_slips, finish_open, leave
from orders import rules
from orders.enums import UNPAID, MethodKind, OrderState, PaymentState, RefundReason
from orders.models import CancelReason, Order
from orders.selectors.reasons import by_itself
from orders.services.capturing import capture, release_authorised
from orders.services.counting import COVERED, lock_order
from orders.services.holding import must_not_be_held
from orders.services.refunds import refund


class WrongState(Refused):
    """The order's life cycle does not lead there from where it stands."""

    code = "wrong_state"


@transaction.atomic
def mark_ready(order: Order, at: dt.datetime, actor: str) -> Order:
    """The goods are gathered. An order to be paid online is not prepared before its money came."""
    order = lock_order(order.pk)
    if order.state == OrderState.READY:
        return order
    _may(order, OrderState.READY)
    must_not_be_held(order)
    if order.payment_method.kind != MethodKind.PAY_IN_STORE:
        _must_be_paid(order)
    order = capture(order, at=at, actor=actor)
    order = _becomes(order, OrderState.READY, "ready_at", at, actor)
    finish_open(order.guid, at=at, actor=actor)
    return order


@transaction.atomic
def hand_over(order: Order, at: dt.datetime, actor: str) -> Order:
    """The goods leave: to the shopper, or to the carrier. What was reserved becomes a stock movement.

    Refused while not ready, not wholly paid or authorised, or held. Said twice, it happens once.
    """
    order = lock_order(order.pk)
    if order.state == OrderState.DONE:
        return order
    _may(order, OrderState.DONE)
    must_not_be_held(order)
    _must_be_paid(order)
    order = capture(order, at=at, actor=actor)
    order = _becomes(order, OrderState.DONE, "done_at", at, actor)
    leave(order.guid, at=at, actor=actor)
    collected = order.delivery_mode.kind == DeliveryKind.PICKUP
    consume(
        order.guid,
        document=f"order:{order.number}",
        kind=MovementKind.COLLECTION if collected else MovementKind.SHIPMENT,
        at=at,
        actor=actor,
    )
    return order


@transaction.atomic
def cancel(
    order: Order, reason: str, at: dt.datetime, actor: str, *, listed: CancelReason | None = None, note: str = ""
) -> Order:
    """Close an order that was not handed over and give its stock back. Money received must be refunded.

    `reason` is what its shopper reads, `listed` what it counts as, `note` what colleagues read besides.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why the order is cancelled."), field="reason")
    order = lock_order(order.pk)
    if order.state == OrderState.CANCELLED:
        return order
    _may(order, OrderState.CANCELLED)
    order.cancel_reason, order.cancelled_for, order.cancel_note = reason[:200], listed, note.strip()[:300]
    told = {"reason": order.cancel_reason, "code": listed.code if listed else "", "note": order.cancel_note}
    order = _becomes(order, OrderState.CANCELLED, "cancelled_at", at, actor, **told)
    order = release_authorised(order, at=at, actor=actor)
    if order.refund_due > 0:
        record(
            "orders.refund_due",
            at=at,
            subject_kind="order",
            subject_id=order.guid,
            actor=actor,
            number=order.number,
            amount=str(order.refund_due),
            store=order.store.code if order.store else "",
        )
    give_delivery_back(order.delivery_mode, _day_of(order))
    cancel_slips(order.guid, at=at, actor=actor, reason=order.cancel_reason)
    release(order.guid, at=at)
    return order


def expire_unpaid(*, at: dt.datetime, limit: int = 200) -> int:
    """Cancel the orders whose time to pay online is over; returns how many. Each in its own transaction."""
    late = Order.objects.filter(
        state=OrderState.PLACED, hold_until__lte=at, payment_state__in=[PaymentState.DUE, PaymentState.PART]
    ).order_by("hold_until")
    return sum(_expire(pk, at) for pk in list(late.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _expire(pk: int, at: dt.datetime) -> int:
    order = Order.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        pk=pk, state=OrderState.PLACED, hold_until__lte=at
    )
    if (found := order.first()) is None:
        return 0
    done = cancel(found, _("not paid in time"), at, "clock", listed=by_itself(UNPAID))
    if done.refund_due > 0:  # a part was paid, by a gift card perhaps: nobody need ask for it
        key = f"expired:{done.guid}"
        refund(done, done.refund_due, reason=RefundReason.CANCELLED, key=key, at=at, actor="clock")
    return 1


def claim_confirmation(order: Order, *, at: dt.datetime) -> bool:
    """True for the one who may send the confirmation; everyone after gets False."""
    return Order.objects.filter(pk=order.pk, confirmed_at=None).update(confirmed_at=at) == 1


def give_up_confirmation(order: Order) -> None:
    """Sending failed before the mail left: the next try may claim it again."""
    Order.objects.filter(pk=order.pk).update(confirmed_at=None)


def _day_of(order: Order) -> dt.date:
    """The channel's day on which it was placed."""
    return order.placed_at.astimezone(ZoneInfo(order.channel.time_zone)).date()


def _becomes(order: Order, state: OrderState, stamp: str, at: dt.datetime, actor: str, **facts: str) -> Order:
    order.state = state
    setattr(order, stamp, at)
    order.hold_until = None if state != OrderState.PLACED else order.hold_until
    changed = ["state", stamp, "hold_until", "cancel_reason", "cancelled_for", "cancel_note"]
    if state in (OrderState.DONE, OrderState.CANCELLED):
        order.client_ip = None  # it served the order's risk; nothing more is to be known of it
        changed.append("client_ip")
    order.save(update_fields=changed)
    record(
        f"orders.order_{state.value}",
        at=at,
        subject_kind="order",
        subject_id=order.guid,
        actor=actor,
        number=order.number,
        store=order.store.code if order.store else "",
        **facts,
    )
    return order


def _may(order: Order, wanted: OrderState) -> None:
    if not rules.may_become(order.state, wanted):
        raise WrongState(
            _("An order that is “%(now)s” cannot become “%(wanted)s”.")
            % {"now": OrderState(order.state).label, "wanted": wanted.label},
            details={"state": order.state},
        )


def _must_be_paid(order: Order) -> None:
    if order.payment_state not in COVERED:
        raise Refused(
            _("This order is not wholly paid yet."),
            code="not_paid",
            details={"due": str(order.due)},
        )
