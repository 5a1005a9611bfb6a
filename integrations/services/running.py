"""Runs a flow's waiting files in the order they came, and takes up again what a dead worker left."""

import datetime as dt
import logging

from django.db import transaction

from altazion.lib.problems import Refused
from altazion.lib.told import told as _
from integrations import engine
from integrations.engine import FileProblem
from integrations.enums import Coverage, Direction, RunState, Trigger
from integrations.formats import Definition, DefinitionError
from integrations.models import Export, Run
from integrations.services.closing import (
    FINISHED,
    LeaseLost,
    close,
    fail,
    finish,
    finish_unchanged,
    finish_without_news,
)
from integrations.services.failing import end_badly
from integrations.services.fetching import send
from integrations.services.folders import deliver
from integrations.services.holding import HeldBack, forget_proposal, hold, trips_of
from integrations.services.lease import Heartbeat, Stopwatch, claim
from integrations.services.receiving import open_raw
from integrations.services.undoing import execute_undo
from integrations.services.writing import NothingNew, write_file
from logbook.services import record

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
SWEPT_BY_ITS_WORKER = dt.timedelta(seconds=5)
WAITED_TOO_LONG = dt.timedelta(seconds=30)


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
                fail(run, at, "gave_up", _("The worker died %d times over this file.") % run.attempts)
                engine.clean_up(run.pk)
                continue
            run.state, run.trigger, run.lease_until = RunState.WAITING, Trigger.RECOVERY, None
            run.save(update_fields=["state", "trigger", "lease_until"])
            record("integrations.run_recovered", at=at, subject_kind="run", subject_id=run.pk, flow=run.flow.code)
    engine.clean_up_after_the_dead(at - SWEPT_BY_ITS_WORKER)
    busy = Run.objects.filter(state=RunState.RUNNING).values("flow_id")
    forgotten = Run.objects.filter(state=RunState.WAITING).exclude(flow_id__in=busy)
    return list(
        forgotten.filter(queued_at__lt=at - WAITED_TOO_LONG).order_by("flow_id", "pk").values_list("pk", flat=True)
    )


def _execute(run: Run, watch: Stopwatch) -> None:
    with Heartbeat(run, watch) as heartbeat:
        try:
            if run.undo_of_id:
                execute_undo(run, watch, heartbeat)
                return
            if same := _same_as(run):
                heartbeat.stop()
                finish_unchanged(run, same, watch.now())
                return
            _load(run, watch, heartbeat)
        except (FileProblem, Refused) as problem:
            heartbeat.stop()
            fail(run, watch.now(), problem.code, problem.message)
        except LeaseLost:
            log.warning("run %s was taken over by another worker", run.pk)
        except Exception as error:
            heartbeat.stop()
            end_badly(run, error, watch, heartbeat)
        finally:
            _clean_up(run)


def _load(run: Run, watch: Stopwatch, heartbeat: Heartbeat) -> None:
    if run.raw_file is None and run.flow.direction == Direction.OUT and Export.objects.filter(flow=run.flow).exists():
        try:
            write_file(run, heartbeat.tell, at=watch.now())
        except NothingNew:
            heartbeat.stop()
            finish_without_news(run, watch.now())
            return
    raw_file = run.raw_file
    if raw_file is None:
        raise FileProblem("no_file", _("This run has no file."))
    if run.flow.direction == Direction.OUT:
        name = str(run.definition.get("file_name") or raw_file.name)
        name = send(run.flow, name, raw_file) if run.flow.connection_id else deliver(run.flow, name, raw_file).name
        heartbeat.stop()
        run.rows_read = run.definition.get("rows", 0)
        with transaction.atomic():
            close(
                run,
                RunState.DONE_WITH_REJECTIONS if run.rows_rejected else RunState.DONE,
                _("%(rows)d rows written to %(name)s.") % {"rows": run.rows_read, "name": name},
                watch.now(),
            )
        return
    try:
        definition = Definition.read(run.definition["mapping"])
    except (DefinitionError, KeyError, TypeError) as error:
        raise FileProblem("mapping_invalid", _("The mapping cannot work: %s") % error) from error
    approved = run.definition.get("approved")
    task = engine.Task(
        open=lambda: heartbeat.reads(open_raw(raw_file), raw_file.size),
        definition=definition,
        run_id=run.pk,
        attempt=run.attempts,
        source=run.flow.code,
        at=watch.now(),
        full=run.definition.get("coverage") == Coverage.FULL,
        actor=run.actor or f"flow:{run.flow.code}",
        only_rows_of=run.definition.get("only_rows_of"),
        choice=engine.Choice.read(approved) if approved and not approved.get("all") else None,
        price_fall=run.flow.brake_price_fall,
    )
    staged = engine.stage(task, heartbeat.tell)
    with transaction.atomic():
        forget_proposal(run)
        try:
            with transaction.atomic():
                outcome = engine.merge(staged, heartbeat.tell)
                trips = [] if approved else trips_of(run, outcome)
                if trips:
                    raise HeldBack(engine.spool(run.pk, outcome.changes))
        except HeldBack as held:  # nothing of it was written but what it would have done
            engine.unspool(held.kept)
            heartbeat.stop()
            hold(run, outcome, staged, trips, watch.now())
            return
        heartbeat.stop()
        finish(run, outcome, staged, watch.now())


def _same_as(run: Run) -> Run | None:
    """The last successful run of the flow, if it took the very same bytes described the very same way."""
    if run.rerun_of_id or run.flow.direction == Direction.OUT:
        return None
    last = Run.objects.filter(flow_id=run.flow_id, pk__lt=run.pk, state__in=FINISHED).order_by("-pk").first()
    if last is None or last.raw_file_id != run.raw_file_id or last.state != RunState.DONE:
        return None
    same = all(last.definition.get(key) == run.definition.get(key) for key in ("mapping_version", "coverage"))
    return last if same and not last.definition.get("only_rows_of") else None


def _clean_up(run: Run) -> None:
    try:
        engine.clean_up(run.pk)
    except Exception:
        log.warning("staging tables of run %s are left behind", run.pk, exc_info=True)
