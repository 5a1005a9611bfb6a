"""A folder of this machine below FLOWS_ROOT: a mounted share, say."""

import os
import shutil
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.transports.base import MOST_FILES, RemoteFile, Target, copy, iso, joined, told, wanted


class FolderTransport:
    """Plain files; moves and writes are one step."""

    lists_at_once = False

    def __init__(self, target: Target) -> None:
        self._root = Path(settings.FLOWS_ROOT).resolve()
        self._base = self._below(joined(target.base))
        with told(str(self._base)):
            self._base.mkdir(parents=True, exist_ok=True)

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        place = self._below(joined(str(self._base), folder))
        with told(str(place)):
            found = [path for path in place.iterdir() if wanted(path.name, pattern) and not path.is_symlink()]
            stats = [(path, path.stat()) for path in found[:MOST_FILES] if path.is_file()]
        stats.sort(key=lambda entry: (entry[1].st_mtime_ns, entry[0].name))
        return [RemoteFile(path.name, str(path), stat.st_size, iso(stat.st_mtime)) for path, stat in stats]

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        with told(file.path), Path(file.path).open("rb") as stream:
            copy(stream.read, into, size=file.size, name=file.name)

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        place = self._below(joined(str(self._base), folder))
        with told(str(place)):
            place.mkdir(parents=True, exist_ok=True)
            unfinished = place / f".{name}.tmp"
            with unfinished.open("wb") as into:
                shutil.copyfileobj(stream, into)
                into.flush()
                os.fsync(into.fileno())
            unfinished.replace(place / name)
        return str(place / name)

    def move_aside(self, file: RemoteFile) -> None:
        path = Path(file.path)
        with told(file.path):
            done = path.parent / "done"
            done.mkdir(exist_ok=True)
            path.replace(done / path.name)

    def delete(self, file: RemoteFile) -> None:
        with told(file.path):
            Path(file.path).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _below(self, path: str) -> Path:
        place = (self._root / path).resolve()
        if not place.is_relative_to(self._root):
            raise Refused(_("The folder of a flow lies below the flows folder."), code="bad_folder", field="folder")
        return place
