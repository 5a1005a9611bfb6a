"""Excel workbooks as rows. A sheet is held in memory while it is read: its size is limited before it is opened."""

import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from altazion.lib.told import told as _
from integrations.engine.diagnose import check_header
from integrations.engine.oddities import Bad
from integrations.engine.problems import FileProblem
from integrations.engine.reading import MOST_COLUMNS, Reader, Row
from integrations.rules import REASON_COLUMN

LARGEST = 64 * 1024**2
LARGEST_UNPACKED = 400 * 1024**2
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")


class SheetReader(Reader):
    """One sheet: the first, or the one that the mapping names. Rows keep the number that Excel shows."""

    @property
    def odd(self) -> bool:
        return True

    def open(self) -> Iterator[Row]:
        data = self._bytes()
        archive = _checked(data)
        sheet, number = self._sheet(data)
        self._faults = _formula_errors(archive, number)
        self._read: set[int] = set()
        rows = self._rows(sheet)
        first = next((row for row in rows if not isinstance(row, Bad) and any(row)), None)
        if first is None:
            raise FileProblem("empty_file", _("The sheet is empty."))
        while first and not first[-1]:
            first.pop()
        self.width = len(first)
        if self.width > MOST_COLUMNS:
            raise FileProblem(
                "too_many_columns",
                _("The header has %(found)d columns, more than %(most)d. Are its line ends lost?")
                % {"found": self.width, "most": MOST_COLUMNS},
            )
        named = first if self.definition.has_header else []
        self._read = {
            source if isinstance(source, int) else named.index(source)
            for source in self.definition.sources
            if isinstance(source, int) or source in named
        }
        check_header(first if self.definition.has_header else list(map(str, range(self.width))), self.definition, "")
        if self.definition.has_header:
            self.header = first
            self.is_correction = REASON_COLUMN in first
            return rows
        return itertools.chain([first], rows)

    def _bytes(self) -> bytes:
        self._watched.longest = 0
        data = io.BufferedReader(self._watched).read(LARGEST + 1)
        if not data.strip():
            raise FileProblem("empty_file", _("The file is empty."))
        if len(data) > LARGEST:
            raise FileProblem("too_large", _("The workbook is larger than 64 MB; send it as CSV, which has no limit."))
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise FileProblem(
                "not_a_workbook", _("This is an old or a locked Excel file: save it as XLSX without a password.")
            )
        if not data.startswith(b"PK\x03\x04"):
            raise FileProblem("not_a_workbook", _("This is no Excel workbook (XLSX), as its mapping says."))
        return data

    def _sheet(self, data: bytes) -> tuple[Any, int]:
        try:
            book = python_calamine.load_workbook(io.BytesIO(data))
            names = book.sheet_names
            wanted = self.definition.sheet
            if not names or (wanted and wanted not in names):
                raise FileProblem(
                    "no_sheet",
                    _("The workbook has no sheet “%(name)s”. Its sheets are: %(names)s.")
                    % {"name": wanted, "names": ", ".join(names)},
                )
            place = names.index(wanted) if wanted else 0
            return book.get_sheet_by_index(place), place
        except (python_calamine.CalamineError, python_calamine.PasswordError, OSError, ValueError) as error:
            raise FileProblem("not_a_workbook", _("The workbook is damaged: %s.") % error) from error

    def _rows(self, sheet: Any) -> Iterator[Row]:
        try:
            for number, cells in enumerate(sheet.iter_rows(), 1):
                self.row_number = number
                if number <= self.definition.skip_lines:
                    continue
                row = [self._text_of(cell) for cell in cells]
                if fault := next((says for place, says in self._faults.get(number, ()) if place in self._read), ""):
                    yield Bad("formula_error", fault, " | ".join(row))
                elif any(row):
                    while len(row) > max(self.width, 1) and not row[-1]:
                        row.pop()
                    yield row
        except python_calamine.CalamineError as error:
            raise FileProblem("not_a_workbook", _("The workbook is damaged: %s.") % error) from error

    def _text_of(self, cell: Any) -> str:
        if isinstance(cell, str):
            return cell.strip()
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, int | float):
            whole = float(cell).is_integer() and abs(cell) < 1e15
            return str(int(cell)) if whole else repr(float(cell)).replace(".", self.definition.decimal_mark)
        if isinstance(cell, dt.datetime | dt.date | dt.time):
            if self.definition.date_format == "iso" or isinstance(cell, dt.time):
                return cell.isoformat()
            return cell.strftime(self.definition.date_format)
        return "" if cell is None else str(cell)


def _checked(data: bytes) -> zipfile.ZipFile:
    """The workbook as an archive, whose size is known before anything unpacks it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileProblem("truncated", _("The compressed file is damaged or cut off.")) from error
    names = {info.filename for info in infos}
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileProblem("macros", _("The workbook holds macros: save it as XLSX without them."))
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        raise FileProblem("not_a_workbook", _("This is a ZIP archive, but no Excel workbook."))
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise FileProblem("bomb", _("Unpacked the workbook would be larger than 400 MB: send it as CSV."))
    if any(info.flag_bits & 1 for info in infos):
        raise FileProblem("encrypted", _("The archive is locked with a password. Send it without one."))
    return archive


def _formula_errors(archive: zipfile.ZipFile, number: int) -> dict[int, list[tuple[int, str]]]:
    """Errors such as #N/A by the row's number: (column from 0 on, cell and error)."""
    found: dict[int, list[tuple[int, str]]] = {}
    try:
        name = _part_of(archive, number)
        if name not in archive.namelist():
            return {}
        with archive.open(name) as stream:
            if not _holds(stream, b't="e"'):
                return {}
        with archive.open(name) as stream:
            for _event, element in iterparse(stream, events=("end",), forbid_dtd=True):
                if element.tag == f"{_MAIN}c" and element.get("t") == "e":
                    word = next((child.text or "" for child in element if child.tag == f"{_MAIN}v"), "")
                    _note(found, str(element.get("r", "")), word)
                elif element.tag == f"{_MAIN}row":
                    element.clear()
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise FileProblem("not_a_workbook", _("The workbook is damaged: %s.") % error) from error
    return found


def _note(found: dict[int, list[tuple[int, str]]], place: str, word: str) -> None:
    letters, digits = place.rstrip("0123456789"), place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    if digits.isascii() and digits.isdigit():
        found.setdefault(int(digits), []).append((column - 1, f"{place} {word if word in _ERRORS else ''}".strip()))


def _part_of(archive: zipfile.ZipFile, number: int) -> str:
    """Where the sheet of that place lies in the archive."""
    book = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
    links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    sheets = [sheet.get(f"{_LINK}id") for sheet in book.iter(f"{_MAIN}sheet")]
    targets = {link.get("Id"): str(link.get("Target", "")) for link in links}
    target = targets.get(sheets[number] if number < len(sheets) else None, "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _holds(stream: Any, words: bytes) -> bool:
    tail = b""
    while block := stream.read(1 << 20):
        if words in tail + block:
            return True
        tail = block[-len(words) :]
    return False
