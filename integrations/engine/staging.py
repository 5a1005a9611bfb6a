"""The staging tables of one run, and the COPY that fills the first of them."""

import datetime as dt
import gc
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from altazion.lib.told import told as _
from integrations.engine.oddities import Bad, odd_character
from integrations.engine.problems import FileProblem
from integrations.engine.reading import Reader, Row
from integrations.engine.rows import Cells, column_mapper, condition
from integrations.formats import Definition
from integrations.rules import unguarded

BATCH = 2000
BATCHES_PER_COPY = 50  # short transactions: events of others wait for the oldest one that is open
_MOST_BAD_ROWS = 200_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass
class Staging:
    """Names of a run's tables: `text` as read, `typed` as checked, `rejects`. `fields` are staged."""

    text: str
    typed: str
    rejects: str
    refused: str = ""
    fields: list[str] = field(default_factory=list)
    rows: int = 0

    @classmethod
    def of(cls, run_id: int, attempt: int) -> "Staging":
        name = f"staging_run_{run_id}_{attempt}"
        return cls(f"{name}_text", name, f"{name}_rejects")


def execute(statement: str | sql.Composable, params: Any = None) -> int:
    """Run a statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def create(staging: Staging) -> None:
    """Make the text and the rejects table, unlogged: they hold nothing that the raw file does not."""
    columns = [sql.SQL("{} text").format(sql.Identifier(name)) for name in staging.fields]
    execute(
        sql.SQL("CREATE UNLOGGED TABLE {} (row_number bigint, {}) WITH (autovacuum_enabled = false)").format(
            sql.Identifier(staging.text), sql.SQL(", ").join(columns)
        )
    )
    execute(
        sql.SQL(
            "CREATE UNLOGGED TABLE {} (row_number bigint NOT NULL, field text NOT NULL DEFAULT '',"
            " code text NOT NULL, value text NOT NULL DEFAULT '')"
        ).format(sql.Identifier(staging.rejects))
    )


def drop(run_id: int) -> None:
    """Remove every staging table of a run, those of attempts that died included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ %s", [rf"^staging_run_{run_id}_[0-9]+"]
        )
        names = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        if names:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.SQL(", ").join(names)))


def left_behind(ended_before: dt.datetime) -> list[int]:
    """Runs that are over and have staging tables all the same: their worker died before it swept them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.id FROM pg_class c JOIN integrations_run r"
            " ON r.id = substring(c.relname FROM '^staging_run_([0-9]+)_')::bigint"
            " WHERE c.relkind = 'r' AND c.relname ~ '^staging_run_[0-9]+_'"
            " AND r.state NOT IN ('running', 'waiting')"
            " AND coalesce(r.finished_at, r.queued_at) < %s",
            [ended_before],
        )
        return [number for (number,) in cursor.fetchall()]


def fill(
    staging: Staging, reader: Reader, rows: Iterator[Row], definition: Definition, tell: Callable[[int], None]
) -> None:
    """COPY the mapped rows into the text table; rows of a wrong width go to the rejects. `tell` hears row counts."""
    columns = sql.SQL(", ").join(map(sql.Identifier, ["row_number", *staging.fields]))
    target = sql.SQL("COPY {} ({}) FROM STDIN WITH (NULL '')").format(sql.Identifier(staging.text), columns)
    bad: list[tuple[int, str, str, str]] = []
    kept = _wide_enough(rows, reader, definition, bad)
    selected = _selected(kept, reader, definition)
    columns_of = column_mapper(definition, reader.position)
    batches = iter(lambda: [(reader.row_number, row) for row in itertools.islice(selected, BATCH)], [])
    with _no_cycles(), connection.cursor() as cursor:
        for first in batches:
            with transaction.atomic(), cursor.copy(target) as copy:
                for batch in itertools.chain([first], itertools.islice(batches, BATCHES_PER_COPY - 1)):
                    copy.write(copy_text([number for number, _ in batch], columns_of([row for _, row in batch])))
                    staging.rows += len(batch)
                    tell(staging.rows)
    if bad:
        staging.rows += len(bad)
        _reject(staging, bad)
    tell(staging.rows)


def _wide_enough(
    rows: Iterator[Row], reader: Reader, definition: Definition, bad: list[tuple[int, str, str, str]]
) -> Iterator[Row]:
    """Rows with a cell for every column; those that cannot be completed are added to `bad`."""
    width, header, last_needed = reader.width, reader.header, _last_needed(definition, reader)
    for row in rows:
        if reader.odd and (odd := odd_character(row)):
            bad.append((reader.row_number, "", *_odd(odd, row, reader)))
            continue
        if row == header and header:
            bad.append((reader.row_number, "", "header_again", ""))
            continue
        if len(row) != width:
            if isinstance(row, Bad):
                bad.append((reader.row_number, "", row.code, row.value))
                if len(bad) > _MOST_BAD_ROWS:
                    raise FileProblem("too_many_bad_rows", _("Most rows cannot be read. Is it the right kind of file?"))
                continue
            if fault := _fault(row, width, last_needed):
                bad.append((reader.row_number, "", fault, str(len(row))))
                if len(bad) > _MOST_BAD_ROWS:
                    raise FileProblem(
                        "too_many_bad_rows", _("Most rows have a wrong number of cells. Is the separator right?")
                    )
                continue
            row.extend([""] * (width - len(row)))
            del row[width:]
        yield row


def _selected(rows: Iterator[Row], reader: Reader, definition: Definition) -> Iterator[Row]:
    """The rows that count: without those to pass over, guards taken off, exploded."""
    if reader.is_correction:
        rows = ([unguarded(cell) for cell in row] for row in rows)
    if tests := [condition(item, reader.position) for item in definition.skip_rows_where]:
        rows = (row for row in rows if not any(test(row) for test in tests))
    explode = _exploder(definition, reader)
    return rows if explode is None else itertools.chain.from_iterable(map(explode, rows))


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Rows hold no cycles: looking for some among them would take half of the reading time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def copy_text(numbers: list[int], columns: list[Cells]) -> str:
    """Columns in COPY's text format; an empty cell is NULL (`NULL ''`)."""
    lines = zip(map(str, numbers), *map(_escaped, columns), strict=True)
    return "\n".join(map("\t".join, lines)) + "\n"


def _escaped(cells: Cells) -> Cells:
    whole = "".join(cells)
    if "\\" in whole or "\n" in whole or "\t" in whole or "\r" in whole:
        return [cell.translate(_ESCAPES) for cell in cells]
    return cells


def _odd(odd: str, row: Row, reader: Reader) -> tuple[str, str]:
    """Code and value for a row with a character that no text has."""
    bare = [cell.lstrip("\ufeff") for cell in row]
    if bare == reader.header:
        return "header_again", ""
    names = reader.names()
    where = next((place for place, cell in enumerate(row) if odd_character([cell])), 0)
    return ("glued" if odd == "U+FEFF" else "odd_character"), f"{odd}, {names[where] if where < len(names) else where}"


def _fault(row: Row, width: int, last_needed: int) -> str:
    if len(row) > width:
        return "too_many_cells" if any(cell.strip() for cell in row[width:]) else ""
    return "too_few_cells" if len(row) <= last_needed else ""


def _last_needed(definition: Definition, reader: Reader) -> int:
    needed = [
        reader.position(source) for column in definition.columns if not column.optional for source in column.sources
    ]
    return max((place for place in needed if place is not None), default=-1)


def _exploder(definition: Definition, reader: Reader) -> Callable[[Row], list[Row]] | None:
    """One row for each part of a cell: `explode: {column: categories, by: ","}`."""
    place = reader.position(definition.explode["column"]) if definition.explode else None
    if place is None:
        return None
    mark = str(definition.explode.get("by", ","))

    def explode(row: Row) -> list[Row]:
        parts = [part.strip() for part in row[place].split(mark) if part.strip()] or [""]
        return [[*row[:place], part, *row[place + 1 :]] for part in parts]

    return explode


def _reject(staging: Staging, bad: list[tuple[int, str, str, str]]) -> None:
    target = sql.SQL("COPY {} (row_number, field, code, value) FROM STDIN").format(sql.Identifier(staging.rejects))
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        for row in bad:
            copy.write_row(row)
