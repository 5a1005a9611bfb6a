"""Refunds on their way: claimed, committed, asked of the provider, then noted. Nothing is locked while it is asked."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from orders.enums import PartState
from orders.models import Refund, RefundPart
from orders.ports import RefundAnswer, Unreachable, provider
from orders.services.calling import MEMORY, takes_turn
from orders.services.refunds import lock_part, part_done, tell_of_part


def send_refund(guid: UUID | str, *, at: dt.datetime, actor: str = "") -> Refund:
    """Have the providers give back what of a refund is still on its way. Each part on its own: one may fail."""
    made = Refund.objects.select_related("order").get(guid=guid)
    for pk in list(made.parts.filter(state=PartState.ASKED).values_list("pk", flat=True)):
        _send(pk, at, actor)
    return made


def try_again(part: RefundPart, *, at: dt.datetime, actor: str) -> RefundPart:
    """Ask the provider once more for a part that failed; a click beside it changes nothing."""
    fresh = {"state": PartState.ASKED, "called_at": None, "first_called_at": None}
    if RefundPart.objects.filter(pk=part.pk, state=PartState.FAILED).update(**fresh):
        _send(part.pk, at, actor)
    part.refresh_from_db()
    return part


def _send(pk: int, at: dt.datetime, actor: str) -> None:
    part = _claim(pk, at)
    if part is None:
        return  # sent, or being sent by another worker
    try:
        answer = provider(part.payment.method.provider).refund(part)
    except Refused as refusal:
        _failed(part, refusal.message, at, actor)
    except Unreachable as silence:
        _silent(part, str(silence), at, actor)
    else:
        _answered(part, answer, at, actor)


@transaction.atomic
def _claim(pk: int, at: dt.datetime) -> RefundPart | None:
    part = lock_part(pk)
    return part if part.state == PartState.ASKED and takes_turn(part, at) else None


@transaction.atomic
def _answered(asked: RefundPart, answer: RefundAnswer, at: dt.datetime, actor: str) -> None:
    part = lock_part(asked.pk)
    if part.state != PartState.ASKED:
        return
    part.tries += 1
    if answer.outcome == "done":
        part_done(part, answer.reference, at, actor)
        return
    part.state, part.message, part.provider_reference = PartState.WAITS, answer.message[:200], answer.reference[:120]
    part.save(update_fields=["state", "message", "provider_reference", "tries"])
    tell_of_part("orders.refund_waits", part, at, actor)


@transaction.atomic
def _failed(asked: RefundPart, why: str, at: dt.datetime, actor: str) -> None:
    part = lock_part(asked.pk)
    if part.state != PartState.ASKED:
        return
    part.tries += 1
    part.state, part.message = PartState.FAILED, why[:200]
    part.save(update_fields=["state", "message", "tries"])
    tell_of_part("orders.refund_failed", part, at, actor, why=part.message)


def _silent(asked: RefundPart, why: str, at: dt.datetime, actor: str) -> None:
    """No answer: asked again under the same key, for as long as the provider is sure to remember that key."""
    if asked.first_called_at and at - asked.first_called_at > MEMORY:
        text = _("The provider gave no answer. Look there whether the money moved before you try again.")
        _failed(asked, text, at, actor)
        return
    RefundPart.objects.filter(pk=asked.pk, state=PartState.ASKED).update(message=why[:200])
