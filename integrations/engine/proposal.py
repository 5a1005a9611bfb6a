"""What a run changes, kept by the database while it happens (`lib.tracking`), and its figures."""

import tempfile
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import connection
from psycopg import sql

from integrations.engine.staging import execute
from integrations.rules import STEPS

TABLE = "integrations_change"
_MINE = "id > %(first)s AND id < %(last)s AND run_id = %(run)s"
MOST_FIELDS = 200
BIGGEST = 8
NUMBERS = (("price", "amount"), ("stock", "quantity"))


@dataclass(frozen=True)
class Changes:
    """Where a run's changes lie, and their figures."""

    first: int
    last: int
    totals: dict[str, Any] = field(default_factory=dict)
    falls: int = 0
    to_zero: int = 0


def begin(run_id: int) -> int:
    """Mark the transaction as this run's; returns where its changes begin."""
    execute(
        "SELECT set_config('altazion.run', %s, true), set_config('altazion.changes', %s, true)", [str(run_id), TABLE]
    )
    return _place()


def end(run_id: int, first: int, *, price_fall: int = 30) -> Changes:
    """Take the mark off and work out the figures. price_fall: percent from which on a price falls much."""
    execute("SELECT set_config('altazion.run', '', true)")
    mine = {"run": run_id, "first": first, "last": _place()}
    if not _rows(f"SELECT 1 FROM {TABLE} WHERE {_MINE} LIMIT 1", mine):
        return Changes(first, mine["last"])
    listed, falls, to_zero = _by_field(mine, price_fall)
    moves = {
        f"{about}.{name}": _moves(mine, about, name)
        for about, name in NUMBERS
        if any((each["about"], each["field"]) == (about, name) and each["kind"] == "changed" for each in listed)
    }
    return Changes(first, mine["last"], {"fields": listed, "moves": moves}, falls, to_zero)


def forget(run_id: int, first: int | None, last: int | None) -> None:
    """Remove a run's changes."""
    if first is not None and last is not None:
        execute(f"DELETE FROM {TABLE} WHERE {_MINE}", {"run": run_id, "first": first, "last": last})


def spool(run_id: int, changes: Changes) -> IO[bytes]:
    """The run's changes and rejections in a temporary file: they outlive the writes they describe (constant memory)."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - `unspool` closes it
    bounds = {"first": changes.first, "last": changes.last, "run": run_id}
    for query in (
        f"SELECT * FROM {TABLE} WHERE {_MINE}",
        "SELECT * FROM integrations_rejection WHERE run_id = %(run)s",
    ):
        size_at = kept.tell()
        kept.write(bytes(8))
        with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", bounds) as copy:
            for block in copy:
                kept.write(block)
        after = kept.tell()
        kept.seek(size_at)
        kept.write((after - size_at - 8).to_bytes(8, "big"))
        kept.seek(after)
    kept.seek(0)
    return kept


def unspool(kept: IO[bytes]) -> None:
    """Bring back what `spool` kept."""
    for table in (TABLE, "integrations_rejection"):
        left = int.from_bytes(kept.read(8), "big")
        target = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
        with connection.cursor() as cursor, cursor.copy(target) as copy:
            while left:
                block = kept.read(min(left, 1 << 18))
                left -= len(block)
                copy.write(block)
    kept.close()


def _place() -> int:
    return int(_rows(f"SELECT nextval(pg_get_serial_sequence('{TABLE}', 'id'))", {})[0][0])


def _by_field(mine: dict[str, int], price_fall: int) -> tuple[list[dict[str, Any]], int, int]:
    """Counts by kind and field, the most frequent first; prices that fall much; stock that goes to zero."""
    numbers = " OR ".join(f"(about = '{about}' AND field = '{name}')" for about, name in NUMBERS)
    rows = _rows(
        f"WITH c AS (SELECT about, kind, field, old, new, CASE WHEN {numbers} THEN old::numeric END AS was,"
        f" CASE WHEN {numbers} THEN new::numeric END AS becomes FROM {TABLE} WHERE {_MINE})"
        " SELECT about, kind, field, count(*), count(*) FILTER (WHERE becomes > was),"
        " count(*) FILTER (WHERE becomes < was),"
        " count(*) FILTER (WHERE about = 'price' AND becomes < was * (1 - %(fall)s / 100.0)),"
        " count(*) FILTER (WHERE about = 'stock' AND becomes = 0 AND was > 0)"
        " FROM c GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        {**mine, "fall": price_fall},
    )
    listed = [
        {"about": about, "kind": kind, "field": name, "rows": count, "up": up, "down": down}
        for about, kind, name, count, up, down, *_ in rows[:MOST_FIELDS]
    ]
    return listed, sum(row[6] for row in rows), sum(row[7] for row in rows)


def _moves(mine: dict[str, int], about: str, name: str) -> dict[str, Any]:
    """How many rows move by how much, and the rows that move most."""
    this = {**mine, "about": about, "field": name}
    changed = (
        f"SELECT id, label, scope, old, new, CASE WHEN old::numeric = 0 THEN 1000 ELSE"
        f" (new::numeric - old::numeric) * 100 / old::numeric END AS percent FROM {TABLE} WHERE {_MINE}"
        " AND about = %(about)s AND field = %(field)s AND kind = 'changed' AND old IS NOT NULL AND new IS NOT NULL"
    )
    bars = dict(
        _rows(
            f"SELECT width_bucket(percent, %(steps)s::numeric[]), count(*) FROM ({changed}) m GROUP BY 1",
            {**this, "steps": list(STEPS)},
        )
    )
    biggest = _rows(
        f"SELECT label, scope, old, new FROM ({changed}) m ORDER BY abs(percent) DESC, id LIMIT {BIGGEST}", this
    )
    return {
        "bars": [bars.get(bucket, 0) for bucket in range(len(STEPS) + 1)],
        "biggest": [dict(zip(("label", "scope", "old", "new"), row, strict=True)) for row in biggest],
    }


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
