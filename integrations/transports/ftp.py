"""FTP and FTPS by the standard library; FTPS verifies the certificate and encrypts the data too."""

import ftplib
import posixpath
import ssl
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.enums import ConnectionKind
from integrations.transports.base import (
    MOST_FILES,
    RemoteFile,
    Target,
    TransportProblem,
    blocks,
    copy,
    joined,
    told,
    wanted,
)
from integrations.transports.reach import connect
from integrations.transports.trust import context

PORT = 21
_MORE = (ftplib.Error, ValueError)


class _Plain(ftplib.FTP):
    """FTP over a connection that was looked at; data goes to the same machine only, whatever its PASV answer says."""

    trust_server_pasv_ipv4_address = False

    def talk(self, sock: Any) -> None:
        """Take over an open connection and read the greeting."""
        self.sock, self.af, self.timeout = sock, sock.family, settings.FLOWS_SILENCE_SECONDS
        self.host = sock.getpeername()[0]
        self.file = sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()


class _Secure(_Plain, ftplib.FTP_TLS):
    """FTPS (explicit TLS). The data connection takes up the session of the first one, which many servers ask for."""

    name = ""

    def auth(self) -> str:
        answer = self.voidcmd("AUTH TLS")
        self.sock = self.context.wrap_socket(
            self.sock,  # type: ignore[arg-type]
            server_hostname=self.name,
        )
        self.file = self.sock.makefile(mode="r", encoding=self.encoding)
        return answer

    def ntransfercmd(self, cmd: str, rest: Any = None) -> Any:
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - encrypted below
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(data, server_hostname=self.name, session=session), size


class FtpTransport:
    """One session."""

    lists_at_once = False

    def __init__(self, target: Target) -> None:
        self._host, self._base = target.host, target.base
        secure = target.kind == ConnectionKind.FTPS
        sock = connect(target.host, target.port or PORT)
        try:
            with told(self._host, *_MORE):
                self._ftp: _Plain = _Secure(context=context()) if secure else _Plain()
                self._ftp.encoding = "utf-8"
                self._ftp.talk(sock)
                self._sign_in(target)
        except Exception:
            sock.close()
            self.close()
            raise

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        place = joined(self._base or ".", folder)
        found = []
        with told(self._host, *_MORE), _paths(self._host):
            for name, facts in self._entries(place):
                if facts.get("type", "file") == "file" and wanted(name, pattern):
                    size = facts.get("size")
                    path = joined(place, name)
                    found.append(RemoteFile(name, path, int(size) if size else None, facts.get("modify", "")))
                if len(found) >= MOST_FILES:
                    break
        return sorted(found, key=lambda file: (file.stamp, file.name))

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        with told(self._host, *_MORE), _paths(self._host):
            self._ftp.voidcmd("TYPE I")  # a listing leaves it at text, which changes line ends
            data, _size = self._ftp.ntransfercmd(f"RETR {file.path}")
            with data:
                copy(data.recv, into, size=file.size, name=file.name)
                _end(data)
            self._ftp.voidresp()  # the server's word that this was all of it

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        place = joined(self._base or ".", folder)
        target, unfinished = joined(place, name), joined(place, f".{name}.tmp")
        with told(self._host, *_MORE), _paths(self._host):
            self._ftp.voidcmd("TYPE I")
            data, _size = self._ftp.ntransfercmd(f"STOR {unfinished}")
            with data:
                sent = 0
                for block in blocks(stream):
                    data.sendall(block)
                    sent += len(block)
                _end(data)
            self._ftp.voidresp()
            self._check_size(unfinished, name, sent)
            self._replace(unfinished, target)
        return target

    def move_aside(self, file: RemoteFile) -> None:
        done = joined(posixpath.dirname(file.path) or ".", "done")
        with told(self._host, *_MORE), _paths(self._host):
            try:
                self._ftp.mkd(done)
            except ftplib.error_perm:
                pass  # it is there; if not, the rename says so
            self._replace(file.path, joined(done, file.name))

    def delete(self, file: RemoteFile) -> None:
        with told(self._host, *_MORE), _paths(self._host):
            self._ftp.delete(file.path)

    def close(self) -> None:
        ftp = getattr(self, "_ftp", None)
        if ftp is not None:
            try:
                ftp.quit()
            except Exception:  # the other side may be gone
                ftp.close()

    def _replace(self, source: str, target: str) -> None:
        try:
            self._ftp.rename(source, target)
        except ftplib.error_perm:  # many servers refuse to rename onto a name that is taken
            self._ftp.delete(target)
            self._ftp.rename(source, target)

    def _check_size(self, path: str, name: str, sent: int) -> None:
        try:
            there = self._ftp.size(path)
        except ftplib.error_perm:
            return  # a server that does not tell
        if there is not None and there != sent:
            raise TransportProblem(
                _("%(name)s has %(sent)d bytes, but only %(there)d arrived.")
                % {"name": name, "sent": sent, "there": there},
                code="wrong_length",
            )

    def _entries(self, place: str) -> list[tuple[str, dict[str, str]]]:
        try:
            return list(self._ftp.mlsd(place, facts=["type", "size", "modify"]))
        except ftplib.error_perm as error:
            if not str(error).startswith(("500", "502", "504")):
                raise
        entries = []  # an old server: names only, the rest is asked one by one
        paths = self._ftp.nlst(place)[:MOST_FILES]
        self._ftp.voidcmd("TYPE I")
        for path in paths:
            name = posixpath.basename(path)
            try:
                size = self._ftp.size(joined(place, name))
            except ftplib.error_perm:
                continue  # a folder
            entries.append((name, {"size": str(size), "modify": self._modified(joined(place, name))}))
        return entries

    def _modified(self, path: str) -> str:
        try:
            return self._ftp.voidcmd(f"MDTM {path}")[4:].strip()
        except ftplib.error_perm:
            return ""

    def _sign_in(self, target: Target) -> None:
        try:
            if isinstance(self._ftp, _Secure):
                self._ftp.name = target.host
                self._ftp.auth()
                self._ftp.login(target.account, target.secret, secure=False)
                self._ftp.prot_p()
            else:
                self._ftp.login(target.account, target.secret)
        except ftplib.error_perm as error:
            if str(error).startswith(("530", "331", "332")):
                raise TransportProblem(
                    _("%(host)s does not let %(account)s in: account or secret is wrong.")
                    % {"host": self._host, "account": target.account or "?"},
                    code="signed_out",
                ) from error
            raise


def _end(data: Any) -> None:
    """Say goodbye on an encrypted data connection: without it the other side may lose the last bytes."""
    if isinstance(data, ssl.SSLSocket):
        try:
            data.unwrap()
        except (OSError, ValueError):
            pass  # the other side was quicker; lengths are compared anyway


class _paths:  # noqa: N801 - reads as a word
    """“550” is FTP's one word for a folder that is not there and for what is not allowed."""

    def __init__(self, host: str) -> None:
        self._host = host

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ftplib.error_perm) and str(error).startswith(("501 No such", "550", "553")):
            raise TransportProblem(
                _("%(host)s does not have this folder or file, or forbids it: %(why)s.")
                % {"host": self._host, "why": str(error)[4:].rstrip(".")[:150]},
                code="no_folder",
            ) from error
