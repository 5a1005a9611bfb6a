"""Lists of the account, page by page: the address names the last row seen, so that new rows move nothing."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from altazion.lib.api import decode_cursor, encode_cursor
from altazion.lib.problems import Refused


def page_after(rows: QuerySet[Any], after: str | None, size: int) -> tuple[list[Any], str]:
    """The rows, newest first, behind a cursor; the cursor of the next page, "" at the end. Raises Http404 for none."""
    rows = rows.order_by("-pk")
    if after:
        try:
            rows = rows.filter(pk__lt=decode_cursor(after, 1)[0])
        except Refused as error:
            raise Http404 from error
    found = list(rows[: size + 1])
    return found[:size], encode_cursor(found[size - 1].pk) if len(found) > size else ""
