"""A running run is leased to its worker: while the worker lives the lease is renewed, when it dies it runs out.

Time is counted from the instant the edge gave, by the monotonic clock.
"""

import datetime as dt
import logging
import threading
import time
from types import TracebackType
from typing import IO

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from integrations.enums import RunState
from integrations.models import Run

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=60)
BEAT_SECONDS = 2.0
MOST_STEPS = 60


class Cancelled(Exception):
    """Somebody asked for the run to be cancelled; what it did is rolled back."""


class Stopwatch:
    """The instant now, as counted from `at`."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = at
        self._from = time.monotonic()

    def now(self) -> dt.datetime:
        return self._at + dt.timedelta(seconds=time.monotonic() - self._from)


def claim(run_pk: int, watch: Stopwatch) -> Run | None:
    """Make a waiting run ours. None when it does not wait any more or another run of its flow is running."""
    at = watch.now()
    try:
        with transaction.atomic():
            taken = Run.objects.filter(pk=run_pk, state=RunState.WAITING).update(
                state=RunState.RUNNING,
                started_at=at,
                finished_at=None,
                lease_until=at + LEASE,
                attempts=F("attempts") + 1,
                stage="reading",
                share=None,
                message="",
                told=None,
                cancel_asked_at=None,
            )
    except IntegrityError:
        return None
    return Run.objects.select_related("flow", "raw_file", "undo_of").get(pk=run_pk) if taken else None


class Heartbeat:
    """Renews the lease and shows progress from a thread with a connection of its own."""

    def __init__(self, run: Run, watch: Stopwatch) -> None:
        self._run, self._watch = run, watch
        self._stop = threading.Event()
        self._stage, self._rows = "", 0
        self._share: int | None = None
        self._bytes: tuple[IO[bytes], int] | None = None
        self.steps = list(run.steps)
        self._work = connection.connection
        self.cancelled = False
        self._thread = threading.Thread(target=self._beat, name=f"lease of run {run.pk}", daemon=True)

    def tell(self, stage: str, rows: int) -> None:
        """How far the work is; written with the next beat. Raises Cancelled when somebody asked for that."""
        if stage != self._stage:
            step = {"what": stage, "at": self._watch.now().isoformat(), "attempt": self._run.attempts}
            self.steps = [*self.steps, step][-MOST_STEPS:]
            self._share = None
        self._stage, self._rows = stage, rows
        if self.cancelled:
            raise Cancelled

    def reads(self, stream: IO[bytes], size: int) -> IO[bytes]:
        """The file that is read, so that its share can be told; returns it."""
        self._bytes = (stream, size)
        return stream

    def part(self, done: int, of: int) -> None:
        """How much of the present stage is done."""
        self._share = min(100, done * 100 // of) if of else None

    def _done(self) -> int | None:
        if self._stage != "reading" or self._bytes is None:
            return self._share
        stream, size = self._bytes
        try:
            self.part(max(stream.tell(), size * (self._share or 0) // 100), size)
        except (ValueError, OSError):  # closed meanwhile
            pass
        return self._share

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End before the run's last words are written, so that they are not overwritten."""
        self._stop.set()
        self._thread.join()
        self._run.steps = self.steps

    def _cancel(self) -> None:
        """Tell the work to stop: at its next word, or in the middle of the statement it waits for."""
        self.cancelled = True
        if self._work is not None:
            self._work.cancel()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                try:
                    ours = Run.objects.filter(pk=self._run.pk, state=RunState.RUNNING, attempts=self._run.attempts)
                    ours.update(
                        lease_until=self._watch.now() + LEASE,
                        stage=self._stage,
                        rows_read=self._rows,
                        share=self._done(),
                        steps=self.steps,
                    )
                    if ours.filter(cancel_asked_at__isnull=False).exists():
                        self._cancel()
                except Exception:  # a beat that is missed is caught up by the next
                    log.warning("lease of run %s not renewed", self._run.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()
