"""Rows into bytes: CSV, Excel, JSON. Each writer keeps one row in memory at a time."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.enums import ExportFormat
from integrations.exports.contents import Content
from integrations.exports.wishes import Row
from integrations.rules import guarded

EXCEL_ROWS = 1_048_575
EXCEL_CELL = 32_767


def write(content: Content, rows: Iterable[Row], file_format: str, into: IO[bytes]) -> int:
    """Write header and rows; returns how many rows. Raises Refused for more rows than the format can hold."""
    rows = _safe(rows) if content.guarded else rows
    if file_format == ExportFormat.XLSX:
        return _xlsx(content.columns, rows, into)
    if file_format == ExportFormat.JSON:
        return _json(content.columns, rows, into)
    return _csv(content, rows, into)


def _safe(rows: Iterable[Row]) -> Iterator[Row]:
    """No cell that a spreadsheet would take for a formula."""
    for row in rows:
        yield tuple(guarded(cell) for cell in row)


def _csv(content: Content, rows: Iterable[Row], into: IO[bytes]) -> int:
    text = io.TextIOWrapper(into, "utf-8", newline="", write_through=False)
    writer = csv.writer(text, delimiter=content.separator, lineterminator="\r\n")
    writer.writerow(content.columns)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    text.flush()
    text.detach()
    return count


def _json(columns: Row, rows: Iterable[Row], into: IO[bytes]) -> int:
    count = 0
    into.write(b"[")
    for row in rows:
        line = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        into.write((",\n" if count else "\n").encode() + line.encode())
        count += 1
    into.write(b"\n]\n")
    return count


def _xlsx(columns: Row, rows: Iterable[Row], into: IO[bytes]) -> int:
    options: dict[str, Any] = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(into, options)
    sheet = book.add_worksheet()
    count = 0
    try:
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name)
        for row in rows:
            count += 1
            if count > EXCEL_ROWS:
                raise Refused(_("Excel holds at most %d rows: choose CSV or a filter.") % EXCEL_ROWS, code="too_many")
            for place, value in enumerate(row):
                if value:
                    sheet.write_string(count, place, value[:EXCEL_CELL])
    finally:
        book.close()
    return count
