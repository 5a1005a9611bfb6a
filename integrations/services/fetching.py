"""Files at a connection: each complete one is taken once, whole or not at all, then moved, left or deleted."""

import datetime as dt
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction

from altazion.lib.problems import Refused
from integrations.enums import AfterTaking, Trigger
from integrations.models import Connection, Flow, FlowWatch, RawFile, Run, TakenFile
from integrations.services.connections import signed_in
from integrations.services.failing import room_or_refused
from integrations.services.folders import poll_folder
from integrations.services.receiving import keep_file, open_raw, receive_kept
from integrations.transports import RemoteFile, Transport
from logbook.services import record

log = logging.getLogger(__name__)


def look(
    flow: Flow, *, at: dt.datetime, queue: bool = False, trigger: str = Trigger.SCHEDULE, actor: str = ""
) -> list[Run]:
    """Take what lies ready for a flow, at its connection or in its folder. Raises Refused with a sentence.

    How it went is remembered (`FlowWatch`), so that a machine that does not answer is seen before a file is missed.
    """
    with noting(flow, at):
        if flow.connection_id:
            return _take_all(flow, at=at, queue=queue, trigger=trigger, actor=actor)
        return poll_folder(flow, at, queue=queue)


@contextmanager
def noting(flow: Flow, at: dt.datetime) -> Iterator[None]:
    """Remember with the flow how looking for its files went."""
    try:
        with room_or_refused():
            yield
    except Refused as problem:
        _note(flow, problem.message, at)
        raise
    _note(flow, "", at)


def send(flow: Flow, name: str, raw_file: RawFile) -> str:
    """Put a kept file at the flow's connection; returns where. Raises Refused with a sentence."""
    with open_raw(raw_file) as stream, signed_in(_connection(flow)) as transport:
        return transport.put(flow.folder, name, stream)


def _connection(flow: Flow) -> Connection:
    if flow.connection is None:
        raise ValueError("the flow has no connection")
    return flow.connection


def _take_all(flow: Flow, *, at: dt.datetime, queue: bool, trigger: str, actor: str) -> list[Run]:
    runs = []
    with signed_in(_connection(flow)) as transport:
        for remote in _complete(transport, flow):
            with tempfile.TemporaryFile() as copy:
                transport.fetch(remote, copy)
                size = copy.tell()
                copy.seek(0)
                run = _take(flow, remote, copy, size, at=at, queue=queue, trigger=trigger, actor=actor)
            if run is not None:
                runs.append(run)
        _settle(transport, flow)
    return runs


def _complete(transport: Transport, flow: Flow) -> list[RemoteFile]:
    """What was not taken yet and does not grow any more."""
    found = [file for file in transport.files(flow.folder, flow.pattern) if not is_known(flow, file)]
    return steady(transport, flow.folder, found)


def steady(transport: Transport, folder: str, files: list[RemoteFile]) -> list[RemoteFile]:
    """Those of the files that look the same a little later: the others are still being written."""
    if not files or transport.lists_at_once:
        return files
    time.sleep(settings.FLOWS_STILL_SECONDS)
    again = set(transport.files(folder, "*"))
    return [file for file in files if file in again]


def is_known(flow: Flow, file: RemoteFile) -> bool:
    """Whether the flow has this file already, as far as name, size and stamp can tell."""
    if not file.stamp:
        return False  # the machine says too little: only the bytes can tell
    known = TakenFile.objects.filter(flow=flow, name=file.name, stamp=file.stamp)
    return known.filter(size=file.size).exists() if file.size is not None else known.exists()


def _take(
    flow: Flow,
    remote: RemoteFile,
    copy: IO[bytes],
    size: int,
    *,
    at: dt.datetime,
    queue: bool,
    trigger: str,
    actor: str,
) -> Run | None:
    """Keep it, remember it and make its run, all or nothing; None when another worker was quicker or it is the same."""
    raw_file = keep_file(remote.name, copy, at=at)
    if not remote.stamp:
        last = TakenFile.objects.filter(flow=flow, name=remote.name).order_by("-pk").first()
        if last is not None and last.sha256 == raw_file.sha256:
            return None
    try:
        with transaction.atomic():
            taken = TakenFile.objects.create(
                flow=flow,
                name=remote.name,
                size=size,
                # without a stamp of the machine's own the instant stands in: the same bytes may come back another day
                stamp=remote.stamp or at.isoformat(),
                sha256=raw_file.sha256,
                taken_at=at,
                settled=flow.after_taking == AfterTaking.KEEP,
            )
            taken.run = receive_kept(flow, raw_file, trigger=trigger, actor=actor, at=at, queue=queue)
            taken.save(update_fields=["run"])
    except IntegrityError:
        return None
    return taken.run


def _settle(transport: Transport, flow: Flow) -> None:
    """Move or delete what was taken: now, or what a crash left the last time. Only what fits name and stamp."""
    waiting = list(TakenFile.objects.filter(flow=flow, settled=False).order_by("pk")[:500])
    if not waiting:
        return
    there = {(file.name, file.stamp): file for file in transport.files(flow.folder, flow.pattern)}
    for taken in waiting:
        remote = there.get((taken.name, taken.stamp))
        if remote is not None:
            dispose(transport, flow, remote)
        TakenFile.objects.filter(pk=taken.pk).update(settled=True)


def dispose(transport: Transport, flow: Flow, remote: RemoteFile) -> None:
    """Move, leave or delete a file that was taken, as the flow says."""
    if flow.after_taking == AfterTaking.DELETE:
        transport.delete(remote)
    elif flow.after_taking == AfterTaking.MOVE:
        transport.move_aside(remote)


@transaction.atomic
def _note(flow: Flow, problem: str, at: dt.datetime) -> None:
    watch, _made = FlowWatch.objects.select_for_update().get_or_create(flow=flow)
    had = watch.problem
    watch.looked_at, watch.problem = at, problem
    watch.failures = watch.failures + 1 if problem else 0
    watch.problem_since = (watch.problem_since or at) if problem else None
    watch.save()
    if bool(had) != bool(problem):
        record(
            "integrations.look_failed" if problem else "integrations.look_recovered",
            at=at,
            subject_kind="flow",
            subject_id=flow.pk,
            flow=flow.code,
            flow_name=flow.name,
            message=problem,
        )
