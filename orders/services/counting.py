"""What an order's money comes to: counted under its lock, in one place."""

import datetime as dt
from decimal import Decimal

from altazion.lib.problems import Refused
from logbook.services import record
from orders import rules
from orders.enums import OrderState, PaymentState
from orders.models import Order, Payment
from orders.services.stock import hold_on

COVERED = (PaymentState.PAID, PaymentState.AUTHORISED)  # enough to prepare and hand over


def lock_order(pk: int) -> Order:
    """The order, locked until the transaction ends. No provider is called meanwhile."""
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("payment_method", "store", "channel", "delivery_mode")
        .get(pk=pk)
    )


def payment_state_of(order: Order) -> str:
    """How an order stands with its money, what went back and what banks promise counted."""
    closed = order.state in (OrderState.DONE, OrderState.CANCELLED)
    return rules.payment_state(
        order.total, order.paid_total, order.refunded_total, closed=closed, authorised=order.authorised_total
    )


def count(order: Order, *, paid: Decimal = Decimal(0), authorised: Decimal = Decimal(0)) -> None:
    """Add to what was received and to what is authorised of a locked order (below zero: it is less)."""
    order.paid_total += paid
    order.authorised_total += authorised
    order.payment_state = payment_state_of(order)
    order.save(update_fields=["paid_total", "authorised_total", "payment_state"])


def count_received(order: Order, payment: Payment, *, at: dt.datetime, actor: str, told: bool = True) -> None:
    """Count a receipt. What comes for a closed order, or beyond its total, is money to give back: `told` as such."""
    was_to_go_back = order.refund_due
    count(order, paid=payment.amount)
    excess = order.refund_due - was_to_go_back
    facts = payment_facts(order, payment) | {"paid": order.payment_state == PaymentState.PAID}
    tell_of_order("orders.payment_received", order, at=at, actor=actor, **facts)
    if excess > 0 and told:
        tell_of_order("orders.refund_due", order, at=at, actor=actor, **{**facts, "amount": str(excess)})
    elif excess <= 0:
        keep_covered(order, at)


def keep_covered(order: Order, at: dt.datetime) -> None:
    """An order whose money came or is promised keeps its goods. Had others taken them, a person must be told."""
    if order.payment_state not in COVERED or order.hold_until is None:
        return
    order.hold_until = None
    order.save(update_fields=["hold_until"])
    try:
        hold_on(order, at=at)
    except Refused as refusal:
        tell_of_order("orders.goods_gone", order, at=at, store=_store(order), why=refusal.message)


def payment_facts(order: Order, payment: Payment) -> dict[str, object]:
    """What events tell of a payment."""
    return {
        "payment": str(payment.guid),
        "amount": str(payment.amount),
        "method": payment.method.code,
        "store": payment.store.code if payment.store else "",
        "till": payment.till,
    }


def tell_of_order(kind: str, order: Order, *, at: dt.datetime, actor: str = "", **facts: object) -> None:
    """Record what happened to an order."""
    record(kind, at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number, **facts)


def _store(order: Order) -> str:
    return order.store.code if order.store else ""
