"""The pivot tables as they are: what the database says of them, what waits, what was refused."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from integrations.formats import pivot

SHOWN = 20


@dataclass
class TableNow:
    """A table: its comment, columns (name, type, comment), counts by state, the last refusals (row, key, message)."""

    name: str
    comment: str
    goes_down: bool
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    waiting: int = 0
    refused: int = 0
    taken: int = 0
    refusals: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def header(self) -> str:
        """The first line of its twin as a file."""
        table = pivot.BY_NAME.get(self.name)
        return ";".join(table.names) if table else ""


def pivot_tables() -> list[TableNow]:
    """Every table of the schema, as the database describes it. Two queries, and two for each table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, obj_description(c.oid), a.attname, format_type(a.atttypid, a.atttypmod),"
            " col_description(c.oid, a.attnum) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE n.nspname = 'pivot' AND c.relkind = 'r' ORDER BY c.oid, a.attnum"
        )
        found: dict[str, TableNow] = {}
        for name, comment, column, kind, words in cursor.fetchall():
            table = found.setdefault(name, TableNow(name, comment or "", name in pivot.BY_NAME))
            table.columns.append((column, kind, words or ""))
        for table in found.values():
            _count(cursor, table)
    return list(found.values())


def _count(cursor: Any, table: TableNow) -> None:
    name = sql.Identifier(table.name)
    if not table.goes_down:
        if table.name == pivot.ORDERS.name:
            cursor.execute("SELECT count(*) FILTER (WHERE answered_at IS NULL), count(answered_at) FROM pivot.orders")
            table.waiting, table.taken = cursor.fetchone()
        return
    cursor.execute(
        sql.SQL(
            "SELECT count(*) FILTER (WHERE state = 'new'), count(*) FILTER (WHERE state = 'refused'),"
            " count(*) FILTER (WHERE state = 'taken') FROM (SELECT state FROM pivot.{} ORDER BY row_id DESC"
            " LIMIT 100000) last"
        ).format(name)
    )
    table.waiting, table.refused, table.taken = cursor.fetchone()
    if table.refused:
        key = sql.Identifier("code" if table.name == "categories" else "sku")
        cursor.execute(
            sql.SQL(
                "SELECT row_id, {}::text, message, run FROM pivot.{} WHERE state = 'refused'"
                " ORDER BY row_id DESC LIMIT %s"
            ).format(key, name),
            [SHOWN],
        )
        table.refusals = cursor.fetchall()
