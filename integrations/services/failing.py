"""How a run ends that could not go on: what only met bad luck is tried again."""

import datetime as dt
import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError, connection, transaction

from altazion.lib.problems import Refused
from altazion.lib.told import told as _
from integrations.enums import RunState, Trigger
from integrations.models import Run
from integrations.services.closing import end_cancelled, fail
from integrations.services.lease import Heartbeat, Stopwatch
from logbook.services import record

log = logging.getLogger(__name__)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_GOING_DOWN = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.errors.CannotConnectNow)
_BAD_LUCK = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


def end_badly(run: Run, error: Exception, watch: Stopwatch, heartbeat: Heartbeat) -> None:
    """Cancelled, put back to wait, or failed with a sentence; what it had written is rolled back in any case."""
    cause = _cause(error)
    lost = _is_lost(cause)  # asked before the connection is made anew
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    if heartbeat.cancelled:
        end_cancelled(run, watch.now())
    elif lost or isinstance(cause, _BAD_LUCK):
        log.warning("run %s lost the database and waits: %s", run.pk, error)
        _put_back(run, watch.now())
    elif _is_full(error):
        log.error("run %s found no room", run.pk, exc_info=error)
        fail(
            run,
            watch.now(),
            "no_space",
            _("There is no room left on a disk of the platform. Nothing was written; make room and run it again."),
        )
    else:
        log.error("run %s failed", run.pk, exc_info=error)
        fail(run, watch.now(), "internal", _("The platform could not finish this file: %s") % _words(error))


@contextmanager
def room_or_refused() -> Iterator[None]:
    """A full disk as a refusal: the file stays where it is, the next look takes it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise Refused(
            _("There is no room left on a disk of the platform: the file was not taken. Make room; it is not lost."),
            code="no_space",
            status=507,
        ) from error


def _cause(error: BaseException | None) -> psycopg.Error | None:
    """What the database said: Django hands it on as a cause, COPY raises it bare."""
    if error is None or isinstance(error, psycopg.Error):
        return error
    return _cause(error.__cause__)


def _is_lost(cause: psycopg.Error | None) -> bool:
    """The database went away, as against an error in what it was asked."""
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    raw = connection.connection
    return raw is None or raw.closed or isinstance(cause, _GOING_DOWN)


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return isinstance(_cause(error), psycopg.errors.DiskFull)


def _put_back(run: Run, at: dt.datetime) -> None:
    """Let it wait again; recovery names it to a worker. A database that is still away leaves it to the lease."""
    try:
        with transaction.atomic():
            ours = Run.objects.filter(pk=run.pk, state=RunState.RUNNING, attempts=run.attempts)
            if ours.update(state=RunState.WAITING, trigger=Trigger.RECOVERY, lease_until=None, steps=run.steps):
                record("integrations.run_recovered", at=at, subject_kind="run", subject_id=run.pk, flow=run.flow.code)
    except DatabaseError:
        log.warning("run %s keeps its lease: the database is away", run.pk)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:500]
