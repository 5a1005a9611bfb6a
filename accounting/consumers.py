"""What the books read in the logbook."""

from decimal import Decimal
from uuid import UUID

from celery import current_app
from django.db import transaction

from accounting.services import book_receipt, book_refund, book_sale, credit_refund, try_invoice
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


@consumer("accounting.invoices", kinds=["orders.order_shipped", "orders.order_done", "orders.refund_asked"])
def invoice(event: Event) -> None:
    """What left is invoiced, each shipment by itself; what goes back of a sale is credited. Each once."""
    order = UUID(event.subject_id)
    if event.kind == "orders.order_done":
        try_invoice(order, key=f"done:{order}", at=event.at)
    elif event.kind == "orders.order_shipped":
        units = {int(position): int(count) for position, count in event.data["lines"].items()}
        try_invoice(order, key=f"shipment:{event.data['shipment']}", units=units, at=event.at)
    elif (amount := Decimal(event.data.get("of_sale", 0))) > 0:
        credit_refund(UUID(event.data["refund"]), amount, at=event.at, actor=event.actor)


@consumer("accounting.papers", kinds=["accounting.invoice_made", "accounting.paper_made"])
def paper(event: Event) -> None:
    """A new invoice gets its file, and the file goes to the buyer; both outside of this transaction, each once."""
    guid, name = event.data["invoice"], "send_invoice" if event.kind.endswith("paper_made") else "make_paper"
    transaction.on_commit(lambda: current_app.send_task(f"accounting.tasks.{name}", args=[guid]))
