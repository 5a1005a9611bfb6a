"""Drop folders: files that are complete are kept, made into runs, and moved aside."""

import datetime as dt
import fnmatch
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.enums import Trigger
from integrations.models import Flow, RawFile, Run
from integrations.services.receiving import open_raw, receive_file

STILL = dt.timedelta(seconds=2)
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".done")


def folder_of(flow: Flow) -> Path:
    """The flow's folder below FLOWS_ROOT, made when absent. Raises Refused for a folder outside of it."""
    root = Path(settings.FLOWS_ROOT).resolve()
    folder = (root / (flow.folder or flow.code)).resolve()
    if not folder.is_relative_to(root) or folder == root:
        raise Refused(_("The folder of a flow lies below the flows folder."), code="bad_folder", field="folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def poll_folder(flow: Flow, at: dt.datetime, *, queue: bool = False) -> list[Run]:
    """Take every complete file, oldest first; a file is complete when it lies still for 2 s or has a `.done` marker.

    Taken twice (a crash between keeping and moving) does no harm: the second run finds the file unchanged.
    """
    folder = folder_of(flow)
    runs = []
    for path in _complete(folder, flow.pattern, at):
        try:
            with path.open("rb") as stream:
                runs.append(receive_file(flow, path.name, stream, trigger=Trigger.SCHEDULE, at=at, queue=queue))
            _move_aside(path, at)
        except FileNotFoundError:  # another worker looked at the same time and took it
            continue
    return runs


def deliver(flow: Flow, name: str, raw_file: RawFile) -> Path:
    """Put a kept file into the flow's folder in one step: whoever looks sees all of it or nothing."""
    target = folder_of(flow) / name
    unfinished = target.with_name(f".{name}.tmp")
    with open_raw(raw_file) as stream, unfinished.open("wb") as copy:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        os.fsync(copy.fileno())
    unfinished.replace(target)
    return target


def _complete(folder: Path, pattern: str, at: dt.datetime) -> list[Path]:
    found = []
    for path in folder.iterdir():
        if path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        if path.name.lower().endswith(_UNFINISHED) or not fnmatch.fnmatch(path.name, pattern or "*"):
            continue
        changed = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        if _marker(path).exists() or at - changed >= STILL:
            found.append((changed, path.name, path))
    return [path for _, _, path in sorted(found)]


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}.done")


def _move_aside(path: Path, at: dt.datetime) -> None:
    done = path.parent / "done"
    done.mkdir(exist_ok=True)
    target, number = done / f"{at:%Y%m%dT%H%M%S}_{path.name}", 1
    while target.exists():
        target, number = done / f"{at:%Y%m%dT%H%M%S}_{number}_{path.name}", number + 1
    path.rename(target)
    _marker(path).unlink(missing_ok=True)
