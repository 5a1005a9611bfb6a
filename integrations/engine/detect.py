"""Finds out how a sample is written: kind of file, encoding, separator, marks, dates, columns with first values."""

import datetime as dt
import io
import re
from dataclasses import dataclass, field, replace
from typing import IO, Any

from integrations.engine.containers import unpack
from integrations.engine.diagnose import fitting_separator, likely_encoding
from integrations.engine.kinds import reader_of
from integrations.engine.records import lists_in
from integrations.engine.xml_records import elements_in
from integrations.enums import FileFormat
from integrations.formats import Definition

FIRST = 20
DATES = ("iso", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2})?.*)?|20\d{6}")
_COMMA = re.compile(r"[+-]?(\d{1,3}([ .\u00a0\u202f]\d{3})+|\d+),\d+")
_POINT = re.compile(r"[+-]?(\d{1,3}([ ,]\d{3})+|\d+)\.\d+")


@dataclass(frozen=True)
class Looked:
    """What was found. `settings` fit a mapping; `unsure`: codes of what the sample cannot tell."""

    settings: dict[str, Any]
    names: list[str] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def detect(stream: IO[bytes], entity: str) -> Looked:
    """How a sample is written. Raises FileProblem when it cannot be read at all."""
    _watched, sample = unpack(stream)
    settings = _writing(sample)
    stream.seek(0)
    names, values = first_rows(stream, Definition(code="sample", entity=entity, columns=(), **settings))
    marks, unsure = _marks(values)
    return Looked({**settings, **marks}, names, values, unsure)


def first_rows(stream: IO[bytes], definition: Definition) -> tuple[list[str], list[list[str]]]:
    """Columns and first rows of a file. Raises FileProblem."""
    return reader_of(stream, replace(definition, columns=())).first(FIRST)


def _writing(sample: bytes) -> dict[str, Any]:
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if sample[:2] == b"PK":
        return {"file_format": FileFormat.XLSX.value}
    if start[:1] == b"<" and not start[:14].lower().startswith((b"<!doctype html", b"<html")):
        elements = elements_in(sample)
        return {"file_format": FileFormat.XML.value, "records": elements[0] if elements else "item"}
    if start[:1] == b"[":
        return {"file_format": FileFormat.JSON.value}
    if start[:1] == b"{":
        lines = start.split(b"\n", 2)
        if len(lines) > 1 and lines[1].lstrip()[:1] == b"{" and lines[0].rstrip().endswith(b"}"):
            return {"file_format": FileFormat.JSONL.value}
        lists = lists_in(sample)
        return {"file_format": FileFormat.JSON.value, "records": lists[0] if lists else ""}
    encoding = likely_encoding(sample)
    encoding = "utf-8-sig" if encoding in ("utf-8", "utf-8-sig") else encoding
    text = io.StringIO(sample.decode(encoding, "replace"))
    line = next((line for line in text if line.strip()), "")
    nothing = Definition(code="sample", entity="", columns=(), separator="\0")
    return {
        "file_format": FileFormat.CSV.value,
        "encoding": encoding,
        "separator": fitting_separator(line, nothing) or ";",
    }


def _marks(values: list[list[str]]) -> tuple[dict[str, Any], list[str]]:
    cells = [cell.strip() for row in values for cell in row if cell.strip()]
    found: dict[str, Any] = {}
    unsure = []
    commas, points = [c for c in cells if _COMMA.fullmatch(c)], [c for c in cells if _POINT.fullmatch(c)]
    if commas and not points:
        found["decimal_mark"] = ","
        if any("." in cell for cell in commas):
            found["thousands_mark"] = "."
    elif points and any("," in cell for cell in points):
        found["thousands_mark"] = ","
    if commas and points:
        unsure.append("marks")
    dates = [cell for cell in cells if _DATE.fullmatch(cell)]
    fitting = [name for name in DATES if dates and all(_reads(cell, name) for cell in dates)]
    if fitting:
        found["date_format"] = fitting[0]
        if {"%d/%m/%Y", "%m/%d/%Y"} <= set(fitting):
            unsure.append("day_or_month")
    elif dates:
        unsure.append("dates")
    return found, unsure


def _reads(cell: str, date_format: str) -> bool:
    try:
        if date_format == "iso":
            dt.datetime.fromisoformat(cell)
        else:
            dt.datetime.strptime(cell, date_format)  # noqa: DTZ007 - only whether it reads
    except ValueError:
        return False
    return True
