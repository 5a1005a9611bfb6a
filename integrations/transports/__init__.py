"""How files travel between us and a machine outside: one module a protocol, all of them behind `Transport`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from integrations.enums import ConnectionKind
from integrations.transports.base import RemoteFile, Target, Transport, TransportProblem
from integrations.transports.folder import FolderTransport
from integrations.transports.ftp import FtpTransport
from integrations.transports.http import HttpTransport
from integrations.transports.pivot import PivotTransport
from integrations.transports.s3 import S3Transport
from integrations.transports.sftp import SftpTransport

__all__ = ["RemoteFile", "Target", "Transport", "TransportProblem", "open_transport"]

_KINDS: dict[str, Callable[[Target], Transport]] = {
    ConnectionKind.FOLDER: FolderTransport,
    ConnectionKind.SFTP: SftpTransport,
    ConnectionKind.FTP: FtpTransport,
    ConnectionKind.FTPS: FtpTransport,
    ConnectionKind.S3: S3Transport,
    ConnectionKind.HTTP: HttpTransport,
    ConnectionKind.PIVOT: PivotTransport,
}


@contextmanager
def open_transport(target: Target) -> Iterator[Transport]:
    """Signed in at the machine; closed at the end whatever happens. Raises TransportProblem with a sentence."""
    transport = _KINDS[target.kind](target)
    try:
        yield transport
    finally:
        transport.close()
