"""What happened to a run, in order; and how long it will still take."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.enums import RunState
from integrations.models import Run
from integrations.rules import STAGES, Estimate, estimate, stage_seconds
from logbook.models import Event

_FINISHED = (RunState.DONE, RunState.DONE_WITH_REJECTIONS)
_MOST = 60
_EVENTS = {
    "file_received": ("received", gettext_lazy("the file came")),
    "rerun_asked": ("received", gettext_lazy("asked for")),
    "undo_asked": ("received", gettext_lazy("asked for")),
    "run_held": ("held", gettext_lazy("compared and held back")),
    "run_approved": ("approved", gettext_lazy("approved")),
    "run_refused": ("refused", gettext_lazy("turned down")),
    "run_recovered": ("recovered", gettext_lazy("its worker died; it waits for another one")),
    "cancel_asked": ("cancel_asked", gettext_lazy("cancelling asked")),
    "run_cancelled": ("cancelled", gettext_lazy("cancelled")),
    "run_ignored": ("ignored", gettext_lazy("ignored")),
    "run_failed": ("failed", gettext_lazy("failed")),
}


@dataclass(frozen=True)
class Moment:
    """Something that happened to a run. `code` for machines; run: another run that it leads to."""

    at: dt.datetime
    code: str
    says: str
    who: str = ""
    run: int | None = None


def timeline(run: Run) -> list[Moment]:
    """Received, read, checked, proposed, held, approved, applied, undone: the oldest first."""
    events = Event.objects.filter(subject_kind="run", subject_id=str(run.pk)).order_by("pk")[:_MOST]
    told = [moment for event in events if (moment := _of_event(event)) is not None]
    begun = any(moment.code == "received" for moment in told)
    moments = [] if begun else [Moment(run.queued_at, "received", _("asked for"), run.actor)]
    moments += [*told, *_steps(run)]
    for undo in run.undos.filter(state__in=_FINISHED).order_by("pk")[:20]:
        at = undo.finished_at or undo.queued_at
        moments.append(Moment(at, "undone", _("undone"), undo.actor, undo.pk))
    order = {moment: place for place, moment in enumerate(moments)}
    return sorted(moments, key=lambda moment: (moment.at, order[moment]))


def estimate_of(run: Run, at: dt.datetime) -> Estimate:
    """How far a running run is, judged by the last good run of its flow that did the same."""
    steps = _read_steps(run.steps, run.attempts)
    if run.state != RunState.RUNNING or not steps:
        return Estimate(None)
    stage, began = steps[-1]
    last = (
        Run.objects.filter(flow_id=run.flow_id, pk__lt=run.pk, state__in=_FINISHED, finished_at__isnull=False)
        .exclude(steps=[])
        .filter(undo_of__isnull=run.undo_of_id is None, rows_read__gt=0)
        .order_by("-pk")
        .first()
    )
    before: dict[str, float] = {}
    rows_before = 0
    if last is not None and last.finished_at is not None:
        before = stage_seconds(_read_steps(last.steps, last.attempts), last.finished_at)
        rows_before = last.rows_read
    spent = (at - began).total_seconds()
    return estimate(stage, spent, run.share, run.rows_read, before, rows_before)


def _read_steps(steps: list[dict[str, Any]], attempt: int) -> list[tuple[str, dt.datetime]]:
    return [
        (str(step["what"]), dt.datetime.fromisoformat(step["at"])) for step in steps if step.get("attempt") == attempt
    ]


def _steps(run: Run) -> list[Moment]:
    """The end of a stage is what people ask for: “read” is when checking began."""
    words = {
        "reading": ("started", _("a worker starts")),
        "checking": ("read", _("read")),
        "merging": ("checked", _("checked")),
        "keeping": ("compared", _("compared")),
    }
    return [
        Moment(dt.datetime.fromisoformat(step["at"]), *words[step["what"]])
        for step in run.steps
        if step["what"] in STAGES
    ]


def _of_event(event: Event) -> Moment | None:
    kind = event.kind.removeprefix("integrations.")
    if kind == "run_approved" and not event.data.get("choice", {}).get("all"):
        return Moment(event.at, "approved", _("a part of it approved"), event.actor)
    if kind in ("run_finished", "run_undone"):
        whole = event.data.get("state") == RunState.DONE
        return Moment(event.at, "applied", _("applied") if whole else _("applied, some rows refused"))
    if kind not in _EVENTS:
        return None
    code, says = _EVENTS[kind]
    by_hand = kind in ("file_received", "rerun_asked", "undo_asked", "run_approved", "run_refused", "cancel_asked")
    return Moment(event.at, code, str(says), event.actor if by_hand or kind == "run_ignored" else "")
