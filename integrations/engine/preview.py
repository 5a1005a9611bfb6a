"""The first rows of a file as the engine would understand them: its own steps and checks, in tables that never stay."""

import itertools
import uuid
from dataclasses import dataclass, field
from typing import IO

from django.db import connection, transaction
from psycopg import sql

from integrations.engine import checks, staging
from integrations.engine.diagnose import check_fields
from integrations.engine.kinds import reader_of
from integrations.engine.staging import Staging
from integrations.engine.values import ERASED, FLAG
from integrations.formats import Definition
from integrations.formats.sentences import sentence

ROWS = 20


@dataclass(frozen=True)
class PreviewCell:
    """text: as understood; why: the reason it is refused."""

    text: str
    why: str = ""
    erased: bool = False


@dataclass
class PreviewRow:
    number: int
    cells: list[PreviewCell] = field(default_factory=list)
    why: str = ""


def preview(stream: IO[bytes], definition: Definition) -> tuple[list[str], list[PreviewRow]]:
    """Fields and rows. Raises FileProblem when the file as a whole cannot be taken."""
    name = f"preview_{uuid.uuid4().hex}"
    tables = Staging(f"{name}_text", name, f"{name}_rejects")
    reader = reader_of(stream, definition)
    rows = reader.open()
    missing = {source for column in definition.columns for source in column.sources if reader.position(source) is None}
    definition = definition.without(missing)
    tables.fields = definition.fields
    check_fields(set(tables.fields), reader.names(), definition)
    with transaction.atomic():
        staging.create(tables)
        staging.fill(tables, reader, itertools.islice(rows, ROWS), definition, lambda count: None)
        checks.check(tables, definition)
        checks.make_typed(tables, definition)
        found = _collected(tables, definition)
        transaction.set_rollback(True)
    return tables.fields, found


def _collected(tables: Staging, definition: Definition) -> list[PreviewRow]:
    names = {column.target[0]: str(column.column) for column in definition.columns if column.column is not None}
    refused: dict[int, dict[str, str]] = {}
    for number, name, code, value in _rows(tables.rejects, ["row_number", "field", "code", "value"]):
        refused.setdefault(number, {})[name.split(", ")[0]] = sentence(code, names.get(name, name), value[:100])
    understood = {row[0]: row[1:] for row in _rows(tables.typed, ["row_number", *tables.fields])}
    rows = {number: PreviewRow(number, why=reasons.get("", "")) for number, reasons in refused.items()}
    for number, *cells in _rows(tables.text, ["row_number", *tables.fields]):
        good = understood.get(number)
        row = rows.setdefault(number, PreviewRow(number))
        row.cells = [
            PreviewCell(
                _plain((good[place] if good else cell) or ""),
                refused.get(number, {}).get(name, ""),
                erased=cell == ERASED,
            )
            for place, (name, cell) in enumerate(zip(tables.fields, cells, strict=True))
        ]
    return [rows[number] for number in sorted(rows)]


def _plain(cell: str) -> str:
    return (cell.split(FLAG)[2] if cell.startswith(FLAG) else "" if cell == ERASED else cell)[:200]


def _rows(table: str, names: list[str]) -> list[tuple]:
    columns = [sql.SQL("{}" if name == "row_number" else "{}::text").format(sql.Identifier(name)) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT {} FROM {} ORDER BY row_number").format(sql.SQL(", ").join(columns), sql.Identifier(table))
        )
        return cursor.fetchall()
