"""Undoing a run is a run itself: it waits its turn, tells what it gave back, and can be undone."""

import datetime as dt

from django.db import transaction

from altazion.lib.problems import Refused
from altazion.lib.told import join
from altazion.lib.told import told as _
from altazion.lib.told import told_many as ngettext
from altazion.lib.undoing import Undoing
from integrations import engine
from integrations.engine import FileProblem
from integrations.enums import RunState, Trigger
from integrations.models import Run
from integrations.services.closing import FINISHED, close
from integrations.services.lease import Heartbeat, Stopwatch
from integrations.services.receiving import ask_worker
from logbook.services import record

_OVER = (RunState.FAILED, RunState.CANCELLED, RunState.IGNORED, RunState.SUPERSEDED)


def why_not_undone(run: Run) -> str:
    """Why a run cannot be undone, in a sentence; empty when it can."""
    if run.state not in (*FINISHED, RunState.IGNORED) or not run.totals:
        return _("This run changed nothing that could be undone.")
    if run.first_change is None:
        return _("The differences of this run are no longer kept: it cannot be undone.")
    if run.undos.exclude(state__in=_OVER).exists():
        return _("This run was undone already.")
    return ""


@transaction.atomic
def undo_run(run: Run, *, at: dt.datetime, actor: str = "", queue: bool = False) -> Run:
    """Ask for a run to be undone; returns the run that does it. Raises Refused when it cannot be."""
    run = Run.objects.select_for_update(of=("self",)).select_related("flow").get(pk=run.pk)
    if problem := why_not_undone(run):
        raise Refused(problem, code="not_undoable")
    new = Run.objects.create(
        flow=run.flow,
        trigger=Trigger.UNDO,
        actor=actor,
        undo_of=run,
        definition={"header": engine.HEADER},
        queued_at=at,
    )
    record(
        "integrations.undo_asked",
        at=at,
        subject_kind="run",
        subject_id=new.pk,
        actor=actor,
        of=run.pk,
        flow=run.flow.code,
    )
    if queue:
        ask_worker(new)
    return new


def execute_undo(run: Run, watch: Stopwatch, heartbeat: Heartbeat) -> None:
    """Give back what `run.undo_of` changed, where it is still as that run left it."""
    of = run.undo_of
    if of is None or of.first_change is None or of.last_change is None:
        raise FileProblem("not_undoable", _("The differences of this run are no longer kept: it cannot be undone."))
    heartbeat.tell("merging", 0)
    with transaction.atomic():
        outcome = engine.undo(
            Undoing(
                run=of.pk,
                undo=run.pk,
                source=run.flow.code,
                changes=engine.TABLE,
                first=of.first_change,
                last=of.last_change,
                at=watch.now(),
                actor=run.actor or f"flow:{run.flow.code}",
            ),
            run.flow.code,
        )
        heartbeat.stop()
        run.rows_changed, run.rows_archived = outcome.restored + outcome.removed, outcome.archived
        run.rows_rejected = outcome.left
        run.rows_read = outcome.restored + outcome.removed + outcome.archived + outcome.left
        changes = outcome.changes
        run.totals = changes.totals
        run.first_change, run.last_change = (changes.first, changes.last) if changes.totals else (None, None)
        state = RunState.DONE_WITH_REJECTIONS if outcome.left else RunState.DONE
        close(run, state, _words(of, outcome), watch.now(), event="integrations.run_undone")


def _words(of: Run, outcome: engine.Undo) -> str:
    given = outcome.restored + outcome.removed
    parts = [
        _("Run %d is undone:") % of.pk,
        ngettext("%d row is as before,", "%d rows are as before,", given) % given,
        ngettext("%d thing it had made is archived,", "%d things it had made are archived,", outcome.archived)
        % outcome.archived,
        ngettext("%d value was edited since and stays.", "%d values were edited since and stay.", outcome.left)
        % outcome.left,
    ]
    return join(parts)
