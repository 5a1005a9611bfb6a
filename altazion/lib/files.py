"""Files as answers."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse


def text_file(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """Lines streamed as a text file to keep, in UTF-8; `name` is of our own making."""
    answer = StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep; `name` is of our own making."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def zip_file(files: Iterable[tuple[str, bytes]], name: str) -> StreamingHttpResponse:
    """Files (name, content) streamed as a ZIP: one of them in memory at a time."""
    answer = StreamingHttpResponse(_zipped(files), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class _Pipe(io.RawIOBase):
    """What a ZIP is written to: kept until it is read, never gone back in."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        return self.at

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def _zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as made:  # PDF files are compressed already
        for name, content in files:
            made.writestr(name, content)
            yield pipe.take()
    yield pipe.take()
