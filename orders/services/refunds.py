"""Verbs of money that goes back: asked for once, sent to the payments it came from, and what became of it."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from altazion.lib.money import ZERO, cents, display
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders.enums import AttemptState, OrderState, PartState, RefundReason
from orders.models import Order, Payment, Refund, RefundPart
from orders.services.counting import payment_state_of


@transaction.atomic
def refund(order: Order, amount: Decimal, *, reason: str, key: str, at: dt.datetime, actor: str) -> Refund:
    """Give money of an order back, to the payments it came from, newest first; the providers are called afterwards.

    The same `key` again returns the same refund. Raises Invalid for an amount that is none, Refused for more than
    was kept and for a key that stands for another refund.
    """
    amount = _checked(amount, reason)
    order = Order.objects.select_for_update().get(pk=order.pk)
    if known := Refund.objects.filter(key=key).first():
        if known.order_id != order.pk or known.amount != amount:
            raise Refused(_("This refund key was used for another refund."), code="refund_key_reused", field="key")
        return known
    if amount > order.kept:
        raise Refused(
            _("Only %(kept)s of this order's money can be given back.") % {"kept": display(order.kept, order.currency)},
            code="more_than_kept",
            field="amount",
            details={"kept": str(order.kept)},
        )
    made = Refund.objects.create(
        order=order, amount=amount, currency=order.currency, reason=reason, key=key, asked_at=at, asked_by=actor[:150]
    )
    parts = RefundPart.objects.bulk_create(_parts(made))
    of_sale = ZERO
    if order.state == OrderState.DONE:  # what a closed sale gives back beyond its due is not owed again
        of_sale = max(amount - order.refund_due, ZERO)
        order.credited_total += of_sale
    order.refunded_total += amount
    order.payment_state = payment_state_of(order)
    order.save(update_fields=["refunded_total", "credited_total", "payment_state"])
    record(
        "orders.refund_asked", at=at, subject_kind="order", subject_id=order.guid, actor=actor,
        number=order.number, refund=str(made.guid), amount=str(amount), reason=reason,
        of_sale=str(of_sale), key=key,
    )  # fmt: skip
    for part in parts:
        if part.state == PartState.WAITS:
            tell_of_part("orders.refund_waits", part, at, actor)
    return made


@transaction.atomic
def confirm_refund(part: RefundPart, *, at: dt.datetime, actor: str) -> RefundPart:
    """A till or a colleague gave the money back by hand. Said twice, it happened once.

    Refused while the provider is being asked: it may still give it back.
    """
    part = lock_part(part.pk)
    if part.state == PartState.DONE:
        return part
    if part.state == PartState.ASKED:
        raise Refused(_("This refund is on its way through its provider."), code="on_its_way")
    if part.state == PartState.ABANDONED:
        raise Refused(_("This refund was given up."), code="given_up")
    part_done(part, part.provider_reference, at, actor)
    return part


@transaction.atomic
def abandon_refund(part: RefundPart, *, reason: str, at: dt.datetime, actor: str) -> RefundPart:
    """Give up a part that its provider will not give back: its amount is to be given back again, another way.

    Raises Invalid without a reason, Refused unless it failed.
    """
    if not (reason := reason.strip()):
        raise Invalid(_("Say why it is given up."), field="reason")
    order = Order.objects.select_for_update().get(pk=part.refund.order_id)
    part = lock_part(part.pk)
    if part.state == PartState.ABANDONED:
        return part
    if part.state != PartState.FAILED:
        raise Refused(_("Only a refund that failed can be given up."), code="wrong_state")
    part.state, part.message = PartState.ABANDONED, reason[:200]
    part.save(update_fields=["state", "message"])
    order.refunded_total -= part.amount
    order.payment_state = payment_state_of(order)
    order.save(update_fields=["refunded_total", "payment_state"])
    tell_of_part("orders.refund_abandoned", part, at, actor, why=part.message)
    return part


def give_back_due(order: Order, amount: Decimal | None = None, *, key: str, at: dt.datetime, actor: str) -> Refund:
    """Give back what is due to the shopper: of a cancelled order everything, else what came beyond its total.

    Part of it where `amount` says so. Refused when nothing, or less than that, is due.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if known := Refund.objects.filter(key=key, order=order).first():
            return known
        if order.refund_due <= 0:
            raise Refused(_("There is nothing to give back for this order."), code="nothing_due")
        if amount is not None and amount > order.refund_due:
            due = display(order.refund_due, order.currency)
            raise Refused(_("Only %(due)s are to be given back.") % {"due": due}, code="more_than_due", field="amount")
        reason = RefundReason.CANCELLED if order.state == OrderState.CANCELLED else RefundReason.EXCESS
        return refund(
            order, amount if amount is not None else order.refund_due, reason=reason, key=key, at=at, actor=actor
        )


def _checked(amount: Decimal, reason: str) -> Decimal:
    if not amount.is_finite() or amount <= 0 or amount != cents(amount):
        raise Invalid(_("The amount must be above zero, in whole cents."), code="bad_amount", field="amount")
    if reason not in RefundReason.values:
        raise Invalid(_("This reason is unknown."), field="reason")
    return amount


def _parts(made: Refund) -> list[RefundPart]:
    """Newest payments first; what a provider would not give back is handed out by a person from then on."""
    left, parts = made.amount, []
    received = Payment.objects.filter(order=made.order, state=AttemptState.RECEIVED).order_by("-received_at", "-pk")
    alive = ~Q(refund_parts__state=PartState.ABANDONED)
    given_up = RefundPart.objects.filter(payment=OuterRef("pk"), state=PartState.ABANDONED)
    for payment in received.annotate(back=Sum("refund_parts__amount", filter=alive), by_hand=Exists(given_up)):
        part = min(left, payment.amount - (payment.back or ZERO))
        if part > 0:
            state = PartState.WAITS if payment.by_hand else PartState.ASKED
            parts.append(RefundPart(refund=made, payment=payment, amount=part, state=state))
            left -= part
    if left:
        raise Refused(_("The payments of this order do not hold this amount any more."), code="more_than_kept")
    return parts


def part_done(part: RefundPart, reference: str, at: dt.datetime, actor: str) -> None:
    """Note that the money of a part went back."""
    part.state, part.message, part.provider_reference = PartState.DONE, "", reference[:120]
    part.done_at, part.done_by = at, actor[:150]
    part.save(update_fields=["state", "message", "provider_reference", "done_at", "done_by", "tries"])
    tell_of_part("orders.refund_made", part, at, actor)


def tell_of_part(kind: str, part: RefundPart, at: dt.datetime, actor: str, **facts: str) -> None:
    """Record what happened to a part."""
    order = part.refund.order
    record(
        kind, at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number,
        refund=str(part.refund.guid), part=str(part.guid), payment=str(part.payment.guid), amount=str(part.amount),
        method=part.payment.method.code, store=order.store.code if order.store else "", **facts,
    )  # fmt: skip


def lock_part(pk: int) -> RefundPart:
    """A part of a refund, locked until the transaction ends."""
    return (
        RefundPart.objects.select_for_update(of=("self",))
        .select_related("refund__order__store", "payment__method")
        .get(pk=pk)
    )
