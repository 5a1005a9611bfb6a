"""A run's refused rows as a file of the kind that came, to be corrected and sent again."""

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from integrations.enums import FileFormat
from integrations.formats.checking import AUTO, PREFIXES
from integrations.formats.sentences import sentence
from integrations.models import Rejection, Run
from integrations.rules import REASON_COLUMN, guarded


def reject_lines(run: Run) -> Iterator[bytes]:
    """The file: written as the mapping says, with the reasons in a last column `altazion_reason`.

    Cells that a spreadsheet would take for formulas are guarded; the engine takes the guards off again.
    """
    mapping = run.definition.get("mapping", {})
    if mapping.get("file_format", FileFormat.CSV) != FileFormat.CSV:  # the engine knows them when they come back
        mapping = {}
    encoding, separator = mapping.get("encoding", "utf-8-sig"), str(mapping.get("separator", ";"))
    encode = codecs.getincrementalencoder("utf-8-sig" if encoding == AUTO else encoding)("replace").encode
    write = _writer(";" if separator == AUTO else separator, str(mapping.get("quote", '"')))
    header, names = _columns(run), column_names(run)
    yield encode(write([*header, REASON_COLUMN]))
    rows = run.rejections.order_by("row_number", "id").iterator(chunk_size=2000)
    for _number, group in itertools.groupby(rows, key=lambda rejection: rejection.row_number):
        reasons = list(group)
        cells = [guarded(str(reasons[0].raw.get(name, ""))) for name in header]
        yield encode(write([*cells, guarded(" ".join(why(reason, names) for reason in reasons))]))


def why(rejection: Rejection, names: dict[str, str], value: str | None = None) -> str:
    """The sentence of a rejection, with the file's own names of columns (`column_names`)."""
    field = ", ".join(names.get(part, part) for part in rejection.field.split(", "))
    return sentence(rejection.code, field, rejection.value if value is None else value)


def column_names(run: Run) -> dict[str, str]:
    """What the file calls the columns that feed each field: colleagues know those, not our fields."""
    header = run.definition.get("header") or []
    names: dict[str, str] = {}
    inside: dict[str, list[str]] = {}  # several columns in one field
    for column in run.definition.get("mapping", {}).get("columns", []):
        source = column.get("column")
        source = source[0] if isinstance(source, list) and source else source
        if isinstance(source, int):
            source = header[source] if source < len(header) and not str(header[source]).isdigit() else None
        if source:
            names.setdefault(column["field"], source)
            prefix, colon, _key = str(column["field"]).partition(":")
            if colon and prefix in PREFIXES:
                inside.setdefault(PREFIXES[prefix], []).append(str(source))
    return {**names, **{field: " / ".join(found[:4]) for field, found in inside.items()}}


def _columns(run: Run) -> list[str]:
    """The columns in the order of the file (jsonb does not keep it), and those that too long rows have more."""
    header = list(run.definition.get("header") or [])
    wide = run.rejections.filter(code="too_many_cells").values_list("raw", flat=True)[:1000]
    extra = {name for raw in wide for name in raw if name.startswith("+")} - set(header)
    return header + sorted(extra, key=lambda name: int(name[1:]) if name[1:].isdigit() else 0)


def _writer(separator: str, quote: str) -> Callable[[list[str]], str]:
    if not quote:  # nothing can be quoted: the cells came without separators, the reasons must not have any
        return lambda cells: separator.join(" ".join(c.replace(separator, " ").splitlines()) for c in cells) + "\r\n"
    out = io.StringIO()
    writer: Any = csv.writer(out, delimiter=separator, quotechar=quote, lineterminator="\r\n")

    def write(cells: list[str]) -> str:
        out.seek(0)
        out.truncate()
        writer.writerow(cells)
        return out.getvalue()

    return write
