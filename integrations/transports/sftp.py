"""SFTP by paramiko. The machine's key is pinned: another key, or none on record, ends it before signing in."""

import io
import stat as modes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import paramiko
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.transports.base import (
    CONNECT_SECONDS,
    MOST_FILES,
    RemoteFile,
    Target,
    TransportProblem,
    blocks,
    copy,
    iso,
    joined,
    told,
    too_slow,
    wanted,
)
from integrations.transports.reach import connect

PORT = 22


class UnknownHostKey(TransportProblem):
    """The machine showed a key that is not the one on record; `details` holds it for a person to compare."""

    code = "host_key"


class SftpTransport:
    """One SFTP session."""

    lists_at_once = False

    def __init__(self, target: Target) -> None:
        self._host, self._base = target.host, target.base
        sock = connect(target.host, target.port or PORT)
        try:
            with told(self._host, paramiko.SSHException):
                self._transport = paramiko.Transport(sock)
                self._transport.banner_timeout = CONNECT_SECONDS
                self._transport.auth_timeout = settings.FLOWS_SILENCE_SECONDS
                self._transport.start_client(timeout=settings.FLOWS_SILENCE_SECONDS)
                _check_key(self._transport.get_remote_server_key(), target)
                self._sign_in(target)
                client = paramiko.SFTPClient.from_transport(self._transport)
                if client is None:
                    raise paramiko.SSHException(_("it offers no SFTP"))
                self._client = client
                channel = client.get_channel()
                if channel is not None:
                    channel.settimeout(settings.FLOWS_SILENCE_SECONDS)
        except Exception:
            self.close()
            sock.close()
            raise

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        place = joined(self._base or ".", folder)
        with told(self._host, paramiko.SSHException):
            found = [entry for entry in self._client.listdir_attr(place) if modes.S_ISREG(entry.st_mode or 0)]
        found = [entry for entry in found if wanted(entry.filename, pattern)][:MOST_FILES]
        found.sort(key=lambda entry: (entry.st_mtime or 0, entry.filename))
        return [
            RemoteFile(entry.filename, joined(place, entry.filename), entry.st_size, iso(entry.st_mtime))
            for entry in found
        ]

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        with (
            self._in_time(file.name),
            told(self._host, paramiko.SSHException),
            self._client.open(file.path, "rb") as stream,
        ):
            if file.size:
                stream.prefetch(file.size)  # requests ahead: without it each block costs a round trip
            copy(stream.read, into, size=file.size, name=file.name)

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        place = joined(self._base or ".", folder)
        target, unfinished = joined(place, name), joined(place, f".{name}.tmp")
        with told(self._host, paramiko.SSHException):
            with self._client.open(unfinished, "wb") as into:
                into.set_pipelined(True)
                for block in blocks(stream):
                    into.write(block)
            self._replace(unfinished, target)
        return target

    def move_aside(self, file: RemoteFile) -> None:
        folder = file.path.rpartition("/")[0] or "."
        with told(self._host, paramiko.SSHException):
            done = joined(folder, "done")
            try:
                self._client.stat(done)
            except FileNotFoundError:
                self._client.mkdir(done)
            self._replace(file.path, joined(done, file.name))

    def delete(self, file: RemoteFile) -> None:
        with told(self._host, paramiko.SSHException):
            self._client.remove(file.path)

    def close(self) -> None:
        transport = getattr(self, "_transport", None)
        if transport is not None:
            transport.close()

    @contextmanager
    def _in_time(self, name: str) -> Iterator[None]:
        """Hang up when time is over: a block that drips in byte by byte would not let `copy` look at its clock."""
        over = threading.Event()

        def hang_up() -> None:
            over.set()
            self.close()

        timer = threading.Timer(settings.FLOWS_TRANSFER_SECONDS, hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except TransportProblem as problem:
            if over.is_set():
                raise too_slow(name) from problem
            raise
        finally:
            timer.cancel()

    def _replace(self, source: str, target: str) -> None:
        try:
            self._client.posix_rename(source, target)
        except OSError:  # a server without that extension: its plain rename refuses a name that is taken
            try:
                self._client.remove(target)
            except FileNotFoundError:
                pass
            self._client.rename(source, target)

    def _sign_in(self, target: Target) -> None:
        try:
            if "PRIVATE KEY" in target.secret:
                self._transport.auth_publickey(target.account, _private_key(target.secret))
            else:
                self._transport.auth_password(target.account, target.secret)
        except paramiko.AuthenticationException as error:
            raise TransportProblem(
                _("%(host)s does not let %(account)s in: account or secret is wrong.")
                % {"host": self._host, "account": target.account or "?"},
                code="signed_out",
            ) from error


def _check_key(shown: paramiko.PKey, target: Target) -> None:
    line = f"{shown.get_name()} {shown.get_base64()}"
    if target.host_key.split()[:2] == line.split():
        return
    facts = {"host": target.host, "print": shown.fingerprint}
    if target.host_key:
        text = (
            _("%(host)s shows another key than the one on record (%(print)s): somebody may stand in between.") % facts
        )
    else:
        text = (
            _("%(host)s shows the key %(print)s. Compare it with what its owner told you, then trust it below.") % facts
        )
    raise UnknownHostKey(text, details={"host_key": line, "fingerprint": shown.fingerprint})


def _private_key(text: str) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except paramiko.PasswordRequiredException as error:
            raise TransportProblem(
                _("The private key is protected by a password: give one without."), code="key"
            ) from error
        except (paramiko.SSHException, ValueError):
            continue
    raise TransportProblem(_("The secret is no private key that can be read (OpenSSH or PEM)."), code="key")
