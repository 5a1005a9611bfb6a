"""What the room does about its own events: the shopper's confirmation, money that goes back."""

from celery import current_app
from django.db import transaction

from logbook.models import Event
from logbook.ports import consumer
from orders.models import Order
from orders.services.routing import route_order


@consumer("orders.confirmation", kinds=["orders.order_placed"])
def confirm(event: Event) -> None:
    """Have the confirmation sent; the task sends it once, however often it is asked."""
    guid = event.subject_id
    transaction.on_commit(lambda: current_app.send_task("orders.tasks.send_confirmation", args=[guid]))


@consumer("orders.authorised", kinds=["orders.capture_asked", "orders.void_asked"])
def take_or_let_go(event: Event) -> None:
    """Have the provider asked, outside of this transaction."""
    guid = event.data["payment"]
    transaction.on_commit(lambda: current_app.send_task("orders.tasks.send_payment", args=[guid]))


@consumer("orders.refunds", kinds=["orders.refund_asked"])
def give_back(event: Event) -> None:
    """Have the providers asked, outside of this transaction; what they were asked already they are not asked again."""
    guid = event.data["refund"]
    transaction.on_commit(lambda: current_app.send_task("orders.tasks.send_refund", args=[guid]))


@consumer(
    "orders.routing",
    kinds=["orders.order_placed", "orders.payment_received", "orders.payment_authorised", "orders.order_released"],
)
def send_to_places(event: Event) -> None:
    """Once an order may be prepared, the places that shall prepare it get their slips."""
    if order := Order.objects.filter(guid=event.subject_id).first():
        route_order(order, at=event.at)


@consumer("orders.shipped", kinds=["orders.order_shipped"])
def tell_it_left(event: Event) -> None:
    """Have the shopper told; the task tells it once, however often it is asked."""
    key = event.data["shipment"]
    transaction.on_commit(lambda: current_app.send_task("orders.tasks.send_shipped", args=[key]))
