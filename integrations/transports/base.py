"""What every protocol offers, and what is promised of each: bounded time, nothing half-taken, a clear sentence."""

import datetime as dt
import fnmatch
import posixpath
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused

BLOCK = 256 * 1024
MOST_FILES = 2000  # looked at in one folder
UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".done")
CONNECT_SECONDS = 10.0


class TransportProblem(Refused):
    """The machine outside did not do its part; the sentence says what. The schedule tries again."""

    code = "transport"
    status = 502


@dataclass(frozen=True)
class Target:
    """A machine outside as its connection describes it; the secret is in the clear, keep it no longer than needed."""

    kind: str
    host: str = ""
    port: int | None = None
    account: str = ""
    secret: str = ""
    host_key: str = ""  # "ssh-ed25519 AAAA…": the only key of the machine that is believed
    base: str = ""  # folder, bucket/prefix, or address
    region: str = ""


@dataclass(frozen=True)
class RemoteFile:
    """A file as the machine lists it. size: bytes, None if it does not say. stamp: changes when the file does."""

    name: str
    path: str
    size: int | None = None
    stamp: str = ""


class Transport(Protocol):
    """Files of one machine. Folders are relative to the connection's own."""

    lists_at_once: bool  # True: a listed file is complete (an object, a web address)

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        """Complete-looking files of a folder whose names fit, oldest first where the machine says so."""

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        """All of the file's bytes, or TransportProblem."""

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        """Lay a file down in one step: whoever looks sees all of it or nothing. Returns where."""

    def move_aside(self, file: RemoteFile) -> None:
        """Into the folder `done` beside it."""

    def delete(self, file: RemoteFile) -> None:
        """Take it away."""

    def close(self) -> None:
        """Sign off; never raises."""


def wanted(name: str, pattern: str) -> bool:
    """Whether a file of this name is meant: no hidden one, none that is still being written."""
    if name.startswith(".") or name.lower().endswith(UNFINISHED) or "/" in name or "\\" in name:
        return False
    return fnmatch.fnmatch(name, pattern or "*")


def joined(*parts: str) -> str:
    """A path below the first part. Raises Refused for one that climbs out."""
    base, *rest = [part.strip() for part in parts]
    path = base
    for part in rest:
        if ".." in part.replace("\\", "/").split("/") or "\0" in part:
            raise Refused(_("A folder may not climb out with “..”."), code="bad_folder", field="folder")
        path = posixpath.join(path, part.strip("/")) if part.strip("/") else path
    return path or "."


def copy(read: Callable[[int], bytes], into: IO[bytes], *, size: int | None, name: str) -> int:
    """Copy a file that comes from outside, in bounded time; it must have the length that was announced."""
    clock, taken = Clock(), 0
    limit = settings.FLOWS_LARGEST
    while block := read(BLOCK):
        taken += len(block)
        if taken > limit or (size is not None and taken > size):
            break
        into.write(block)
        clock.check(name)
    if taken > limit:
        raise TransportProblem(_("%(name)s is larger than %(gb)d GB; split it.") % {"name": name, "gb": limit >> 30})
    if size is not None and taken != size:
        raise TransportProblem(
            _("%(name)s should have %(size)d bytes, but %(taken)d came: it was cut off or is still being written.")
            % {"name": name, "size": size, "taken": taken},
            code="wrong_length",
        )
    return taken


class Clock:
    """One transfer may take FLOWS_TRANSFER_SECONDS, however slowly the bytes drip."""

    def __init__(self) -> None:
        self._end = time.monotonic() + settings.FLOWS_TRANSFER_SECONDS

    def check(self, name: str) -> None:
        if time.monotonic() > self._end:
            raise too_slow(name)


def too_slow(name: str) -> TransportProblem:
    """What is said of a transfer that was given up."""
    return TransportProblem(
        _("%(name)s was not there after %(seconds)d seconds; the transfer was given up.")
        % {"name": name, "seconds": settings.FLOWS_TRANSFER_SECONDS},
        code="too_slow",
    )


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """A file on its way out, in blocks and in bounded time."""
    clock = Clock()
    while block := stream.read(BLOCK):
        yield block
        clock.check("…")


@contextmanager
def told(host: str, *more: type[Exception]) -> Iterator[None]:
    """What the network and the protocol raise, as sentences about this host. more: the protocol's own exceptions."""
    try:
        yield
    except Refused:
        raise
    except ssl.SSLCertVerificationError as error:
        raise TransportProblem(
            _("The certificate of %(host)s cannot be trusted: %(why)s.")
            % {"host": host, "why": error.verify_message or error.reason},
            code="untrusted",
        ) from error
    except ssl.SSLError as error:
        raise TransportProblem(
            _("%(host)s does not speak TLS as it should: %(why)s.") % {"host": host, "why": error.reason or error},
            code="tls",
        ) from error
    except TimeoutError as error:
        raise TransportProblem(_("%s does not answer: the connection was given up.") % host, code="silent") from error
    except socket.gaierror as error:
        raise TransportProblem(_("There is no machine called %s.") % host, code="unknown_host") from error
    except ConnectionRefusedError as error:
        raise TransportProblem(
            _("%s refuses the connection: is the port right and the server running?") % host, code="refused_connection"
        ) from error
    except FileNotFoundError as error:
        raise TransportProblem(_("%s does not have this folder or file.") % host, code="no_folder") from error
    except PermissionError as error:
        raise TransportProblem(_("%s does not let this account do that.") % host, code="forbidden") from error
    except (OSError, EOFError, *more) as error:  # type: ignore[misc]
        raise TransportProblem(
            _("The connection to %(host)s broke: %(why)s.") % {"host": host, "why": words(error)}, code="broken"
        ) from error


def words(error: BaseException) -> str:
    """The first line of an error, without its dot."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:200]


def iso(seconds: float | None) -> str:
    """A time in seconds as a stamp."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat() if seconds is not None else ""
