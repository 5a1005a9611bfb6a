"""A staged file as a loader sees it: statements with named parameters, columns that may be absent, rejections."""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from django.db import connection
from psycopg import sql

from altazion.lib.loading import LoadContext

Part = sql.Composable


class Stage:
    """The load of one file inside its transaction. Use as a context manager.

    Statements are templates: `{staged}` and `{rejects}` are the file's tables, other braces are `parts`; values come
    as `%(name)s`, of which source, run, document, at and actor are always there.
    """

    def __init__(self, context: LoadContext) -> None:
        self.context = context
        self._cursor = connection.cursor()
        self._parts: dict[str, Part] = {"staged": sql.SQL(context.table), "rejects": sql.SQL(context.rejects)}
        self._parts["changes"] = sql.SQL(context.changes)
        self._values: dict[str, Any] = {
            "source": context.source,
            "run": context.run_id,
            "document": f"run:{context.run_id}",
            "at": context.at,
            "actor": context.actor,
        }
        self.noted: dict[tuple[str, str], set[int]] = {}
        self.columns = self._columns_of(context.table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cursor.close()

    def run(self, template: str, parts: Mapping[str, Part] | None = None, **values: Any) -> int:
        """Execute a statement; returns how many rows it touched."""
        self._cursor.execute(sql.SQL(template).format(**self._parts, **(parts or {})), {**self._values, **values})
        return max(self._cursor.rowcount, 0)

    def rows(self, template: str, parts: Mapping[str, Part] | None = None, **values: Any) -> list[tuple[Any, ...]]:
        """Execute a query; returns its rows."""
        self.run(template, parts, **values)
        return self._cursor.fetchall()

    def ids(self, template: str, parts: Mapping[str, Part] | None = None, **values: Any) -> list[int]:
        """Execute a query of one column of ids; returns them."""
        return [row[0] for row in self.rows(template, parts, **values)]

    def words(self, template: str, parts: Mapping[str, Part] | None = None, **values: Any) -> list[str]:
        """Execute a query of one text column; returns its values."""
        return [row[0] for row in self.rows(template, parts, **values)]

    def number(self, template: str, parts: Mapping[str, Part] | None = None, **values: Any) -> int:
        """Execute a query of one number."""
        return int(self.rows(template, parts, **values)[0][0] or 0)

    def lacks(self, alias: str, *keys: tuple[str, str]) -> str:
        """A condition: the file names the row of `alias` nowhere. keys: (field of the file, column of the table)."""
        tables = [(self.context.table, self.columns)]
        if self.context.refused:
            tables.append((self.context.refused, self._columns_of(self.context.refused)))
        found = [
            f"NOT EXISTS (SELECT 1 FROM {table} f WHERE f.{name} = {alias}.{column})"
            for table, columns in tables
            for name, column in keys
            if name in columns
        ]
        return " AND ".join(found) or "false"

    def has(self, *names: str) -> bool:
        """True if the file provides one of these fields."""
        return bool(self.columns.intersection(names))

    def fields(self, types: Mapping[str, str]) -> Part:
        """A select list of all these fields; those that the file lacks are NULLs of their type."""
        return sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(self.column(name, kind), sql.Identifier(name)) for name, kind in types.items()
        )

    def column(self, name: str, kind: str) -> Part:
        """A field of the staged file (alias s); NULL of its type if the file lacks it."""
        if name in self.columns:
            return sql.SQL("s.{}").format(sql.Identifier(name))
        return sql.SQL("NULL::{}").format(sql.SQL(kind))

    def work_table(
        self, name: str, query: str, parts: Mapping[str, Part] | None = None, *, analyze: str = "", **values: Any
    ) -> None:
        """Make a temporary table of the transaction from a query, and let the planner know its size and keys.

        analyze: columns worth knowing, where the others are long texts.
        """
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", parts, **values)
        self.run(f"ANALYZE {name}{f' ({analyze})' if analyze else ''}")

    def reject(self, work: str, field: str, code: str, *, value: str, where: str, **values: Any) -> int:
        """Move the rows of a work table for which `where` holds (alias w) to the rejects; returns how many."""
        return self.run(
            f"WITH gone AS (DELETE FROM {work} w WHERE {where} RETURNING w.row_number, {value} AS value)"
            " INSERT INTO {rejects} (row_number, field, code, value)"
            " SELECT row_number, %(field)s, %(code)s, left(coalesce(value::text, ''), 250) FROM gone",
            field=field,
            code=code,
            **values,
        )

    def note(self, kind: str, subject_kind: str, ids: Iterable[int]) -> None:
        """Remember ids for one series of events at the end of the load."""
        self.noted.setdefault((kind, subject_kind), set()).update(ids)

    def _columns_of(self, table: str) -> set[str]:
        return set(
            self.words(
                "SELECT attname FROM pg_attribute WHERE attrelid = %(table)s::regclass AND attnum > 0"
                " AND NOT attisdropped",
                table=table,
            )
        )

    def rejected(self) -> int:
        """How many rows of the file stand in the rejects."""
        return self.number("SELECT count(DISTINCT row_number) FROM {rejects}")
