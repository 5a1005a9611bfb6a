"""Which machines may be talked to. A merchant types addresses; none of them may lead into our own network.

The name is resolved once, every address it has is looked at, and the connection goes to the very address that was
looked at: a name server that answers otherwise the second time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.transports.base import CONNECT_SECONDS, TransportProblem, told

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def connect(host: str, port: int) -> socket.socket:
    """A connection to the host, if it lies outside. Raises TransportProblem."""
    with told(host):
        last: OSError | None = None
        for address in addresses(host, port):
            try:
                sock = socket.create_connection((address, port), timeout=CONNECT_SECONDS)
            except OSError as error:
                last = error
                continue
            sock.settimeout(settings.FLOWS_SILENCE_SECONDS)
            return sock
        raise last or ConnectionRefusedError


def addresses(host: str, port: int) -> list[str]:
    """The host's addresses, all of which may be talked to. Raises TransportProblem for a host that may not."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if _is_named(host, settings.FLOWS_PRIVATE_HOSTS):
        return sorted(found)
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not is_outside(address) and not _is_in(address, settings.FLOWS_PRIVATE_HOSTS):
            raise TransportProblem(
                _("%(host)s lies in a private network (%(address)s); FLOWS_PRIVATE_HOSTS does not allow it.")
                % {"host": host, "address": address},
                code="private_address",
            )
    return sorted(found)


def is_outside(address: _Address) -> bool:
    """Whether anybody on the internet could have this address; looks through IPv6 forms that carry an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_named(host: str, allowed: Iterable[str]) -> bool:
    return host.lower().rstrip(".") in {entry.lower() for entry in allowed}


def _is_in(address: _Address, allowed: Iterable[str]) -> bool:
    for entry in allowed:
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            continue  # a name
        if address in network:
            return True
    return False
