"""JSON as rows, streamed: a list of objects, or one object a line. Columns are names or paths into a record."""

import io
import itertools
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import ijson

from altazion.lib.told import told as _
from integrations.engine.containers import Watched
from integrations.engine.diagnose import check_beginning
from integrations.engine.oddities import Bad
from integrations.engine.problems import FileProblem
from integrations.engine.reading import END, Reader, Row
from integrations.formats import Definition
from integrations.rules import REASON_COLUMN

LOOKED_AT = 1000  # records that tell which columns there are
LONGEST_RECORD = 16_000_000
DEEPEST = 1000
BLOCK = 4096
_ABSENT = object()
Record = dict[str, Any]


class RecordReader(Reader):
    """Rows made of records: `header` is what the mapping reads, in its order."""

    def __init__(self, watched: Watched, sample: bytes, definition: Definition) -> None:
        super().__init__(watched, sample, definition)
        watched.longest = LONGEST_RECORD

    @property
    def odd(self) -> bool:
        return True  # escapes may hide any character

    def open(self) -> Iterator[Row]:
        self._check()
        self.header = [str(source) for source in self.definition.sources] or ["record"]
        self.width = len(self.header)
        records = self._records()
        first = list(itertools.islice(records, LOOKED_AT))
        self._check_columns([record for _number, record in first if isinstance(record, dict)])
        self.is_correction = any(isinstance(record, dict) and REASON_COLUMN in record for _n, record in first[:1])
        return self._rows(itertools.chain(first, records))

    def first(self, count: int) -> tuple[list[str], list[Row]]:
        self._check()
        records = [record for _number, record in itertools.islice(self._records(), count) if isinstance(record, dict)]
        names = list(dict.fromkeys(path for record in records for path in paths_of(record)))[:500]
        read = [self._getter(name) for name in names]
        return names, [[get(record) for get in read] for record in records]

    def position(self, source: str | int) -> int | None:
        return self.header.index(str(source)) if str(source) in self.header else None

    def _check(self) -> None:
        if not self._sample.strip():
            raise FileProblem("empty_file", _("The file is empty."))

    def _records(self) -> Iterator[tuple[int, Any]]:
        """(number a person sees, record or Bad)."""
        raise NotImplementedError

    def _rows(self, records: Iterator[tuple[int, Any]]) -> Iterator[Row]:
        read = [self._getter(name) for name in self.header]
        for number, record in records:
            self.row_number = number
            if isinstance(record, Bad):
                yield record
                continue
            if not isinstance(record, dict):
                yield Bad("not_a_record", self._text_of(record)[:100], self._text_of(record))
                continue
            try:
                yield [get(record) for get in read]
            except RecursionError:
                yield Bad("too_nested", "", "")

    def _check_columns(self, records: list[Record]) -> None:
        if not records:
            return
        needed = {str(source) for column in self.definition.columns if not column.optional for source in column.sources}
        missing = sorted(
            name for name in needed if all(value_at(record, name.split("."), name) is _ABSENT for record in records)
        )
        if missing:
            present = list(dict.fromkeys(path for record in records[:50] for path in paths_of(record)))
            raise FileProblem(
                "missing_column",
                _("The file lacks the column %(missing)s that the mapping reads. Its columns are: %(present)s.")
                % {"missing": ", ".join(f"“{name}”" for name in missing), "present": ", ".join(present[:60])},
            )

    def _getter(self, name: str) -> Callable[[Record], str]:
        path = name.split(".")

        def get(record: Record) -> str:
            value = value_at(record, path, name)
            return "" if value is _ABSENT else self._text_of(value)

        return get

    def _text_of(self, value: Any) -> str:
        return text_of(value, self.definition.decimal_mark)


class JsonReader(RecordReader):
    """A list of objects, at the top or at the path `records`."""

    def _check(self) -> None:
        super()._check()
        check_json(self._sample)
        start = self._sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if not self.definition.records and start != b"[":
            lists = lists_in(self._sample)
            raise FileProblem(
                "no_list",
                _("The file is one object, not a list. Say in the mapping where its records are; its lists are: %s.")
                % (", ".join(lists) or _("none")),
            )

    def _records(self) -> Iterator[tuple[int, Any]]:
        prefix = f"{self.definition.records}.item" if self.definition.records else "item"
        number, whole = 0, _Whole(self._watched)
        try:
            for record in ijson.items(whole, prefix, buf_size=BLOCK):
                number += 1
                self._watched.mark()
                whole.open = 0
                yield number, record
        except ijson.IncompleteJSONError as error:
            raise self._broken(number, error) from error
        except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
            raise self._broken(number, error) from error
        except RecursionError as error:
            raise FileProblem("too_nested", _("Record %d is nested too deeply.") % (number + 1)) from error
        if not number and self.definition.records and self.definition.records not in lists_in(self._sample):
            raise FileProblem(
                "no_list",
                _("The file has no list at “%(path)s”. Its lists are: %(lists)s.")
                % {"path": self.definition.records, "lists": ", ".join(lists_in(self._sample)) or _("none")},
            )

    @staticmethod
    def _broken(number: int, error: Exception) -> FileProblem:
        words = " ".join(str(error).split())
        if "trailing garbage" in words:
            return FileProblem(
                "not_json", _("After the list more follows (record %d). Is it JSON with one object a line?") % number
            )
        if "invalid char in json text" in words or "invalid string in json text" in words:
            words = _("a value is neither text in quotes, number, true, false nor null")
        if "premature EOF" in words or "Incomplete" in words or "parse error: premature" in words:
            return FileProblem("truncated", _("The file is cut off after record %d.") % number)
        return FileProblem(
            "not_json",
            _("This is no valid JSON, after record %(number)d: %(why)s.")
            % {"number": number, "why": words.replace("(right here) ------^", "").strip()[:150]},
        )


class JsonLinesReader(RecordReader):
    """One object a line. A line that is none is refused by itself."""

    def __init__(self, watched: Watched, sample: bytes, definition: Definition) -> None:
        super().__init__(watched, sample, definition)
        watched.longest = 0  # lines have a limit of their own

    def _check(self) -> None:
        super()._check()
        check_beginning(self._sample, self.definition)
        if self._sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
            raise FileProblem("not_json_lines", _("The file is one JSON list, not one object a line."))

    def _records(self) -> Iterator[tuple[int, Any]]:
        good = 0
        for number, line in enumerate(self._lines(self._text()), 1):
            if line == END:
                return
            if not line.strip():
                continue
            try:
                yield number, json.loads(line, parse_float=Decimal, parse_constant=_refuse)
                good += 1
            except RecursionError:
                yield number, Bad("too_nested", "", line)
            except ValueError as error:
                if not good and number > LOOKED_AT:
                    raise FileProblem("not_json", _("No line is a JSON object.")) from error
                yield number, Bad("not_json_line", line[:60].strip(), line)


class _Whole:
    """What ijson reads from: small blocks, without the byte order mark.

    `open`: brackets opened and not closed since the last record. The parser keeps the path of each of them, which for
    a hundred thousand would be gigabytes: it must never see them.
    """

    def __init__(self, watched: Watched) -> None:
        self._watched, self._first = watched, True
        self.open = 0

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        data = self._block()
        self.open += data.count(b"[") + data.count(b"{") - data.count(b"]") - data.count(b"}")
        if self.open > DEEPEST:
            raise FileProblem("too_nested", _("The file is nested too deeply."))
        return data

    def _block(self) -> bytes:
        buffer = bytearray(BLOCK)
        count = self._watched.readinto(buffer)
        data = bytes(buffer[:count])
        if self._first:
            self._first = False
            data = data.removeprefix(b"\xef\xbb\xbf") or data
        return data


def check_json(sample: bytes) -> None:
    """JSON is UTF-8."""
    if b"\0" in sample[:100] or sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileProblem("wrong_encoding", _("JSON is written in UTF-8; this file looks like UTF-16."))
    if sample.lstrip()[:1] == b"<":
        raise FileProblem("html", _("This is a web page or XML, not JSON: the server has probably answered an error."))
    if sample[:2] == b"PK":
        raise FileProblem("not_text", _("This is a workbook, not JSON."))


def lists_in(sample: bytes) -> list[str]:
    """Paths of the lists in the beginning of a JSON file."""
    found: list[str] = []
    whole = _Whole(Watched(io.BytesIO(sample)))
    try:
        for prefix, event, _value in ijson.parse(whole, buf_size=BLOCK):
            if event == "start_array" and prefix and "item" not in prefix.split(".") and prefix not in found:
                found.append(prefix)
    except (ijson.JSONError, ValueError, RecursionError, FileProblem):
        pass  # the sample ends somewhere
    return found[:20]


def value_at(record: Any, path: list[str], name: str) -> Any:
    """What stands at a path: names, numbers of list items; a name over a list takes it of each item."""
    if isinstance(record, dict) and name in record:
        return record[name]
    value = record
    for place, step in enumerate(path):
        if isinstance(value, dict):
            value = value.get(step, _ABSENT)
        elif isinstance(value, list) and step.isascii() and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, list):
            rest = path[place:]
            found = [value_at(item, rest, ".".join(rest)) for item in value]
            return [each for each in found if each is not _ABSENT and each is not None]
        else:
            return None if value is None else _ABSENT
        if value is _ABSENT:
            return value
    return value


def paths_of(record: Any, before: str = "", depth: int = 0) -> list[str]:
    """Names and paths of the single values of a record."""
    if not isinstance(record, dict):
        return [before] if before else []
    if depth > 4:
        return [before]
    found: list[str] = []
    for name, value in list(record.items())[:500]:
        path = f"{before}.{name}" if before else name
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        found += paths_of(inner, path, depth + 1)
    return found


def text_of(value: Any, decimal_mark: str) -> str:
    """A JSON value as the cell of a table: numbers with the mapping's mark, lists of words with “|” between."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 1000 else "∞"
    if isinstance(value, Decimal | float):
        number = Decimal(str(value))
        plain = f"{number:f}" if number.is_finite() and abs(number.adjusted()) < 100 else str(number)
        return plain.replace(".", decimal_mark)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "|".join(text_of(item, decimal_mark) for item in value)
    return json.dumps(value, ensure_ascii=False, default=float)


def _refuse(name: str) -> float:
    raise ValueError(name)
