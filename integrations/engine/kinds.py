"""Picks the reader that fits a mapping's kind of file, and finds out what the mapping leaves to the file."""

import io
from dataclasses import replace
from typing import IO

from integrations.engine.containers import unpack
from integrations.engine.diagnose import fitting_separator, likely_encoding
from integrations.engine.fixed import FixedReader
from integrations.engine.reading import Reader
from integrations.engine.records import JsonLinesReader, JsonReader
from integrations.engine.sheets import SheetReader
from integrations.engine.xml_records import XmlReader
from integrations.enums import FileFormat
from integrations.formats import Definition
from integrations.formats.checking import AUTO
from integrations.rules import REASON_COLUMN

_READERS: dict[str, type[Reader]] = {
    FileFormat.CSV: Reader,
    FileFormat.XLSX: SheetReader,
    FileFormat.JSON: JsonReader,
    FileFormat.JSONL: JsonLinesReader,
    FileFormat.XML: XmlReader,
    FileFormat.FIXED: FixedReader,
}


def reader_of(stream: IO[bytes], definition: Definition) -> Reader:
    """The rows of a file, packed or not. Raises FileProblem."""
    watched, sample = unpack(stream)
    if definition.file_format != FileFormat.CSV and _is_correction(sample):
        return Reader(watched, sample, as_correction(definition))
    resolved = _resolved(definition, sample)
    return _READERS[definition.file_format](watched, sample, resolved)


def as_correction(definition: Definition) -> Definition:
    """How refused rows of other kinds of files are written: as CSV, under the names that the mapping reads."""
    return replace(
        definition,
        file_format=FileFormat.CSV.value,
        encoding="utf-8-sig",
        separator=";",
        quote='"',
        has_header=True,
        skip_lines=0,
    )


def _is_correction(sample: bytes) -> bool:
    first = sample.split(b"\n", 1)[0].rstrip(b"\r")
    return first.strip(b'"').endswith(REASON_COLUMN.encode()) and b";" in first


def _resolved(definition: Definition, sample: bytes) -> Definition:
    if definition.encoding == AUTO:
        definition = replace(definition, encoding=_readable(likely_encoding(sample)))
    if definition.separator == AUTO:
        line = _line(sample, definition)
        definition = replace(definition, separator=fitting_separator(line, definition) or ";")
    return definition


def _readable(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _line(sample: bytes, definition: Definition) -> str:
    """The line that should name the columns."""
    text = io.StringIO(sample.decode(definition.encoding, "replace"))
    lines = [line for line in list(text)[definition.skip_lines :] if line.strip()]
    return lines[0] if lines else ""
