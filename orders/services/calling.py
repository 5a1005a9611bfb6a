"""Providers are asked here, and only here: claim what is to be asked, commit, ask, then note the answer.

While a provider is asked nothing is locked. What was claimed and never answered (a crash, a silent provider) is asked
again under the same key by the sweep, so that money moves once.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from orders.enums import AttemptState, HoldKind, PartState
from orders.models import Payment, RefundPart
from orders.ports import Unreachable, provider
from orders.services.capturing import hold_cause, lock_payment, note_captured, note_lost
from orders.services.counting import payment_facts, tell_of_order
from orders.services.holding import hold_order

PATIENCE = dt.timedelta(minutes=2)  # after which a call without an answer is made again
MEMORY = dt.timedelta(hours=20)  # how long providers are trusted to remember a key
ENDS_SOON = dt.timedelta(hours=24)


def send_payment(guid: UUID | str, *, at: dt.datetime, actor: str = "") -> None:
    """Ask the provider to take authorised money, or to let it go; nothing happens when it is being asked already."""
    payment = _claim(guid, at)
    if payment is None:
        return
    bank = provider(payment.method.provider)
    try:
        answer = bank.capture(payment) if payment.state == AttemptState.CAPTURING else bank.void(payment)
    except Refused as refusal:
        _refused(payment, refusal.message, at, actor)
    except Unreachable as silence:
        _silent(payment, str(silence), at, actor)
    else:
        _answered(payment, answer.reference, at, actor)


def to_resume(*, at: dt.datetime, limit: int = 200) -> tuple[list[UUID], list[UUID]]:
    """What was asked of providers without an answer: payments, and refunds with such a part."""
    since = at - PATIENCE
    payments = Payment.objects.filter(state__in=[AttemptState.CAPTURING, AttemptState.VOIDING])
    waiting = payments.exclude(called_at__gt=since).order_by("pk").values_list("guid", flat=True)
    parts = RefundPart.objects.filter(state=PartState.ASKED, refund__asked_at__lte=since).exclude(called_at__gt=since)
    refunds = parts.order_by("refund_id").values_list("refund__guid", flat=True).distinct()
    return list(waiting[:limit]), list(refunds[:limit])


def tell_endings(*, at: dt.datetime, limit: int = 200) -> int:
    """Say which authorisations end within a day, and note those that did; returns how many."""
    waiting = Payment.objects.filter(state=AttemptState.AUTHORISED)
    soon = waiting.filter(expires_at__lte=at + ENDS_SOON, expires_at__gt=at, warned_at=None)
    over = Payment.objects.filter(state__in=[AttemptState.AUTHORISED, AttemptState.FAILED], expires_at__lte=at)
    found = [*soon.order_by("expires_at")[:limit], *over.order_by("expires_at")[:limit]]
    return sum(_ends(one.pk, at) for one in found)


@transaction.atomic
def _ends(pk: int, at: dt.datetime) -> int:
    order, payment = lock_payment(pk)
    if payment.state not in (AttemptState.AUTHORISED, AttemptState.FAILED) or payment.expires_at is None:
        return 0
    if payment.expires_at <= at:
        note_lost(order, payment, _("The authorisation ended."), at=at, actor="clock")
        return 1
    if payment.warned_at:
        return 0
    Payment.objects.filter(pk=pk).update(warned_at=at)
    facts = payment_facts(order, payment) | {"until": payment.expires_at.isoformat()}
    tell_of_order("orders.authorisation_ends", order, at=at, actor="clock", **facts)
    return 1


@transaction.atomic
def _claim(guid: UUID | str, at: dt.datetime) -> Payment | None:
    found = Payment.objects.select_for_update(of=("self",)).select_related("method", "order")
    payment = found.filter(guid=guid, state__in=[AttemptState.CAPTURING, AttemptState.VOIDING]).first()
    return payment if payment and takes_turn(payment, at) else None


def takes_turn(row: Payment | RefundPart, at: dt.datetime) -> bool:
    """Note on a locked row that its provider is called now; False while another's call may still be answered."""
    if row.called_at and row.called_at > at - PATIENCE:
        return False
    row.called_at = at
    row.first_called_at = row.first_called_at or at
    row.save(update_fields=["called_at", "first_called_at"])
    return True


@transaction.atomic
def _answered(asked: Payment, reference: str, at: dt.datetime, actor: str) -> None:
    order, payment = lock_payment(asked.pk)
    if payment.call_key != asked.call_key:
        return  # its own callback was quicker
    if payment.state == AttemptState.VOIDING:
        note_lost(order, payment, "", at=at, actor=actor)
        tell_of_order("orders.payment_voided", order, at=at, actor=actor, **payment_facts(order, payment))
    elif payment.asked:
        note_captured(order, payment, payment.asked, reference, at=at, actor=actor)


@transaction.atomic
def _refused(asked: Payment, why: str, at: dt.datetime, actor: str) -> None:
    """What cannot be taken holds the order; what cannot be let go ends by itself at the bank."""
    order, payment = lock_payment(asked.pk)
    if payment.call_key != asked.call_key:
        return
    payment.tries += 1
    payment.message = why[:200]
    payment.state = AttemptState.FAILED if payment.state == AttemptState.CAPTURING else AttemptState.VOIDED
    payment.save(update_fields=["tries", "message", "state"])
    if payment.state == AttemptState.VOIDED:
        return
    facts = payment_facts(order, payment) | {"amount": str(payment.asked), "why": why}
    tell_of_order("orders.capture_failed", order, at=at, actor=actor, **facts)
    reason = _("The money could not be taken (%(method)s): %(why)s") % {"method": payment.method, "why": why}
    hold_order(order, reason=reason, at=at, actor=actor, cause=hold_cause(payment), kind=HoldKind.MONEY)


def _silent(asked: Payment, why: str, at: dt.datetime, actor: str) -> None:
    """No answer: it is asked again under the same key, for as long as the provider is sure to remember that key."""
    if asked.first_called_at and at - asked.first_called_at > MEMORY:
        text = _("The provider gave no answer. Look there whether the money moved before you try again.")
        _refused(asked, text, at, actor)
        return
    Payment.objects.filter(pk=asked.pk, state=asked.state).update(message=why[:200])
