"""Opens what files come packed in (gzip, ZIP) as a stream, and refuses what is no single file or would never end."""

import gzip
import io
import zipfile
import zlib
from typing import IO, Any

from altazion.lib.told import told as _
from integrations.engine.problems import FileProblem

SAMPLE = 256 * 1024
MOST_UNPACKED = 16 * 1024**3
FREE_BYTES = 64 * 1024**2  # up to here any ratio is fine
MOST_RATIO = 200  # unpacked to packed; text packs 5 to 30 times
_WORKBOOK = {"xl/workbook.xml", "xl/workbook.bin"}
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile)


def unpack(stream: IO[bytes]) -> tuple["Watched", bytes]:
    """The bytes inside and their beginning, looked at but not consumed. A workbook stays as it is, it is a ZIP too.

    Raises FileProblem.
    """
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    if start[:2] == b"\x1f\x8b":
        return _begun(Watched(gzip.GzipFile(fileobj=stream), _size(stream)))
    if start in (b"PK\x03\x04", b"PK\x05\x06") and (archive := _archive(stream)) is not None:
        member = _member(archive)
        return _begun(Watched(_opened(archive, member), member.compress_size))
    return _begun(Watched(stream))


def damaged() -> FileProblem:
    """What a packed file that ends in the middle gets."""
    return FileProblem("truncated", _("The compressed file is damaged or cut off."))


def _begun(watched: "Watched") -> tuple["Watched", bytes]:
    sample = watched.begin()
    if watched.packed and (sample[:2] == b"\x1f\x8b" or (sample[:2] == b"PK" and not _is_workbook_start(sample))):
        raise FileProblem(
            "packed_twice", _("The archive holds another archive. Send the file itself, packed once at most.")
        )
    return watched, sample


def _is_workbook_start(sample: bytes) -> bool:
    return sample[:4] == b"PK\x03\x04" and (b"[Content_Types].xml" in sample[:8192] or b"xl/" in sample[:8192])


def _archive(stream: IO[bytes]) -> zipfile.ZipFile | None:
    """The archive, None when it is a workbook."""
    try:
        stream.seek(0)
        archive = zipfile.ZipFile(stream)
        names = set(archive.namelist())
    except _DAMAGED as error:
        raise FileProblem(
            "truncated", _("This is a ZIP archive or an Excel workbook that is damaged or cut off.")
        ) from error
    except (NotImplementedError, OSError, ValueError) as error:
        raise FileProblem("not_unpacked", _("The ZIP archive cannot be opened: %s.") % error) from error
    if "[Content_Types].xml" in names:
        stream.seek(0)
        if not names & _WORKBOOK:
            raise FileProblem("not_a_workbook", _("This is an Office document, but no Excel workbook."))
        return None
    return archive


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.endswith(_NOISE)]
    files = [info for info in files if not info.filename.startswith("__MACOSX/")]
    for info in files:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise FileProblem(
                "bad_path",
                _("The archive names a place outside of itself (“%s”): it is not opened.") % info.filename[:100],
            )
    if not files:
        raise FileProblem("empty_file", _("The archive holds no file."))
    if len(files) > 1:
        names = ", ".join(info.filename for info in files[:10])
        raise FileProblem(
            "several_files",
            _("The archive holds %(count)d files (%(names)s): send each one alone.")
            % {"count": len(files), "names": names},
        )
    (info,) = files
    if info.flag_bits & 1:
        raise FileProblem("encrypted", _("The archive is locked with a password. Send it without one."))
    if info.file_size > MOST_UNPACKED or info.file_size > max(FREE_BYTES, info.compress_size * MOST_RATIO):
        raise _bomb()
    return info


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except (*_DAMAGED, NotImplementedError, RuntimeError, OSError) as error:
        raise FileProblem("not_unpacked", _("The ZIP archive cannot be opened: %s.") % error) from error


def _bomb() -> FileProblem:
    return FileProblem(
        "bomb", _("Unpacked the file would be more than %d times larger: it is not read any further.") % MOST_RATIO
    )


def _size(stream: IO[bytes]) -> int:
    try:
        place = stream.tell()
        size = stream.seek(0, io.SEEK_END)
        stream.seek(place)
    except (OSError, AttributeError, ValueError):
        return 1
    return max(size, 1)


class Watched(io.RawIOBase):
    """Any readable thing as a raw stream that counts. packed: bytes it came from, 0 when it was not packed.

    `mark` begins a stretch; reading more than `longest` bytes within one raises FileProblem (0: no limit).
    """

    def __init__(self, stream: IO[bytes] | Any, packed: int = 0) -> None:
        self._inner = stream
        self._ahead = b""
        self.packed = packed
        self.total = 0
        self.longest = 0
        self._marked = 0
        self.odd = False  # True once bytes of control characters or of a second byte order mark were seen

    def begin(self) -> bytes:
        """The first bytes, which will be read again."""
        blocks, size = [], 0
        while size < SAMPLE and (block := self._read(SAMPLE - size)):
            blocks.append(block)
            size += len(block)
        self._ahead = b"".join(blocks)
        return self._ahead

    def mark(self) -> None:
        """A record ended here."""
        self._marked = self.total

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data = self._read(size)
        first = self.total == 0
        self.total += len(data)
        if self.longest and self.total - self._marked > self.longest:
            raise FileProblem(
                "record_too_long",
                _("One record is longer than %d million characters, or the file holds none where they are looked for.")
                % (self.longest // 1_000_000),
            )
        self.odd = self.odd or _is_odd(data[3:] if first else data)
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            data = self._inner.read(size) or b""
        except _DAMAGED as error:
            raise damaged() from error
        except RuntimeError as error:  # a locked member
            raise FileProblem("not_unpacked", _("The ZIP archive cannot be opened: %s.") % error) from error
        if self.packed:
            unpacked = self.total + len(self._ahead) + len(data)
            if unpacked > MOST_UNPACKED or unpacked > max(FREE_BYTES, self.packed * MOST_RATIO):
                raise _bomb()
        return bytes(data)


_CONTROLS = bytes([*range(1, 9), *range(14, 32), 127])
_BOM = b"\xef\xbb\xbf"


def _is_odd(data: bytes) -> bool:
    return len(data.translate(None, _CONTROLS)) != len(data) or _BOM in data
