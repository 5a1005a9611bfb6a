"""Flows, how they are, and their runs."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from altazion.lib.told import tell
from integrations.enums import RunState
from integrations.models import Flow, Run
from integrations.rules import is_late

_FINISHED = (RunState.DONE, RunState.DONE_WITH_REJECTIONS)


def flows_with_health() -> QuerySet[Any]:
    """Flows with their last run: `last_state`, `last_at` (last run that went well), `last_run`."""
    runs = Run.objects.filter(flow=OuterRef("pk")).order_by("-pk")
    settled = runs.exclude(state=RunState.IGNORED)
    return Flow.objects.select_related("mapping", "watch").annotate(
        last_run=Subquery(settled.values("pk")[:1]),
        last_state=Subquery(settled.values("state")[:1]),
        last_message=Subquery(settled.values("message")[:1]),
        last_told=Subquery(settled.values("told")[:1]),
        last_at=Subquery(runs.filter(state__in=_FINISHED).values("finished_at")[:1]),
    )


def last_words(flow: Any) -> str:
    """What the last run of a flow of `flows_with_health` said, in the reader's language; empty without one."""
    return tell(flow.last_told, flow.last_message or "")


def troubled_flows(at: dt.datetime) -> list[tuple[Flow, str]]:
    """Active flows that need a person: ("failed" or "late"), for the dashboard."""
    troubled = []
    for flow in flows_with_health().filter(active=True):
        if flow.last_state == RunState.FAILED:
            troubled.append((flow, "failed"))
        elif is_late(flow.last_at, flow.expected_every_minutes, at):
            troubled.append((flow, "late"))
    return troubled


def flow_by_code(code: str) -> Flow:
    """Raises NotFound."""
    flow = Flow.objects.select_related("mapping").filter(code=code).first()
    if flow is None:
        raise NotFound(_("There is no flow %s.") % code)
    return flow


def run_by_guid(guid: UUID) -> Run:
    """Raises NotFound."""
    run = Run.objects.select_related("flow", "raw_file", "rerun_of", "undo_of").filter(guid=guid).first()
    if run is None:
        raise NotFound(_("There is no such run."))
    return run
