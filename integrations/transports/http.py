"""A file behind a web address, fetched. No listing, no moving: the web knows neither."""

import base64
import http.client
import ssl
from typing import IO, Any
from urllib.parse import quote, urljoin, urlsplit

from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.transports.base import RemoteFile, Target, TransportProblem, copy, joined, told
from integrations.transports.reach import connect
from integrations.transports.trust import context

MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_NO_HEAD = (403, 404, 405, 501)


class _Connection(http.client.HTTPConnection):
    """Goes to the very address that was looked at."""

    secure: ssl.SSLContext | None = None

    def connect(self) -> None:
        sock = connect(self.host, self.port)
        self.sock = self.secure.wrap_socket(sock, server_hostname=self.host) if self.secure else sock


class HttpTransport:
    """GET, with the account as Basic sign-in, or a secret alone as bearer token."""

    lists_at_once = True

    def __init__(self, target: Target) -> None:
        self._base = target.base if target.base.endswith("/") else f"{target.base}/"
        self._host = urlsplit(self._base).hostname or target.base
        self._target = target

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        if any(mark in pattern for mark in "*?["):
            raise Refused(
                _("A web address is fetched by its name: give the file's name without * or ?."),
                code="no_listing",
                field="pattern",
            )
        address = urljoin(self._base, quote(joined("", folder, pattern), safe="/?&=%+:,;@~"))
        with self._answer("HEAD", address) as answer:
            if answer.status in _NO_HEAD:
                return [RemoteFile(pattern.partition("?")[0], address)]
            _check_status(answer, self._host)
            stamp = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
            length = answer.headers.get("Content-Length", "") if not answer.headers.get("Content-Encoding") else ""
            size = int(length) if length.isdigit() else None
        return [RemoteFile(pattern.partition("?")[0], address, size if stamp else None, stamp[:120])]

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        with self._answer("GET", file.path) as answer:
            _check_status(answer, self._host)
            length = answer.headers.get("Content-Length", "")
            with told(self._host, http.client.HTTPException):
                copy(answer.read, into, size=int(length) if length.isdigit() else None, name=file.name)

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        raise Refused(_("Files can be fetched from a web address, not sent to it."), code="read_only")

    def move_aside(self, file: RemoteFile) -> None:
        """The web moves nothing; that the file was taken is remembered."""

    def delete(self, file: RemoteFile) -> None:
        """The web deletes nothing; that the file was taken is remembered."""

    def close(self) -> None:
        """Each answer closes its own connection."""

    def _answer(self, method: str, address: str) -> "_Answer":
        for _hop in range(MOST_REDIRECTS + 1):
            answer = self._ask(method, address)
            if answer.status not in _REDIRECTS:
                return answer
            target = answer.headers.get("Location", "")
            answer.close()
            address = urljoin(address, target)
        raise TransportProblem(
            _("%s sends us from one address to the next without end.") % self._host, code="redirects"
        )

    def _ask(self, method: str, address: str) -> "_Answer":
        parts = urlsplit(address)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
            raise TransportProblem(_("%s is no web address.") % address[:200], code="bad_address")
        connection = _Connection(parts.hostname, port or (443 if parts.scheme == "https" else 80))
        connection.secure = context() if parts.scheme == "https" else None
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with told(parts.hostname, http.client.HTTPException, ValueError):
            try:
                connection.request(method, path, headers=self._headers(parts))
                return _Answer(connection, connection.getresponse())
            except BaseException:
                connection.close()
                raise

    def _headers(self, parts: Any) -> dict[str, str]:
        headers = {"User-Agent": "Altazion", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        base = urlsplit(self._base)
        # the secret goes to the machine it was given for, never along with a redirect
        if self._target.secret and (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
            if self._target.account:
                pair = f"{self._target.account}:{self._target.secret}".encode()
                headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
            else:
                headers["Authorization"] = f"Bearer {self._target.secret}"
        return headers


class _Answer:
    """An answer with its connection, closed together."""

    def __init__(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
        self._connection, self._answer = connection, answer
        self.status, self.headers, self.read = answer.status, answer.headers, answer.read1  # what came, not all of it

    def close(self) -> None:
        self._answer.close()
        self._connection.close()

    def __enter__(self) -> "_Answer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _check_status(answer: _Answer, host: str) -> None:
    if answer.status in (401, 403):
        raise TransportProblem(
            _("%(host)s does not let us in (%(status)d): account or secret is wrong.")
            % {"host": host, "status": answer.status},
            code="signed_out",
        )
    if answer.status in (404, 410):
        raise TransportProblem(_("%s does not have this folder or file.") % host, code="no_folder")
    if answer.status != 200:
        raise TransportProblem(
            _("%(host)s answers with an error (%(status)d).") % {"host": host, "status": answer.status},
            code="bad_answer",
        )
