"""The pivot base as a machine outside: new rows of a table are a file, a file of orders becomes rows.

A folder is a table. Rows are marked when they are fetched, under the file's name; rows whose file never became a run
(a crash in between) are offered again after ten minutes.
"""

import csv
import io
from typing import IO

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from altazion.lib.problems import Refused
from integrations.formats import pivot
from integrations.transports.base import RemoteFile, Target, wanted

_WAITING = """SELECT row_id FROM pivot.{table} t WHERE state = 'new' OR (state = 'taken' AND run IS NULL
    AND taken_at < now() - interval '10 minutes' AND NOT EXISTS (SELECT 1 FROM integrations_rawfile f
    JOIN integrations_run r ON r.raw_file_id = f.id WHERE f.name = t.file)) ORDER BY row_id LIMIT 200000"""
_COUNT = sql.SQL("SELECT min(row_id), max(row_id), count(*) FROM (" + _WAITING + ") w")  # noqa: S608 - constants
_MARK = sql.SQL(
    "UPDATE pivot.{table} SET state = 'taken', taken_at = now(), message = '', run = NULL, file = %s WHERE row_id IN ("  # noqa: S608 - constants
    + _WAITING
    + " FOR UPDATE SKIP LOCKED)"
)


class PivotTransport:
    """Tables of this database's schema `pivot`."""

    lists_at_once = True

    def __init__(self, target: Target) -> None:
        """Nothing to sign in to."""

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        """One file of all rows that wait; none when none waits. Without a folder: all tables that have some."""
        names = [table.name for table in pivot.TABLES] if not folder.strip("/ ") else [_named(folder).name]
        found = []
        for name in names:
            with connection.cursor() as cursor:
                cursor.execute(_COUNT.format(table=sql.Identifier(name)))
                first, last, count = cursor.fetchone()
            file = f"{name}_{first}_{last}_{count}.csv"
            if count and (not pattern or wanted(file, pattern)):
                found.append(RemoteFile(file, name))
        return found

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        """The rows as CSV with a header; they are marked as taken under the file's name."""
        table = pivot.BY_NAME[file.path]
        columns = sql.SQL(", ").join(map(sql.Identifier, ["row_id", *table.names]))
        name = sql.Identifier(table.name)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MARK.format(table=name), [file.name])
            query = sql.SQL(
                "COPY (SELECT {} FROM pivot.{} WHERE file = {} AND state = 'taken' ORDER BY row_id) TO STDOUT"
                " (FORMAT csv, DELIMITER ';', HEADER)"
            ).format(columns, name, sql.Literal(file.name))
            with cursor.copy(query) as copy:
                for block in copy:
                    into.write(block)

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        """A file of orders becomes rows of pivot.orders and pivot.order_lines; each order stands there once."""
        rows = list(csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8", newline=""), delimiter=";"))
        if rows and "order_guid" not in rows[0]:
            raise Refused(_("Only orders go up into the pivot tables."), code="only_orders")
        with transaction.atomic(), connection.cursor() as cursor:
            for table in pivot.UP:
                given = [column for column in table.names if not rows or column in rows[0]]
                cursor.executemany(
                    sql.SQL("INSERT INTO pivot.{} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
                        sql.Identifier(table.name),
                        sql.SQL(", ").join(map(sql.Identifier, given)),
                        sql.SQL(", ").join([sql.Placeholder()] * len(given)),
                    ),
                    [[row[column] for column in given] for row in rows],
                )
        return "pivot.orders"

    def move_aside(self, file: RemoteFile) -> None:
        """Rows stay beside their state."""

    def delete(self, file: RemoteFile) -> None:
        """Rows stay beside their state."""

    def close(self) -> None:
        """Nothing is open."""


def _named(folder: str) -> pivot.Table:
    table = pivot.BY_NAME.get(folder.strip("/ "))
    if table is None:
        names = ", ".join(pivot.BY_NAME)
        raise Refused(
            _("Give a pivot table as the folder: %(names)s.") % {"names": names}, code="no_table", field="folder"
        )
    return table
