"""What the books read in the logbook."""

from uuid import UUID

from accounting.services import book_receipt, book_refund, book_sale
from logbook.models import Event
from logbook.ports import consumer


@consumer("accounting.books", kinds=["orders.order_done", "orders.payment_received", "orders.refund_made"])
def keep_books(event: Event) -> None:
    """A handed-over order is a sale, a payment a receipt, a refund one the other way; each is booked once."""
    if event.kind == "orders.order_done":
        book_sale(UUID(event.subject_id), at=event.at)
    elif event.kind == "orders.refund_made":
        book_refund(UUID(event.data["part"]), at=event.at)
    else:
        book_receipt(UUID(event.data["payment"]), at=event.at)
