"""Authorised money: promised by a bank, taken when the goods are prepared, let go when it is not needed.

What is to be done is decided here under the order's lock; the provider is asked afterwards (`calling`).
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.money import ZERO
from altazion.lib.problems import Invalid, Refused
from orders.enums import PROMISED, AttemptState, OrderState, RefundReason
from orders.models import Order, Payment
from orders.ports import ProviderAnswer
from orders.services.counting import (
    count,
    count_received,
    keep_covered,
    lock_order,
    payment_facts,
    tell_of_order,
)
from orders.services.holding import release_order
from orders.services.refunds import refund


@transaction.atomic
def capture(order: Order, *, at: dt.datetime, actor: str) -> Order:
    """Have what is due taken from the authorised payments, those that end first before others; the rest is let go.

    The providers are asked afterwards. Said twice, it is asked once. What could not be taken waits for a person.
    """
    order = lock_order(order.pk)
    left = order.to_capture - sum((one.asked or ZERO for one in _promised(order, waiting=False)), ZERO)
    for payment in _promised(order, waiting=True):
        part = min(max(left, ZERO), payment.amount)
        left -= part
        _ask(order, payment, part, at, actor)
    return order


@transaction.atomic
def release_authorised(order: Order, *, at: dt.datetime, actor: str) -> Order:
    """Let go of all authorised money that is not being taken at this moment."""
    order = lock_order(order.pk)
    for payment in order.payments.select_for_update().filter(state__in=PROMISED).order_by("pk"):
        if payment.state != AttemptState.CAPTURING or payment.first_called_at is None:
            _ask(order, payment, ZERO, at, actor)
    return order


@transaction.atomic
def try_capture_again(payment: Payment, *, at: dt.datetime, actor: str) -> Payment:
    """Ask once more for money that could not be taken: what is due now of it. Raises Refused for any other payment."""
    order, payment = lock_payment(payment.pk)
    if payment.state != AttemptState.FAILED:
        raise Refused(_("This payment did not fail."), code="wrong_state")
    taken = sum((one.asked or ZERO for one in _promised(order, waiting=False) if one.pk != payment.pk), ZERO)
    _ask(order, payment, min(max(order.to_capture - taken, ZERO), payment.amount), at, actor)
    return payment


@transaction.atomic
def give_up_capture(payment: Payment, *, reason: str, at: dt.datetime, actor: str) -> Payment:
    """Let authorised money go that cannot be taken; the order is then to be paid another way.

    Raises Invalid without a reason, Refused for money that is not authorised, or being taken at this moment.
    """
    if not (reason := reason.strip()):
        raise Invalid(_("Say why it is given up."), field="reason")
    order, payment = lock_payment(payment.pk)
    if payment.state not in (AttemptState.AUTHORISED, AttemptState.FAILED):
        raise Refused(_("Nothing of this payment can be let go now."), code="wrong_state")
    payment.message = reason[:200]
    _ask(order, payment, ZERO, at, actor)
    return payment


def note_authorised(order: Order, payment: Payment, answer: ProviderAnswer, *, at: dt.datetime, actor: str) -> None:
    """A bank promised the money. For an order that does not need it any more it is let go at once."""
    needed = order.state != OrderState.CANCELLED and order.due > 0
    payment.state, payment.authorised, payment.message = AttemptState.AUTHORISED, payment.amount, ""
    payment.expires_at, payment.provider_reference = answer.expires_at, answer.reference
    payment.save()
    count(order, authorised=payment.amount)
    tell_of_order("orders.payment_authorised", order, at=at, actor=actor, **payment_facts(order, payment))
    if needed:
        keep_covered(order, at)
    else:
        _ask(order, payment, ZERO, at, actor)
    if order.state == OrderState.DONE:
        capture(order, at=at, actor=actor)


def note_captured(
    order: Order, payment: Payment, amount: Decimal, reference: str, *, at: dt.datetime, actor: str
) -> None:
    """Authorised money was taken: `amount` of it. What is due no longer goes back by itself."""
    if payment.state in PROMISED:
        count(order, authorised=-payment.amount)
    payment.state, payment.amount, payment.message = AttemptState.RECEIVED, amount, ""
    payment.received_at, payment.provider_reference = at, reference[:120] or payment.provider_reference
    payment.tries += 1
    payment.save()
    count_received(order, payment, at=at, actor=actor, told=False)
    release_order(hold_cause(payment), explanation=_("The money came."), at=at, actor=actor)
    if back := min(order.refund_due, amount):
        reason = RefundReason.CANCELLED if order.state == OrderState.CANCELLED else RefundReason.EXCESS
        refund(order, back, reason=reason, key=f"captured:{payment.guid}", at=at, actor=actor)


def note_lost(order: Order, payment: Payment, why: str, *, at: dt.datetime, actor: str) -> None:
    """An authorisation ended without being used; unless it was let go, the order is to be paid again."""
    lost = payment.state in PROMISED
    payment.state, payment.message = AttemptState.VOIDED, why[:200] or payment.message
    payment.save()
    if lost:
        count(order, authorised=-payment.amount)
        tell_of_order(
            "orders.authorisation_lost", order, at=at, actor=actor, **payment_facts(order, payment) | {"why": why}
        )
        release_order(hold_cause(payment), explanation=_("The authorisation ended."), at=at, actor=actor)


def hold_cause(payment: Payment) -> str:
    """What holds an order whose money could not be taken."""
    return f"capture:{payment.guid}"


def lock_payment(pk: int) -> tuple[Order, Payment]:
    """A payment and its order, locked: the order first, as everywhere."""
    order = lock_order(Payment.objects.values_list("order_id", flat=True).get(pk=pk))
    payments = Payment.objects.select_for_update(of=("self",)).select_related("method", "store")
    return order, payments.get(pk=pk)


def _promised(order: Order, *, waiting: bool) -> list[Payment]:
    """Authorised payments that wait, or those of which money is asked already."""
    states = [AttemptState.AUTHORISED] if waiting else [AttemptState.CAPTURING, AttemptState.FAILED]
    found = order.payments.select_for_update(of=("self",)).select_related("method", "store").filter(state__in=states)
    return list(found.order_by("expires_at", "pk"))


def _ask(order: Order, payment: Payment, part: Decimal, at: dt.datetime, actor: str) -> None:
    """Note what the provider is to be asked: to take a part, or to let go."""
    payment.called_at = payment.first_called_at = None
    payment.asked = part or None
    payment.state = AttemptState.CAPTURING if part else AttemptState.VOIDING
    payment.save()
    facts = payment_facts(order, payment) | {"amount": str(part or payment.amount)}
    tell_of_order("orders.capture_asked" if part else "orders.void_asked", order, at=at, actor=actor, **facts)
    if not part:
        count(order, authorised=-payment.amount)
        release_order(hold_cause(payment), explanation=_("The money was let go."), at=at, actor=actor)
