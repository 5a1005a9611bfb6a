"""Fetches a file from an address that others wrote: not from our own network, not for too long, not too much."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import IO
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

MOST_SECONDS = 60.0
STEP_SECONDS = 10.0  # to connect, and between two pieces
MOST_HOPS = 4
_BLOCK = 64 * 1024
_AGENT = "Altazion media"
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MOVED = (301, 302, 303, 307, 308)
_LATER = (408, 425, 429, 500, 502, 503, 504)


class NotFetched(Exception):
    """code: bad_address, inside, no_host, no_answer, too_slow, too_large, refused, missing, moved_on, packed.

    again: the same address may well answer later.
    """

    def __init__(self, code: str, *, again: bool = False, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.again, self.detail = code, again, detail


@dataclass(frozen=True)
class Fetched:
    """A file that came, at its beginning; close it. mime: what the other side calls it."""

    file: IO[bytes]
    mime: str
    address: str


def fetch(address: str, *, most_bytes: int, seconds: float = MOST_SECONDS) -> Fetched:
    """The file behind an http or https address. Raises NotFetched. Blocks for at most about `seconds`."""
    deadline = time.monotonic() + seconds
    for _hop in range(MOST_HOPS):
        answer = _ask(address, most_bytes, deadline)
        if isinstance(answer, Fetched):
            return answer
        address = answer
    raise NotFetched("moved_on")


def inside_hosts() -> set[str]:
    """Hosts (`host` or `host:port`) of our own network that files may come from, as the operator says."""
    return {name.lower() for name in getattr(settings, "FETCH_INSIDE", ())}


def public_addresses(host: str, port: int) -> list[str]:
    """The numbers of a host that lie outside. Raises NotFetched if one of them lies inside, or there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched("no_host", again=True) from None
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if {host.lower(), f"{host.lower()}:{port}"} & inside_hosts():
        return numbers
    if not numbers or not all(is_outside(number) for number in numbers):
        raise NotFetched("inside")
    return numbers


def is_outside(number: str) -> bool:
    """True for an address of the open internet, however it is wrapped."""
    found = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo or (None,))[0]
        if wrapped is None and found in _NAT64:
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_outside(str(wrapped))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _read(address: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise NotFetched("bad_address") from None
    plain = address.isascii() and address.isprintable() and " " not in address and len(address) <= 2000
    if parts.scheme not in _PORTS or not host or not plain or parts.username or parts.password:
        raise NotFetched("bad_address")
    if port != _PORTS[parts.scheme] and f"{host.lower()}:{port}" not in inside_hosts():
        raise NotFetched("bad_address")
    return parts, host, port


def _ask(address: str, most_bytes: int, deadline: float) -> Fetched | str:
    """One request; the address to go on with when the other side sends us elsewhere."""
    parts, host, port = _read(address)
    numbers = public_addresses(host, port)
    connection = _connect(host, port, numbers[0], deadline)
    held = [connection.sock]
    watch = threading.Timer(max(deadline - time.monotonic(), 0.01), _cut, [held])
    watch.daemon = True
    watch.start()
    try:
        if parts.scheme == "https":
            held[0] = _secure(connection, host)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status in _MOVED:
            return urljoin(address, answer.getheader("Location") or "")
        _check(answer, most_bytes)
        return Fetched(_keep(answer, most_bytes, deadline), _mime(answer), address)
    except (OSError, http.client.HTTPException, ValueError) as error:
        code = "too_slow" if isinstance(error, TimeoutError) or time.monotonic() >= deadline else "no_answer"
        raise NotFetched(code, again=True, detail=type(error).__name__) from None
    finally:
        watch.cancel()
        connection.close()


def _connect(host: str, port: int, number: str, deadline: float) -> http.client.HTTPConnection:
    """A connection to the very number that was looked at: a name that changes its mind in between leads nowhere."""
    left = max(min(STEP_SECONDS, deadline - time.monotonic()), 0.1)
    connection = http.client.HTTPConnection(host, port, timeout=STEP_SECONDS)
    connection.default_port = port  # so that the Host header names the host alone
    try:
        connection.sock = socket.create_connection((number, port), timeout=left)
    except OSError as error:
        raise NotFetched("no_answer", again=True, detail=type(error).__name__) from None
    return connection


def _secure(connection: http.client.HTTPConnection, host: str) -> ssl.SSLSocket:
    safe = ssl.create_default_context()
    wrapped = safe.wrap_socket(connection.sock, server_hostname=host, do_handshake_on_connect=False)
    connection.sock = wrapped
    wrapped.settimeout(STEP_SECONDS)
    wrapped.do_handshake()
    return wrapped


def _cut(held: list[socket.socket]) -> None:
    """Time is up, whatever trickles in."""
    with contextlib.suppress(OSError):
        held[0].shutdown(socket.SHUT_RDWR)


def _check(answer: http.client.HTTPResponse, most_bytes: int) -> None:
    if answer.status != 200:
        missing = answer.status in (404, 410)
        raise NotFetched("missing" if missing else "refused", again=answer.status in _LATER, detail=str(answer.status))
    if answer.getheader("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise NotFetched("packed")
    said = answer.getheader("Content-Length") or ""
    if said.isdecimal() and int(said) > most_bytes:
        raise NotFetched("too_large")


def _keep(answer: http.client.HTTPResponse, most_bytes: int, deadline: float) -> IO[bytes]:
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115 - handed to the caller
    size = 0
    try:
        while block := answer.read1(_BLOCK):
            size += len(block)
            if size > most_bytes:
                raise NotFetched("too_large")
            kept.write(block)
        if time.monotonic() >= deadline:  # cut off: what came is not the whole
            raise NotFetched("too_slow", again=True)
        if answer.length:  # promised more than came
            raise NotFetched("no_answer", again=True)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept


def _mime(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()[:80]
