"""What happened to an order, as its shopper may know it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from altazion.lib.money import display
from logbook.models import Event
from orders.models import Order

TOLD = (
    "orders.order_placed", "orders.payment_received", "orders.order_ready", "orders.order_shipped",
    "orders.order_done", "orders.order_cancelled", "orders.order_settled", "orders.refund_made",
    "orders.return_asked", "orders.return_received", "orders.return_refused", "orders.return_withdrawn",
)  # fmt: skip
MOST = 50


@dataclass(frozen=True)
class Step:
    """One thing that happened."""

    at: dt.datetime
    words: str


def story(order: Order) -> list[Step]:
    """The steps of an order, oldest first, in the active language: one query."""
    events = Event.objects.filter(subject_kind="order", subject_id=str(order.guid), kind__in=TOLD).order_by("id")
    return [Step(event.at, _words(event, order)) for event in events[:MOST]]


def _words(event: Event, order: Order) -> str:
    amount = _money(event.data.get("amount"), order.currency)
    done = _("Collected at %(store)s.") % {"store": order.store.name} if order.store else _("All of it is on its way.")
    back = {"back": event.data.get("returned", ""), "why": event.data.get("reason", "")}
    return {
        "orders.return_asked": _("Return %(back)s asked for.") % back,
        "orders.return_received": _("Return %(back)s received.") % back,
        "orders.return_refused": _("Return %(back)s refused: %(why)s") % back,
        "orders.return_withdrawn": _("Return %(back)s withdrawn.") % back,
        "orders.order_placed": _("Ordered."),
        "orders.payment_received": _("%(amount)s received, thank you.") % {"amount": amount},
        "orders.order_ready": _("Prepared and ready."),
        "orders.order_shipped": _("A parcel left for you."),
        "orders.order_done": done,
        "orders.order_cancelled": _("Cancelled."),
        "orders.order_settled": _("Something could not be had; the total was lowered."),
        "orders.refund_made": _("%(amount)s was given back to you.") % {"amount": amount},
    }[event.kind]


def _money(text: object, currency: str) -> str:
    try:
        return display(Decimal(str(text)), currency)
    except InvalidOperation:
        return ""
