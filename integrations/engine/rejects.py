"""Keeps refused rows with the run: field, code, value, and the row as it stood in the file."""

import json
from collections.abc import Callable, Iterator

from django.db import connection
from psycopg import sql

from integrations.engine.oddities import Bad, clean
from integrations.engine.reading import Reader
from integrations.engine.staging import Staging, execute

MOST_KEPT = 200_000


def keep_rejections(tables: Staging, run_id: int, reopen: Callable[[], Reader]) -> int:
    """Copy the rejects into the run's rejections (at most MOST_KEPT rows), reading the file once more for the rows."""
    rejects = sql.Identifier(tables.rejects)
    raw = sql.Identifier(f"{tables.typed}_raw")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT DISTINCT row_number FROM {} ORDER BY row_number LIMIT %s").format(rejects), [MOST_KEPT]
        )
        numbers = [number for (number,) in cursor.fetchall()]
    execute(sql.SQL("CREATE UNLOGGED TABLE {} (row_number bigint, raw jsonb)").format(raw))
    _copy_rows(raw, numbers, reopen())
    return execute(
        sql.SQL(
            "INSERT INTO integrations_rejection (run_id, row_number, field, code, value, raw)"
            " SELECT %s, r.row_number, left(r.field, 60), left(r.code, 40), left(r.value, 250), w.raw"
            " FROM (SELECT DISTINCT row_number, field, code, value FROM {}) r JOIN {} w USING (row_number)"
            " ORDER BY r.row_number"
        ).format(rejects, raw),
        [run_id],
    )


def _copy_rows(table: sql.Identifier, numbers: list[int], reader: Reader) -> None:
    rows = _rows_of(numbers, reader)
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
        for number, cells in rows:
            copy.write_row((number, json.dumps(cells, ensure_ascii=False)))


def _rows_of(numbers: list[int], reader: Reader) -> Iterator[tuple[int, dict[str, str]]]:
    wanted = iter(numbers)
    want = next(wanted, None)
    for row in reader.open():
        if want is None:
            return
        if reader.row_number == want:
            if isinstance(row, Bad):
                yield want, {reader.names()[0]: clean([row.text])[0]}
                want = next(wanted, None)
                continue
            extra = [f"+{place}" for place in range(1, len(row) - reader.width + 1)]
            yield want, dict(zip(clean([*reader.names(), *extra]), clean(row), strict=False))
            want = next(wanted, None)
