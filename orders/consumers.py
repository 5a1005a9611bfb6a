"""What the room does about its own events: the shopper's confirmation."""

from celery import current_app
from django.db import transaction

from logbook.models import Event
from logbook.ports import consumer


@consumer("orders.confirmation", kinds=["orders.order_placed"])
def confirm(event: Event) -> None:
    """Have the confirmation sent; the task sends it once, however often it is asked."""
    guid = event.subject_id
    transaction.on_commit(lambda: current_app.send_task("orders.tasks.send_confirmation", args=[guid]))
