"""What Office shows about an order besides the order itself."""

from dataclasses import dataclass
from typing import Any

from logbook.models import Event
from logistics.models import Reservation
from orders.models import Dispute, Order, OrderHold, OrderRisk
from orders.selectors.orders import OrderPage, order_page
from orders.selectors.risk import Standing, standing

EVENTS_SHOWN = 100


@dataclass(frozen=True)
class OfficeOrder:
    """An order's page in Office: content, stock held, events, and what outside systems took of it."""

    page: OrderPage
    reservations: list[Reservation]
    events: list[Event]
    handovers: list[Any]
    holds: list[OrderHold]
    risk: Standing
    risks: list[OrderRisk]
    disputes: list[Dispute]


def office_order(order: Order, *, language: str) -> OfficeOrder:
    """Everything about one order: a constant number of queries."""
    held = Reservation.objects.filter(reference=order.guid).select_related("product", "place").order_by("id")
    events = Event.objects.filter(subject_kind="order", subject_id=str(order.guid)).order_by("-id")
    outside = getattr(order, "handovers", None)  # a room above may keep them: this one does not know it
    return OfficeOrder(
        page=order_page(order.guid, language=language),
        reservations=list(held),
        events=list(events[:EVENTS_SHOWN]),
        handovers=list(outside.all()) if outside is not None else [],
        holds=list(order.holds.order_by("until", "-id")[:20]),
        risk=standing(order),
        risks=list(order.risks.order_by("dismissed_at", "-score")),
        disputes=list(order.disputes.all()[:10]),
    )
