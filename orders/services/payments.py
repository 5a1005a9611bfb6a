"""Verbs of money: attempts, receipts, and what providers and tills say of them (HUB-2)."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.money import display
from altazion.lib.problems import Invalid, NotFound, Refused
from orders.enums import AttemptState, CaptureWhen, MethodKind, OrderState
from orders.models import Order, Payment, PaymentMethod
from orders.ports import Call, ProviderAnswer, Redirect, Unreachable, provider
from orders.services.capturing import lock_payment, note_authorised, note_captured, note_lost
from orders.services.counting import count_received, lock_order, payment_facts, tell_of_order
from orders.services.stock import hold_on
from stores.models import Store

ONLINE = (MethodKind.CARD,)  # the shopper goes to the provider, who then calls
OPEN = (AttemptState.STARTED, AttemptState.REFUSED, AttemptState.CANCELLED)  # nothing is promised, nothing came


def start_payment(order: Order, *, return_url: str, callback_url: str, at: dt.datetime) -> Redirect | None:
    """Open an attempt to pay what is still due, and the time the goods wait for it; the shopper may try again.

    None when there is nowhere to go. Raises Refused when nothing is due, the order is closed, or the provider will not.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        _payable(order)
        method = order.payment_method
        payment = _open_attempt(order, at) if method.kind in ONLINE else None
        if order.hold_until:
            order.hold_until = at + dt.timedelta(minutes=method.hold_minutes)
            order.save(update_fields=["hold_until"])
            hold_on(order, at=at)
    if payment is None:
        return None
    try:
        redirect = provider(method.provider).start(payment, return_url=return_url, callback_url=callback_url)
    except Unreachable as silence:
        text = _("The payment service does not answer. Nothing was taken; please try again in a moment.")
        raise Refused(text, code="provider_silent", status=503) from silence
    if redirect and redirect.reference:
        Payment.objects.filter(pk=payment.pk, state=AttemptState.STARTED).update(provider_reference=redirect.reference)
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
    order = lock_order(order.pk)
    known = Payment.objects.filter(key=key).select_related("order").first()
    if known is not None:
        if known.order_id != order.pk or known.amount != amount:
            raise Refused(_("This payment key was used for another payment."), code="payment_key_reused", field="key")
        return known
    _payable(order)
    if method.kind == MethodKind.VOUCHER:
        raise Refused(_("A gift card pays by its code alone."), code="code_needed", field="method")
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
    count_received(order, payment, at=at, actor=actor)
    return payment


def take_call(provider_name: str, call: Call, *, at: dt.datetime) -> Payment | None:
    """A provider tells the outcome of an attempt. Only this proves payment; late and repeated calls do no harm.

    Raises Refused (401) for a call whose proof does not hold, NotFound for an attempt we never made, Refused (422)
    for another amount or currency than was asked: a person is told of it. None for words about other matters.
    """
    answer = provider(provider_name).read_call(call)
    if answer is None:
        return None
    with transaction.atomic():
        order, payment = lock_payment(_attempt(answer, provider_name).pk)
        wrong = _differs(payment, answer)
        if wrong:
            _tell_difference(order, payment, answer, wrong, at)
        else:
            _take(order, payment, answer, at, provider_name)
    if wrong:
        raise Refused(wrong, code="wrong_amount", status=422)
    return payment


def _take(order: Order, payment: Payment, answer: ProviderAnswer, at: dt.datetime, actor: str) -> None:
    """One word of a provider, whatever came before it: words come late, twice, and in any order."""
    if payment.state == AttemptState.RECEIVED:
        return  # told already; money that came is never taken back by a later word
    if answer.outcome == "paid":
        if payment.capture_later:
            note_captured(order, payment, answer.amount, answer.reference, at=at, actor=actor)
            return
        payment.state, payment.received_at, payment.message = AttemptState.RECEIVED, at, ""
        payment.provider_reference = answer.reference
        payment.save()
        count_received(order, payment, at=at, actor=actor)
    elif answer.outcome == "authorised":
        if payment.state in OPEN:
            note_authorised(order, payment, answer, at=at, actor=actor)
    elif payment.state in OPEN:
        payment.state = AttemptState.REFUSED if answer.outcome == "refused" else AttemptState.CANCELLED
        payment.provider_reference, payment.message = answer.reference, answer.message[:200]
        payment.save()
    elif answer.outcome == "voided" and payment.state != AttemptState.VOIDED:
        note_lost(order, payment, answer.message, at=at, actor=actor)


def _differs(payment: Payment, answer: ProviderAnswer) -> str:
    """What is wrong with the money that a provider tells of; nothing when it is as asked."""
    if answer.outcome not in ("paid", "authorised") or payment.state == AttemptState.RECEIVED:
        return ""
    if answer.currency and answer.currency.upper() != payment.currency:
        return _("The currency is not the one that was asked.")
    less = payment.capture_later and answer.outcome == "paid"  # of what was authorised a part may be taken
    fits = 0 < answer.amount <= payment.amount if less else answer.amount == payment.amount
    return "" if fits else _("The amount is not the one that was asked.")


def _tell_difference(order: Order, payment: Payment, answer: ProviderAnswer, why: str, at: dt.datetime) -> None:
    if payment.message == why:
        return  # the provider repeats itself; a person knows
    Payment.objects.filter(pk=payment.pk).update(message=why)
    facts = payment_facts(order, payment)
    facts |= {"why": why, "told": f"{answer.amount} {answer.currency or payment.currency}"}
    tell_of_order("orders.payment_mismatch", order, at=at, actor="", **facts)


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
        capture_later=order.payment_method.capture_when == CaptureWhen.PREPARED,
    )
    attempt.key = f"attempt:{attempt.guid}"
    attempt.save()
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


def _payable(order: Order) -> None:
    if order.state == OrderState.CANCELLED:
        raise Refused(_("This order is cancelled."), code="order_cancelled")
    if order.due <= 0:
        raise Refused(_("This order is paid already."), code="already_paid")
