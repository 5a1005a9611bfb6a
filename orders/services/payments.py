"""Verbs of money: attempts, receipts, and what providers and tills say of them (HUB-2)."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from altazion.lib.money import display
from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.services import record
from orders import rules
from orders.enums import AttemptState, OrderState, PaymentState
from orders.models import Order, Payment, PaymentMethod
from orders.ports import Call, ProviderAnswer, Redirect, provider
from orders.services.stock import hold_on
from stores.models import Store


def start_payment(order: Order, *, return_url: str, callback_url: str, at: dt.datetime) -> Redirect | None:
    """Open an attempt to pay what is still due, and the time the goods wait for it; the shopper may try again.

    Raises Refused when nothing is due or the order is closed.
    """
    with transaction.atomic():
        order = _lock(order.pk)
        _payable(order)
        method = order.payment_method
        until = at + dt.timedelta(minutes=method.hold_minutes) if order.hold_until else None
        payment = _open_attempt(order, at)
        redirect = provider(method.provider).start(payment, return_url=return_url, callback_url=callback_url)
        if redirect is not None:
            payment.save()
        if until is not None:
            Order.objects.filter(pk=order.pk).update(hold_until=until)
            order.hold_until = until
            hold_on(order, at=at)
    return redirect


@transaction.atomic
def record_payment(
    order: Order,
    *,
    method: PaymentMethod,
    amount: Decimal,
    key: str,
    at: dt.datetime,
    store: Store | None = None,
    till: str = "",
    provider_reference: str = "",
    actor: str = "",
) -> Payment:
    """Note money that a till received, tax included; the order is paid when nothing is left to pay (HUB-2).

    The same `key` again returns the same payment. Refused: more than is due, a closed order, another order's key.
    """
    order = _lock(order.pk)
    known = Payment.objects.filter(key=key).select_related("order").first()
    if known is not None:
        if known.order_id != order.pk or known.amount != amount:
            raise Refused(_("This payment key was used for another payment."), code="payment_key_reused", field="key")
        return known
    _payable(order)
    due = order.due
    if amount <= 0:
        raise Invalid(_("The amount must be above zero."), code="bad_amount", field="amount")
    if amount > due:
        raise Refused(
            _("Only %(due)s are still to be paid.") % {"due": display(due, order.currency)},
            code="overpaid",
            field="amount",
            details={"due": str(due)},
        )
    payment = Payment.objects.create(
        order=order,
        method=method,
        state=AttemptState.RECEIVED,
        amount=amount,
        currency=order.currency,
        provider_reference=provider_reference,
        key=key,
        store=store,
        till=till,
        started_at=at,
        received_at=at,
    )
    _received(order, payment, at, actor)
    return payment


def take_call(provider_name: str, call: Call, *, at: dt.datetime) -> Payment:
    """A provider tells the outcome of an attempt. Only this proves payment; late and repeated calls do no harm.

    Raises Refused (401) for a call whose proof does not hold, NotFound for an attempt we never made.
    """
    answer = provider(provider_name).read_call(call)
    with transaction.atomic():
        payment = _attempt(answer, provider_name)
        order = _lock(payment.order_id)
        payment.refresh_from_db()
        if payment.state == AttemptState.RECEIVED:
            return payment  # told already; money that came is never taken back by a later word
        if answer.outcome != "paid":
            _not_paid(payment, answer)
            return payment
        if answer.amount != payment.amount:
            raise Refused(_("The amount is not the one that was asked."), code="wrong_amount", status=422)
        payment.state = AttemptState.RECEIVED
        payment.received_at = at
        payment.provider_reference = answer.reference
        payment.message = ""
        payment.save()
        _received(order, payment, at, provider_name)
    return payment


def _open_attempt(order: Order, at: dt.datetime) -> Payment:
    """The attempt that a second click finds already open, or a new one."""
    due = order.due
    known = order.payments.filter(state=AttemptState.STARTED, method=order.payment_method, amount=due).first()
    if known is not None:
        return known
    attempt = Payment(
        order=order,
        method=order.payment_method,
        amount=due,
        currency=order.currency,
        store=order.store,
        started_at=at,
    )
    attempt.key = f"attempt:{attempt.guid}"
    return attempt


def _attempt(answer: ProviderAnswer, provider_name: str) -> Payment:
    try:
        guid = UUID(answer.payment)
    except ValueError:
        raise NotFound(_("There is no such payment.")) from None
    payment = Payment.objects.filter(guid=guid, method__provider=provider_name).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def _not_paid(payment: Payment, answer: ProviderAnswer) -> None:
    payment.state = AttemptState.REFUSED if answer.outcome == "refused" else AttemptState.CANCELLED
    payment.provider_reference = answer.reference
    payment.message = answer.message[:200]
    payment.save()


def _received(order: Order, payment: Payment, at: dt.datetime, actor: str) -> None:
    """Count a receipt. What comes for a closed order, or beyond its total, is money to give back."""
    was_to_go_back = order.refund_due
    order.paid_total += payment.amount
    order.payment_state = payment_state_of(order)
    Order.objects.filter(pk=order.pk).update(
        paid_total=F("paid_total") + payment.amount, payment_state=order.payment_state
    )
    paid = order.payment_state == PaymentState.PAID
    excess = order.refund_due - was_to_go_back
    facts = {
        "number": order.number,
        "payment": str(payment.guid),
        "amount": str(payment.amount),
        "method": payment.method.code,
        "store": payment.store.code if payment.store else "",
        "till": payment.till,
        "paid": paid,
    }
    record("orders.payment_received", at=at, subject_kind="order", subject_id=order.guid, actor=actor, **facts)
    if excess > 0:
        record(
            "orders.refund_due",
            at=at,
            subject_kind="order",
            subject_id=order.guid,
            actor=actor,
            **{**facts, "amount": str(excess)},
        )
    elif paid and order.hold_until is not None:
        Order.objects.filter(pk=order.pk).update(hold_until=None)
        order.hold_until = None
        _keep_goods(order, at)


def payment_state_of(order: Order) -> str:
    """How an order stands with its money, what went back counted."""
    closed = order.state in (OrderState.DONE, OrderState.CANCELLED)
    return rules.payment_state(order.total, order.paid_total, order.refunded_total, closed=closed)


def _keep_goods(order: Order, at: dt.datetime) -> None:
    """A paid order keeps its goods. Had its time run out and others taken them, a person must be told."""
    try:
        hold_on(order, at=at)
    except Refused as refusal:
        facts = {"number": order.number, "store": order.store.code if order.store else "", "why": refusal.message}
        record("orders.goods_gone", at=at, subject_kind="order", subject_id=order.guid, **facts)


def _payable(order: Order) -> None:
    if order.state == OrderState.CANCELLED:
        raise Refused(_("This order is cancelled."), code="order_cancelled")
    if order.due <= 0:
        raise Refused(_("This order is paid already."), code="already_paid")


def _lock(pk: int) -> Order:
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("payment_method", "store", "channel", "delivery_mode")
        .get(pk=pk)
    )
