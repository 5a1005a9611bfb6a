"""What the flows room does when something happened elsewhere."""

from integrations.enums import EventKind
from integrations.services import answer_run, queue_order, something_happened
from logbook.models import Event
from logbook.ports import consumer


@consumer("integrations.orders_to_erp", kinds=["orders.order_placed"])
def hand_to_erp(event: Event) -> None:
    """A new order waits for the ERP."""
    queue_order(event.subject_id, at=event.at)


@consumer("integrations.triggers", kinds=[*EventKind.values, "integrations.run_finished"])
def start_what_waits_for_it(event: Event) -> None:
    """Flows that start when something happens, or when another flow went well."""
    something_happened(event.kind, event.pk, str(event.data.get("flow") or ""), at=event.at)


@consumer(
    "integrations.pivot_answers",
    kinds=["integrations.run_finished", "integrations.run_failed", "integrations.run_cancelled"],
)
def answer_beside_rows(event: Event) -> None:
    """What became of rows of the pivot base stands beside them."""
    answer_run(int(event.subject_id))
