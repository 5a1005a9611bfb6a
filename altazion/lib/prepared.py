"""Statements that are asked on nearly every page: PostgreSQL plans them once per connection, not every time.

Django writes parameters into the text of a statement, so no two are alike to the database. These go apart from it
(bound by the server), and after some uses psycopg prepares the statement on its connection. Planning the questions of
a page costs more than answering them.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]
from django.db.backends.utils import CursorWrapper


class _Cursor(ServerBindingCursor):
    """Remembers its statement even where the server has it already: Django's log asks."""

    def _send_query_prepared(self, name: bytes, pgq: Any, *, binary: bool | None = None) -> None:
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)  # type: ignore[misc]


AFTER = 3  # uses of a statement on a connection before it is prepared


def prepared() -> CursorWrapper:
    """A cursor whose statements are prepared; counted and logged by Django like any other."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None and settings.PREPARE_STATEMENTS:
        raw.prepare_threshold = AFTER
    cursor: CursorWrapper = connection._prepare_cursor(_Cursor(raw))  # type: ignore[attr-defined, call-arg]  # noqa: SLF001
    return cursor


def ask(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with prepared() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
