"""Holding an order back and letting it go: while it is held nothing is prepared, nothing handed over."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.services import record
from orders.enums import HoldKind, OrderState
from orders.models import Order, OrderHold


@transaction.atomic
def hold_order(
    order: Order, *, reason: str, at: dt.datetime, actor: str = "", cause: str = "", kind: str = HoldKind.HAND
) -> OrderHold:
    """Hold an order that still waits; the same `cause` holds it once. Raises Invalid without a reason, Refused."""
    reason = reason.strip()[:300]
    if not reason:
        raise Invalid(_("Say why the order is held."), field="reason")
    order = Order.objects.select_for_update(of=("self",)).select_related("store").get(pk=order.pk)
    cause = cause or f"hand:{order.guid}"
    if known := OrderHold.objects.filter(cause=cause, until=None).first():
        return known
    if kind == HoldKind.HAND and order.state in (OrderState.DONE, OrderState.CANCELLED):
        raise Refused(_("Nothing is left to hold: the order is closed."), code="closed")
    held = OrderHold.objects.create(order=order, kind=kind, cause=cause, reason=reason, since=at, actor=actor)
    _tell("orders.order_held", order, at, actor, reason=reason, hold=held.pk)
    return held


@transaction.atomic
def release_order(cause: str, *, explanation: str, at: dt.datetime, actor: str = "") -> bool:
    """Let an order go that this cause held; False when it held none. Other causes hold on. Raises Invalid."""
    explanation = explanation.strip()[:300]
    if not explanation:
        raise Invalid(_("Explain it, for those who will ask later."), field="explanation")
    held = OrderHold.objects.select_for_update(of=("self",)).select_related("order__store")
    row = held.filter(cause=cause, until=None).first()
    if row is None:
        return False
    OrderHold.objects.filter(pk=row.pk).update(until=at, released_by=actor, explanation=explanation)
    free = not OrderHold.objects.filter(order=row.order, until=None).exists()
    _tell("orders.order_released", row.order, at, actor, reason=explanation, hold=row.pk, free=free)
    return True


def release_by_hand(order: Order, *, explanation: str, at: dt.datetime, actor: str) -> None:
    """Let go of what a colleague held by hand. Raises NotFound when nobody did, Invalid without an explanation."""
    if not release_order(f"hand:{order.guid}", explanation=explanation, at=at, actor=actor):
        raise NotFound(_("Nobody holds this order by hand."))


def must_not_be_held(order: Order) -> None:
    """Raises Refused, with the reasons, while anything holds the order."""
    reasons = list(OrderHold.objects.filter(order=order, until=None).order_by("id").values_list("reason", flat=True))
    if reasons:
        raise Refused(
            _("The order is held: %(why)s") % {"why": " ".join(reasons[:3])},
            code="order_held",
            details={"reasons": reasons},
        )


def _tell(kind: str, order: Order, at: dt.datetime, actor: str, **facts: object) -> None:
    store = order.store.code if order.store else ""
    record(
        kind, at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number, store=store, **facts
    )
