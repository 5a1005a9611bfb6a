"""What the flows room does when something happened elsewhere."""

from integrations.services import queue_order
from logbook.models import Event
from logbook.ports import consumer


@consumer("integrations.orders_to_erp", kinds=["orders.order_placed"])
def hand_to_erp(event: Event) -> None:
    """A new order waits for the ERP."""
    queue_order(event.subject_id, at=event.at)
