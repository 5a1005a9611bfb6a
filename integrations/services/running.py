"""Runs a flow's waiting files in the order they came, and takes up again what a dead worker left."""

import datetime as dt
import logging

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.problems import Refused
from integrations import engine
from integrations.engine import FileProblem
from integrations.enums import Coverage, Direction, RunState, Trigger
from integrations.formats import Definition, DefinitionError
from integrations.models import Run
from integrations.rules import REASON_COLUMN
from integrations.services.fetching import send
from integrations.services.folders import deliver
from integrations.services.lease import Heartbeat, Stopwatch, claim
from integrations.services.receiving import open_raw
from logbook.services import record

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
WAITED_TOO_LONG = dt.timedelta(seconds=30)
_FINISHED = (RunState.DONE, RunState.DONE_WITH_REJECTIONS)


class LeaseLost(Exception):
    """Another worker took the run over; what this one did is rolled back."""


def run_flow(run_pk: int, *, at: dt.datetime) -> Run:
    """Run a waiting run, after those of its flow that wait before it; returns it in whatever state it is then.

    Does nothing when another run of the flow is running: that worker, or recovery, goes on with the waiting ones.
    A file that cannot be taken leaves a FAILED run with its reason, no exception.
    """
    run = Run.objects.get(pk=run_pk)
    watch = Stopwatch(at)
    while pk := waiting_of(run.flow_id, until=run_pk):
        claimed = claim(pk, watch)
        if claimed is None:
            break
        _execute(claimed, watch)
    run.refresh_from_db()
    return run


def run_waiting(flow_id: int, *, at: dt.datetime) -> None:
    """Run whatever waits for a flow, unless another worker is at it."""
    while pk := waiting_of(flow_id):
        if run_flow(pk, at=at).state == RunState.WAITING:
            return


def waiting_of(flow_id: int, *, until: int | None = None) -> int | None:
    """The run of a flow that has waited longest."""
    waiting = Run.objects.filter(flow_id=flow_id, state=RunState.WAITING)
    if until is not None:
        waiting = waiting.filter(pk__lte=until)
    return waiting.order_by("pk").values_list("pk", flat=True).first()


def recover_runs(*, at: dt.datetime) -> list[int]:
    """Put runs whose worker died back to wait, and name every run that waits without anybody at it.

    The caller runs them (`run_flow`): the raw file is read again from its beginning, and since a run's writes are
    one transaction the end state is as if nothing had happened.
    """
    with transaction.atomic():
        dead = Run.objects.select_for_update(skip_locked=True).filter(state=RunState.RUNNING, lease_until__lt=at)
        for run in dead:
            if run.attempts >= MOST_ATTEMPTS:
                _fail(run, at, "gave_up", _("The worker died %d times over this file.") % run.attempts)
                engine.clean_up(run.pk)
                continue
            run.state, run.trigger, run.lease_until = RunState.WAITING, Trigger.RECOVERY, None
            run.save(update_fields=["state", "trigger", "lease_until"])
            record("integrations.run_recovered", at=at, subject_kind="run", subject_id=run.pk, flow=run.flow.code)
    busy = Run.objects.filter(state=RunState.RUNNING).values("flow_id")
    forgotten = Run.objects.filter(state=RunState.WAITING).exclude(flow_id__in=busy)
    return list(
        forgotten.filter(queued_at__lt=at - WAITED_TOO_LONG).order_by("flow_id", "pk").values_list("pk", flat=True)
    )


def _execute(run: Run, watch: Stopwatch) -> None:
    with Heartbeat(run, watch) as heartbeat:
        try:
            if same := _same_as(run):
                heartbeat.stop()
                _finish_unchanged(run, same, watch.now())
                return
            _load(run, watch, heartbeat)
        except (FileProblem, Refused) as problem:
            heartbeat.stop()
            _fail(run, watch.now(), problem.code, problem.message)
        except LeaseLost:
            log.warning("run %s was taken over by another worker", run.pk)
        except Exception as error:
            log.exception("run %s failed", run.pk)
            heartbeat.stop()
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            _fail(run, watch.now(), "internal", _("The platform could not finish this file: %s") % _words(error))
        finally:
            _clean_up(run)


def _load(run: Run, watch: Stopwatch, heartbeat: Heartbeat) -> None:
    raw_file = run.raw_file
    if raw_file is None:
        raise FileProblem("no_file", _("This run has no file."))
    if run.flow.direction == Direction.OUT:
        name = str(run.definition.get("file_name") or raw_file.name)
        name = send(run.flow, name, raw_file) if run.flow.connection_id else deliver(run.flow, name, raw_file).name
        heartbeat.stop()
        run.rows_read = run.definition.get("rows", 0)
        with transaction.atomic():
            _close(
                run,
                RunState.DONE,
                _("%(rows)d rows written to %(name)s.") % {"rows": run.rows_read, "name": name},
                watch.now(),
            )
        return
    try:
        definition = Definition.read(run.definition["mapping"])
    except (DefinitionError, KeyError, TypeError) as error:
        raise FileProblem("mapping_invalid", _("The mapping cannot work: %s") % error) from error
    task = engine.Task(
        open=lambda: open_raw(raw_file),
        definition=definition,
        run_id=run.pk,
        attempt=run.attempts,
        source=run.flow.code,
        at=watch.now(),
        full=run.definition.get("coverage") == Coverage.FULL,
        actor=run.actor or f"flow:{run.flow.code}",
        only_rows_of=run.definition.get("only_rows_of"),
    )
    staged = engine.stage(task, heartbeat.tell)
    with transaction.atomic():
        outcome = engine.merge(staged, heartbeat.tell)
        heartbeat.stop()
        _finish(run, outcome, staged, watch.now())


def _finish(run: Run, outcome: engine.Outcome, staged: engine.Staged, at: dt.datetime) -> None:
    """Counts, message and event, in the transaction of the merge; only while the run is still ours."""
    result = outcome.result
    run.rows_read, run.rows_rejected = outcome.read, outcome.rejected
    run.rows_new, run.rows_changed, run.rows_unchanged = result.new, result.changed, result.unchanged
    run.rows_archived = result.archived
    notes = list(result.notes)
    if staged.is_correction:
        notes.append(_("A corrected rejects file: rows that it does not hold were left alone."))
    if outcome.rejected > outcome.kept_rejections > 0:
        notes.append(_("Only the first %d rejections are kept.") % outcome.kept_rejections)
    run.definition["header"] = [name for name in staged.header if name != REASON_COLUMN]
    state = RunState.DONE_WITH_REJECTIONS if outcome.rejected else RunState.DONE
    _close(run, state, " ".join([_summary(run), *notes]), at)


def _finish_unchanged(run: Run, same: Run, at: dt.datetime) -> None:
    run.rows_read = run.rows_unchanged = same.rows_read
    text = _("Unchanged file: the same bytes as in run %d were already taken. Nothing to do.") % same.pk
    with transaction.atomic():
        _close(run, RunState.DONE, text, at)


def _fail(run: Run, at: dt.datetime, code: str, message: str) -> None:
    run.rows_read = run.rows_new = run.rows_changed = run.rows_unchanged = run.rows_rejected = run.rows_archived = 0
    try:
        with transaction.atomic():
            _close(run, RunState.FAILED, message, at, code=code)
    except LeaseLost:
        log.warning("run %s was taken over by another worker", run.pk)


def _close(run: Run, state: RunState, message: str, at: dt.datetime, *, code: str = "") -> None:
    counts = {
        name: getattr(run, f"rows_{name}") for name in ("read", "new", "changed", "unchanged", "archived", "rejected")
    }
    ours = Run.objects.filter(pk=run.pk, state=RunState.RUNNING, attempts=run.attempts)
    closed = ours.update(
        state=state,
        message=message,
        stage="",
        definition=run.definition,
        finished_at=at,
        lease_until=None,
        **{f"rows_{name}": count for name, count in counts.items()},
    )
    if not closed:
        raise LeaseLost
    run.state, run.message = state, message
    if state in _FINISHED:
        _supersede(run)
    record(
        "integrations.run_finished" if state in _FINISHED else "integrations.run_failed",
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
        **({"code": code} if code else {}),
    )


def _supersede(run: Run) -> None:
    """Earlier failures of the flow are repaired when a whole file went through, or their own rerun did."""
    failed = Run.objects.filter(flow_id=run.flow_id, pk__lt=run.pk, state=RunState.FAILED)
    if run.definition.get("coverage") != Coverage.FULL:
        failed = failed.filter(pk=run.rerun_of_id or 0)
    failed.update(state=RunState.SUPERSEDED)


def _same_as(run: Run) -> Run | None:
    """The last successful run of the flow, if it took the very same bytes described the very same way."""
    if run.rerun_of_id or run.flow.direction == Direction.OUT:
        return None
    last = Run.objects.filter(flow_id=run.flow_id, pk__lt=run.pk, state__in=_FINISHED).order_by("-pk").first()
    if last is None or last.raw_file_id != run.raw_file_id or last.state != RunState.DONE:
        return None
    same = all(last.definition.get(key) == run.definition.get(key) for key in ("mapping_version", "coverage"))
    return last if same and not last.definition.get("only_rows_of") else None


def _clean_up(run: Run) -> None:
    try:
        engine.clean_up(run.pk)
    except Exception:
        log.warning("staging tables of run %s are left behind", run.pk, exc_info=True)


def _summary(run: Run) -> str:
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
    return ", ".join(parts) + "."


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:500]
