"""A file comes in: its bytes are kept under their hash, and a run waits for its turn."""

import datetime as dt
import hashlib
import tempfile
from pathlib import PurePath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.module_loading import import_string

from altazion.lib.problems import Refused
from altazion.lib.told import told as _
from integrations.enums import Coverage, Direction, RunState
from integrations.models import Flow, RawFile, Run
from integrations.services.failing import room_or_refused
from integrations.services.flow_versions import keep_version
from integrations.services.reading_mappings import definition_of
from integrations.services.versions import version_of
from logbook.services import record

_BLOCK = 1024 * 1024
LARGEST = 4 * 1024**3


def receive_file(
    flow: Flow,
    name: str,
    stream: IO[bytes],
    *,
    trigger: str,
    actor: str = "",
    at: dt.datetime,
    queue: bool = False,
    partial: bool = False,
) -> Run:
    """Keep a file and make the run that will read it; with `queue` a worker is asked to run it after commit.

    partial: the file holds some rows only, whatever the flow says. Raises Refused when the flow is switched off,
    does not import, or its mapping cannot work.
    """
    _definition(flow, partial)  # before the bytes are kept
    raw_file = keep_file(name, stream, at=at)
    return receive_kept(flow, raw_file, trigger=trigger, actor=actor, at=at, queue=queue, partial=partial)


def receive_kept(
    flow: Flow,
    raw_file: RawFile,
    *,
    trigger: str,
    actor: str = "",
    at: dt.datetime,
    queue: bool = False,
    partial: bool = False,
) -> Run:
    """As `receive_file`, for bytes that are kept already.

    The flow is read anew: whoever looked for the file may have read it before it was changed and the file dropped.
    """
    with transaction.atomic():
        flow = Flow.objects.select_related("mapping").get(pk=flow.pk)
        definition = _definition(flow, partial)
        run = Run.objects.create(
            flow=flow,
            flow_version=keep_version(flow, at=at),
            trigger=trigger,
            actor=actor,
            raw_file=raw_file,
            definition=definition,
            mapping_version=version_of(flow.mapping, at=at, actor=actor) if flow.mapping else None,
            queued_at=at,
        )
        record(
            "integrations.file_received",
            at=at,
            subject_kind="run",
            subject_id=run.pk,
            actor=actor,
            flow=flow.code,
            name=raw_file.name,
            size=raw_file.size,
        )
        if queue:
            ask_worker(run)
    return run


def _definition(flow: Flow, partial: bool) -> dict[str, Any]:
    if flow.direction != Direction.IN:
        raise Refused(_("This flow sends files, it takes none."), code="not_an_import")
    if not flow.active:
        raise Refused(_("This flow is switched off."), code="flow_inactive")
    definition = snapshot(flow)
    if partial:
        definition["coverage"] = Coverage.DELTA.value
    return definition


@transaction.atomic
def ignore_run(run: Run, *, at: dt.datetime, actor: str = "") -> None:
    """Take a failed or waiting run, or one with rejections, off everybody's mind. Raises Refused for others."""
    may = (RunState.FAILED, RunState.DONE_WITH_REJECTIONS, RunState.WAITING)
    if not Run.objects.filter(pk=run.pk, state__in=may).update(state=RunState.IGNORED):
        raise Refused(_("Only a failed or waiting run, or one with rejections, can be ignored."), code="not_ignorable")
    run.refresh_from_db()
    record("integrations.run_ignored", at=at, subject_kind="run", subject_id=run.pk, actor=actor, flow=run.flow.code)


@transaction.atomic
def cancel_run(run: Run, *, at: dt.datetime, actor: str = "") -> None:
    """Cancel a waiting run at once; ask a running one to stop, which rolls back what it did. Raises Refused else."""
    waiting = Run.objects.filter(pk=run.pk, state=RunState.WAITING)
    words = _("Cancelled before it began.")
    over = {"state": RunState.CANCELLED, "finished_at": at, "message": words, "told": words.kept}
    if not waiting.update(**over) and not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        cancel_asked_at=at
    ):
        raise Refused(_("Only a run that waits or is under way can be cancelled."), code="not_cancellable")
    run.refresh_from_db()
    record("integrations.cancel_asked", at=at, subject_kind="run", subject_id=run.pk, actor=actor, flow=run.flow.code)


def snapshot(flow: Flow) -> dict[str, Any]:
    """The flow's definition as it stands now, for a run to keep. Raises Refused when it cannot work."""
    definition = definition_of(flow.mapping, flow.entity)
    if definition.entity != flow.entity:
        raise Refused(_("The mapping of this flow is about something else than the flow."), code="mapping_mismatch")
    return {
        "mapping": definition.as_json(),
        "mapping_version": definition.version,
        "coverage": flow.coverage,
        "only_rows_of": None,
    }


def keep_file(name: str, stream: IO[bytes], *, at: dt.datetime) -> RawFile:
    """Store bytes once under their SHA-256; constant memory. Raises Refused for too many, or when there is no room."""
    with room_or_refused(), tempfile.TemporaryFile() as copy:
        digest, size = hashlib.sha256(), 0
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if size > LARGEST:
                raise Refused(_("The file is larger than 4 GB; split it."), code="too_large", status=413)
            copy.write(block)
        sha256 = digest.hexdigest()
        storage = storages["raw_files"]
        path = f"{sha256[:2]}/{sha256}"
        known = RawFile.objects.filter(sha256=sha256).first()
        if known and storage.exists(known.stored_as):
            return known
        copy.seek(0)
        stored = path if storage.exists(path) and storage.size(path) == size else _store(storage, path, copy)
    bare = PurePath(name.replace("\\", "/")).name[:200] or "file"
    raw_file, _made = RawFile.objects.update_or_create(
        sha256=sha256,
        defaults={"stored_as": stored},
        create_defaults={"stored_as": stored, "name": bare, "size": size, "kept_at": at},
    )
    return raw_file


def _store(storage: Storage, path: str, copy: IO[bytes]) -> str:
    """Save it; a half file of a full disk does not stay."""
    there = storage.exists(path)
    try:
        return storage.save(path, File(copy))
    except OSError:
        if not there:
            storage.delete(path)
        raise


def open_raw(raw_file: RawFile) -> IO[bytes]:
    """The bytes of a kept file."""
    return storages["raw_files"].open(raw_file.stored_as, "rb")


def ask_worker(run: Run) -> None:
    """After commit, ask a worker (by name, `FLOWS_NUDGE`) to run it. If that fails, recovery finds the waiting run."""
    nudge = getattr(settings, "FLOWS_NUDGE", "integrations.tasks.nudge")
    transaction.on_commit(lambda: import_string(nudge)(run.pk), robust=True)
