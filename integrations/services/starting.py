"""A flow starts, by whatever cause: an import looks for its files, an export is written."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from integrations.enums import ConnectionKind, Direction, TriggerKind
from integrations.enums import Trigger as Cause
from integrations.models import Export, Flow, FlowTrigger, Run
from integrations.services.exporting import write_export
from integrations.services.fetching import look, noting
from integrations.services.handover import export_orders
from integrations.services.pivot_answers import read_answers
from integrations.services.together import take_together


def start_flow(
    flow: Flow, *, at: dt.datetime, cause: str = Cause.SCHEDULE, actor: str = "", queue: bool = False
) -> list[Run]:
    """Do what the flow does, now; the runs that came of it. Raises Refused with a sentence.

    queue: imports are left to a worker that is asked; else they wait for the caller to run them.
    """
    if flow.direction == Direction.OUT:
        if Export.objects.filter(flow=flow).exists():
            run = write_export(flow, at=at, cause=cause, actor=actor)
        else:
            if flow.connection and flow.connection.kind == ConnectionKind.PIVOT:
                read_answers(at=at, actor=actor)
            run = export_orders(flow, at=at, trigger=cause, actor=actor)
        return [run] if run else []
    together = FlowTrigger.objects.filter(flow=flow, kind=TriggerKind.FILES, active=True).select_related(
        "flow__connection", "flow__mapping"
    )
    sets = list(together)
    if not sets:
        return look(flow, at=at, queue=queue, trigger=cause, actor=actor)
    with noting(flow, at):
        return [run for trigger in sets for run in take_together(trigger, at=at, cause=cause, actor=actor, queue=queue)]


def ask_feeds(flows: Iterable[Flow]) -> None:
    """After commit, have a worker start each of these flows."""
    nudge = getattr(settings, "FEEDS_NUDGE", "integrations.tasks.nudge_flow")
    for flow in flows:
        transaction.on_commit(lambda code=flow.code: import_string(nudge)(code), robust=True)  # type: ignore[misc]
