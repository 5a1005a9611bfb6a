"""The last words of a run: state, counts, message and event, in the transaction of what it wrote."""

import datetime as dt
import logging

from django.db import transaction

from altazion.lib.told import join, kept_of
from altazion.lib.told import told as _
from altazion.lib.told import told_many as ngettext
from integrations import engine
from integrations.enums import Coverage, RunState
from integrations.models import Run
from integrations.rules import REASON_COLUMN
from logbook.services import record

log = logging.getLogger(__name__)
FINISHED = (RunState.DONE, RunState.DONE_WITH_REJECTIONS)
_EVENTS = {
    RunState.FAILED: "integrations.run_failed",
    RunState.HELD: "integrations.run_held",
    RunState.CANCELLED: "integrations.run_cancelled",
}


class LeaseLost(Exception):
    """Another worker took the run over; what this one did is rolled back."""


def finish(run: Run, outcome: engine.Outcome, staged: engine.Staged, at: dt.datetime) -> None:
    """Counts, message and event, in the transaction of the merge; only while the run is still ours."""
    result = outcome.result
    count(run, outcome)
    notes = list(result.notes)
    if staged.is_correction:
        notes.append(_("A corrected rejects file: rows that it does not hold were left alone."))
    if outcome.rejected > outcome.kept_rejections > 0:
        notes.append(_("Only the first %d rejections are kept.") % outcome.kept_rejections)
    run.definition["header"] = [name for name in staged.header if name != REASON_COLUMN]
    state = RunState.DONE_WITH_REJECTIONS if outcome.rejected else RunState.DONE
    close(run, state, join([summary(run), *notes]), at)


def count(run: Run, outcome: engine.Outcome) -> None:
    """Counts and differences, onto the run."""
    result, changes = outcome.result, outcome.changes
    run.rows_read, run.rows_rejected = outcome.read, outcome.rejected
    run.rows_new, run.rows_changed, run.rows_unchanged = result.new, result.changed, result.unchanged
    run.rows_archived = result.archived
    run.totals = changes.totals
    run.first_change, run.last_change = (changes.first, changes.last) if changes.totals else (None, None)


def finish_unchanged(run: Run, same: Run, at: dt.datetime) -> None:
    run.rows_read = run.rows_unchanged = same.rows_read
    text = _("Unchanged file: the same bytes as in run %d were already taken. Nothing to do.") % same.pk
    with transaction.atomic():
        close(run, RunState.DONE, text, at)


def finish_without_news(run: Run, at: dt.datetime) -> None:
    """A delta that has nothing to tell writes no file; the run shows that somebody looked."""
    run.definition = {**run.definition, "nothing_new": True}
    with transaction.atomic():
        close(run, RunState.DONE, _("Nothing changed since the last file: none was written."), at)


def fail(run: Run, at: dt.datetime, code: str, message: str) -> None:
    run.rows_read = run.rows_new = run.rows_changed = run.rows_unchanged = run.rows_rejected = run.rows_archived = 0
    try:
        with transaction.atomic():
            close(run, RunState.FAILED, message, at, code=code)
    except LeaseLost:
        log.warning("run %s was taken over by another worker", run.pk)


def end_cancelled(run: Run, at: dt.datetime) -> None:
    """The work was stopped; nothing of it was written."""
    run.rows_new = run.rows_changed = run.rows_unchanged = run.rows_rejected = run.rows_archived = 0
    try:
        with transaction.atomic():
            close(run, RunState.CANCELLED, _("Cancelled; nothing was written."), at)
    except LeaseLost:
        log.warning("run %s was taken over by another worker", run.pk)


def close(run: Run, state: RunState, message: str, at: dt.datetime, *, code: str = "", event: str = "") -> None:
    counts = {
        name: getattr(run, f"rows_{name}") for name in ("read", "new", "changed", "unchanged", "archived", "rejected")
    }
    ours = Run.objects.filter(pk=run.pk, state=RunState.RUNNING, attempts=run.attempts)
    closed = ours.update(
        state=state,
        message=message,
        told=kept_of(message),
        stage="",
        share=None,
        steps=run.steps,
        definition=run.definition,
        totals=run.totals,
        first_change=run.first_change,
        last_change=run.last_change,
        finished_at=None if state == RunState.HELD else at,
        lease_until=None,
        **{f"rows_{name}": count for name, count in counts.items()},
    )
    if not closed:
        raise LeaseLost
    run.state, run.message, run.told = state, message, kept_of(message)
    if state in FINISHED and not run.undo_of_id:
        _supersede(run)
    record(
        event or _EVENTS.get(state, "integrations.run_finished"),
        at=at,
        subject_kind="run",
        subject_id=run.pk,
        actor=run.actor,
        flow=run.flow.code,
        flow_name=run.flow.name,
        entity=run.flow.entity,
        state=state.value,
        counts=counts,
        message=message,
        told=kept_of(message),
        **({"code": code} if code else {}),
    )


def _supersede(run: Run) -> None:
    """Earlier failures and held runs are settled when a whole file went through, failures by their own rerun too."""
    failed = Run.objects.filter(flow_id=run.flow_id, pk__lt=run.pk, state__in=(RunState.FAILED, RunState.HELD))
    if run.definition.get("coverage") != Coverage.FULL:
        failed = failed.filter(pk=run.rerun_of_id or 0)
    failed.update(state=RunState.SUPERSEDED)


def summary(run: Run) -> str:
    parts = [
        ngettext("%d row read", "%d rows read", run.rows_read) % run.rows_read,
        ngettext("%d new", "%d new", run.rows_new) % run.rows_new,
        ngettext("%d changed", "%d changed", run.rows_changed) % run.rows_changed,
        ngettext("%d unchanged", "%d unchanged", run.rows_unchanged) % run.rows_unchanged,
    ]
    if run.rows_archived:
        parts.append(ngettext("%d archived", "%d archived", run.rows_archived) % run.rows_archived)
    if run.rows_rejected:
        parts.append(ngettext("%d rejected", "%d rejected", run.rows_rejected) % run.rows_rejected)
    return join(parts, ", ", ".")
