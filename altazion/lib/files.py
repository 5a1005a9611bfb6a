"""Files as answers."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse


def text_file(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """Lines streamed as a text file to keep, in UTF-8; `name` is of our own making."""
    answer = StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
