"""Orders to outside systems: each is queued once, written to a file once, and acknowledged under a number (OSC-4)."""

import csv
import datetime as dt
import io

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from integrations.enums import Direction, Entity, Trigger
from integrations.models import Flow, OrderHandover, Run
from integrations.selectors import ORDER_COLUMNS, handovers, order_rows
from integrations.services.flow_versions import keep_version
from integrations.services.receiving import keep_file
from integrations.services.running import run_flow
from logbook.services import record
from orders.models import Order

ERP = "erp"
MOST_PER_FILE = 5000


def queue_order(guid: str, *, at: dt.datetime, system: str = ERP) -> OrderHandover:
    """Have an order wait for an outside system; asking twice queues it once."""
    order = Order.objects.get(guid=guid)
    return OrderHandover.objects.get_or_create(order=order, system=system, defaults={"queued_at": at})[0]


def export_orders(flow: Flow, *, at: dt.datetime, trigger: str = Trigger.SCHEDULE, actor: str = "") -> Run | None:
    """Write the orders that wait for the ERP to a file in the flow's folder; None when none waits.

    The file is kept and the orders are marked in one transaction; then a run delivers it. If that run dies, recovery
    delivers the same file under the same name. Raises Refused when the flow is no export or is switched off.
    """
    if flow.direction != Direction.OUT or flow.entity != Entity.ORDERS or not flow.active:
        raise Refused(_("This flow does not export orders, or it is switched off."), code="not_an_export")
    with transaction.atomic():
        waiting = OrderHandover.objects.select_for_update(skip_locked=True).filter(
            system=ERP, sent_at=None, acknowledged_at=None
        )
        found = list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_PER_FILE])
        if not found:
            return None
        text, rows = _csv(found)
        run = Run.objects.create(
            flow=flow, flow_version=keep_version(flow, at=at), trigger=trigger, actor=actor, queued_at=at
        )
        name = f"{flow.code}_{at:%Y%m%dT%H%M%S}_{run.pk}.csv"
        run.raw_file = keep_file(name, io.BytesIO(text.encode()), at=at)
        run.definition = {"file_name": name, "rows": rows, "orders": len(found)}
        run.save(update_fields=["raw_file", "definition"])
        OrderHandover.objects.filter(pk__in=found).update(sent_at=at, sent_in_run=run)
        record(
            "integrations.orders_exported",
            at=at,
            subject_kind="run",
            subject_id=run.pk,
            actor=actor,
            flow=flow.code,
            orders=len(found),
        )
    return run_flow(run.pk, at=at)


@transaction.atomic
def acknowledge(
    guid: str, *, system: str, outside_number: str = "", refusal: str = "", at: dt.datetime, actor: str = ""
) -> OrderHandover:
    """Note what an outside system made of an order: its number there, or why it cannot take it.

    The same answer again changes nothing; a number after a refusal repairs it. Raises NotFound for an order that was
    never handed to this system, Invalid without exactly one of both answers, Refused for another number than before.
    """
    if bool(outside_number) == bool(refusal):
        raise Invalid(_("Give either outside_number or refusal."), code="one_answer", field="outside_number")
    handover = (
        OrderHandover.objects.select_for_update(of=("self",))
        .select_related("order")
        .filter(order__guid=guid, system=system)
        .first()
    )
    if handover is None:
        raise NotFound(_("No such order was handed to this system."))
    if handover.acknowledged_at and (outside_number, refusal) == (handover.outside_number, handover.refusal):
        return handover
    if handover.outside_number:
        raise Refused(
            _("This order was already acknowledged as %s.") % handover.outside_number, code="already_acknowledged"
        )
    handover.outside_number, handover.refusal, handover.acknowledged_at = outside_number, refusal, at
    handover.sent_at = handover.sent_at or at
    handover.save(update_fields=["outside_number", "refusal", "acknowledged_at", "sent_at"])
    record(
        "integrations.order_refused" if refusal else "integrations.order_acknowledged",
        at=at,
        subject_kind="order",
        subject_id=handover.order.guid,
        actor=actor,
        system=system,
        number=handover.order.number,
        outside_number=outside_number,
        reason=refusal,
    )
    return handover


def _csv(found: list[int]) -> tuple[str, int]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(ORDER_COLUMNS)
    rows = 0
    for handover in handovers().filter(pk__in=found).order_by("pk"):
        for row in order_rows(handover.order):
            writer.writerow(row)
            rows += 1
    return text.getvalue(), rows
