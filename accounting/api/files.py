"""Files of the books as answers."""

from django.http import StreamingHttpResponse

from accounting.models import Extract
from accounting.selectors import fec_lines


def fec_answer(extract: Extract) -> StreamingHttpResponse:
    """The extract's file, streamed, under the name that the accounting software expects."""
    answer = StreamingHttpResponse(fec_lines(extract), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{extract.file_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
