"""How each flow is doing, looked at every minute: what is wrong becomes a task and a letter, recovery ends both."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from integrations.enums import Coverage, Direction, RunState
from integrations.models import Flow, FlowWatch, Run
from integrations.rules import MOST_RUNS, is_late, off_the_usual
from integrations.selectors import flows_with_health
from logbook.services import record
from tasks_mgmt.enums import FLOW_ILL
from tasks_mgmt.models import TaskKind
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes

LOOKED_BACK = MOST_RUNS + 1  # the last run and those before it
MOST_FLOWS = 1000
_OVER = (RunState.DONE, RunState.DONE_WITH_REJECTIONS, RunState.FAILED)
_GOOD = (RunState.DONE, RunState.DONE_WITH_REJECTIONS)


@dataclass(frozen=True)
class Turn:
    """A flow that fell ill or recovered (`says` is then empty)."""

    flow: Flow
    says: str


def check_flows(*, at: dt.datetime) -> list[Turn]:
    """Look at every active flow; those whose state turned. Tasks are raised and settled, events written."""
    flows = list(flows_with_health().filter(active=True)[:MOST_FLOWS])
    history = _history([flow.pk for flow in flows])
    watches = {watch.flow_id: watch for watch in FlowWatch.objects.all()}
    turns = []
    for flow in flows:
        watch = watches.get(flow.pk)
        says = problems_of(flow, history[flow.pk], watch, at)
        if says != (watch.problems if watch else []):
            turn = _turn(flow, says, at)
            turns += [turn] if turn else []
    return turns


def problems_of(flow: Flow, runs: list[Run], watch: FlowWatch | None, at: dt.datetime) -> list[str]:
    """What is wrong with a flow, a sentence each. runs: its last ones, the newest first."""
    found = [
        _late(flow, at),
        _too_long(flow, runs, at),
        _volume(flow, runs),
        _failing(flow, runs),
        watch.problem if watch and watch.failures >= max(flow.failures_allowed, 1) else "",
    ]
    return [says for says in found if says]


def whom_to_tell() -> list[str]:
    """Addresses of those whom the tasks of ill flows go to; failing that the administrators."""
    kind = TaskKind.objects.filter(code=FLOW_ILL).first()
    group = User.objects.filter(is_active=True, groups=kind.group_id) if kind and kind.group_id else User.objects.none()
    people = group if group.exists() else User.objects.filter(is_active=True, is_superuser=True)
    return sorted(email for email in people.values_list("email", flat=True)[:50] if email)


def _history(flows: list[int]) -> dict[int, list[Run]]:
    ranked = Run.objects.filter(flow__in=flows, state__in=[*_OVER, RunState.RUNNING]).annotate(
        place=Window(RowNumber(), partition_by=F("flow"), order_by=F("pk").desc())
    )
    found: dict[int, list[Run]] = defaultdict(list)
    for run in ranked.filter(place__lte=LOOKED_BACK).defer("definition").order_by("-pk"):
        found[run.flow_id].append(run)
    return found


@transaction.atomic
def _turn(flow: Flow, says: list[str], at: dt.datetime) -> Turn | None:
    watch, _made = FlowWatch.objects.select_for_update().get_or_create(flow=flow)
    was_ill = bool(watch.problems)
    watch.problems = says
    watch.ill_since = (watch.ill_since or at) if says else None
    watch.save(update_fields=["problems", "ill_since"])
    cause, text = f"{FLOW_ILL}:{flow.code}", " ".join(says)
    if says:
        raise_for_cause(
            FLOW_ILL,
            cause=cause,
            title=_("Flow “%s” needs care") % flow.name,
            description=text,
            subject=Subject(
                "integrations.flow", str(flow.pk), flow.name, reverse("admin:integrations_flow_change", args=[flow.pk])
            ),
            at=at,
        )
    else:
        settle_causes([cause], at=at, word=_("The flow is well again."))
    if was_ill == bool(says):
        return None
    record(
        "integrations.flow_ill" if says else "integrations.flow_well",
        at=at,
        subject_kind="flow",
        subject_id=flow.pk,
        flow=flow.code,
        flow_name=flow.name,
        message=text,
    )
    return Turn(flow, text)


def _late(flow: Flow, at: dt.datetime) -> str:
    last = getattr(flow, "last_at", None)
    every = flow.expected_every_minutes
    if not every or not is_late(last, every, at):
        return ""
    if last is None:
        return _("Nothing has come through yet, although something is expected every %d minutes.") % every
    silent = int((at - last).total_seconds() // 60)
    return _("Late: the last success was %(silent)d minutes ago, one is expected every %(every)d minutes.") % {
        "silent": silent,
        "every": every,
    }


def _too_long(flow: Flow, runs: list[Run], at: dt.datetime) -> str:
    running = next((run for run in runs if run.state == RunState.RUNNING and run.started_at), None)
    if running is None or running.started_at is None or not flow.longest_minutes:
        return ""
    minutes = int((at - running.started_at).total_seconds() // 60)
    if minutes < flow.longest_minutes:
        return ""
    return _("Run %(run)d has been running for %(minutes)d minutes; %(most)d are usual at most.") % {
        "run": running.pk,
        "minutes": minutes,
        "most": flow.longest_minutes,
    }


def _volume(flow: Flow, runs: list[Run]) -> str:
    """Whole files are the brake's, which looks before anything is written; this looks at all others, afterwards."""
    whole = flow.direction == Direction.IN and flow.coverage == Coverage.FULL and flow.brake_rows is not None
    good = [run for run in runs if run.state in _GOOD and not run.undo_of_id and not run.rerun_of_id]
    if whole or not flow.volume_tolerance or not good:
        return ""
    last = good[0]
    usual = off_the_usual(last.rows_read, [run.rows_read for run in good[1:]], flow.volume_tolerance)
    if usual is None:
        return ""
    return _("Unusual volume: run %(run)d had %(rows)d rows, usual are %(usual)d.") % {
        "run": last.pk,
        "rows": last.rows_read,
        "usual": usual,
    }


def _failing(flow: Flow, runs: list[Run]) -> str:
    failed = 0
    for run in runs:
        if run.state in _GOOD:
            break
        failed += run.state == RunState.FAILED
    if not failed or failed < max(flow.failures_allowed, 1):
        return ""
    return ngettext("%d run in a row has failed.", "%d runs in a row have failed.", failed) % failed
