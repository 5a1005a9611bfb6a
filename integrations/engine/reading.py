"""Streams a text file as rows in constant memory, and refuses what is cut off, binary, or not as described."""

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from altazion.lib.told import told as _
from integrations.engine.containers import SAMPLE, Watched
from integrations.engine.diagnose import check_beginning, check_header, likely_encoding, wrong_encoding
from integrations.engine.problems import FileProblem
from integrations.formats import Definition
from integrations.rules import REASON_COLUMN

LONGEST_LINE = 4 * 1024 * 1024
LONGEST_CELL = 1024 * 1024
MOST_COLUMNS = 5000
END = "\x03end of file\x03"
Row = list[str]


class Reader:
    """The rows of one file. `header` is known once iteration has begun, `rows` counts every row, blank ones too."""

    def __init__(self, watched: Watched, sample: bytes, definition: Definition) -> None:
        self.definition = definition
        self.header: Row = []
        self.width = 0
        self.row_number = 0
        self.is_correction = False
        self._watched = watched
        self._sample = sample
        self._first_line = ""

    @property
    def odd(self) -> bool:
        """True when rows may hold characters that no text has."""
        return self._watched.odd

    def position(self, source: str | int) -> int | None:
        """Where a column stands, None when the file lacks it."""
        if isinstance(source, int):
            return source if source < self.width else None
        try:
            return self.header.index(source)
        except ValueError:
            return None

    def open(self) -> Iterator[Row]:
        """Read the header (checked against the definition); what is left to iterate are the rows."""
        check_beginning(self._sample, self.definition)
        lines = self._lines(self._text())
        csv.field_size_limit(LONGEST_CELL)
        rows = csv.reader(
            lines,
            delimiter=self.definition.separator,
            quotechar=self.definition.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.definition.quote else csv.QUOTE_NONE,
        )
        for _passed in range(self.definition.skip_lines):
            self.row_number += 1
            next(rows, None)
        first = self._first(rows)
        self.width = len(first)
        if self.width > MOST_COLUMNS:
            raise FileProblem(
                "too_many_columns",
                _("The header has %(found)d columns, more than %(most)d. Are its line ends lost?")
                % {"found": self.width, "most": MOST_COLUMNS},
            )
        shown = first if self.definition.has_header else [str(place) for place in range(len(first))]
        check_header(shown, self.definition, self._first_line)
        if self.definition.has_header:
            self.header = first
            self.is_correction = REASON_COLUMN in first
            return self._rest(rows)
        if first[-1] == REASON_COLUMN:  # a rejects file names its columns even where the file it came from does not
            self.is_correction = True
            return self._rest(rows)
        return itertools.chain([first], self._rest(rows))

    def first(self, count: int) -> tuple[list[str], list[Row]]:
        """Names of the columns and the first rows, for people who describe the file."""
        rows = list(itertools.islice(self.open(), count))
        return self.names(), rows

    def names(self) -> list[str]:
        """Names of the columns for people, each once: the header, or their numbers."""
        names, seen = self.header or [str(place) for place in range(self.width)], dict[str, int]()
        for place, name in enumerate(names):
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                names = [*names[:place], f"{name} ({seen[name]})", *names[place + 1 :]]
        return names

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BufferedReader(self._watched, SAMPLE), encoding=self.definition.encoding, newline="")

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        read: Callable[[int], str] = text.readline
        number = 0
        try:
            while line := read(LONGEST_LINE):
                number += 1
                if number == 1:
                    self._first_line = line
                if "\0" in line:
                    raise FileProblem(
                        "not_text", _("Line %d holds a NUL byte: the file is damaged or binary.") % number
                    )
                if len(line) >= LONGEST_LINE:
                    raise FileProblem(
                        "line_too_long",
                        _("Line %d is longer than 4 million characters. Are its line ends lost?") % number,
                    )
                yield line
        except UnicodeDecodeError as error:
            start, end = error.object.rfind(b"\n", 0, error.start) + 1, error.object.find(b"\n", error.end)
            around = error.object[start : end if end > 0 else None][:100_000]
            number += 1 + error.object[: error.start].count(b"\n")
            raise wrong_encoding(self.definition, likely_encoding(bytes(around), cut=False), number) from error
        except UnicodeError as error:  # UTF-16 without its mark, an odd last byte
            raise wrong_encoding(self.definition, likely_encoding(self._sample), number + 1) from error
        yield END

    def _first(self, rows: Iterator[Row]) -> Row:
        """The first row that is not blank."""
        with _readable(self):
            for row in rows:
                self.row_number += 1
                if row and row != [END]:
                    if row[-1].endswith(END):
                        break
                    return [cell.strip() for cell in row] if self.definition.has_header else row
        raise FileProblem("empty_file", _("The file is empty."))

    def _rest(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows after the first. Blank ones are passed over but counted."""
        width, short, short_before, cells = self.width, False, False, 0
        with _readable(self):
            for row in rows:
                self.row_number += 1
                if len(row) != width or width == 1:
                    if row == [END]:
                        break
                    if not row:
                        continue
                    cells = len(row)
                short_before, short = short_before or short, len(row) < width
                yield row
            else:
                raise FileProblem("truncated", _unclosed(self.row_number))
        if short and not short_before:
            raise FileProblem(
                "truncated",
                _("The file seems cut off: its last row (%(row)d) has %(cells)d cells where %(width)d are expected.")
                % {"row": self.row_number - 1, "cells": cells, "width": width},
            )


@contextmanager
def _readable(reader: Reader) -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        raise FileProblem(
            "line_too_long",
            _("Row %(row)d cannot be read (%(error)s). A quotation mark is probably opened and never closed.")
            % {"row": reader.row_number + 1, "error": error},
        ) from error


def _unclosed(row: int) -> str:
    return _("The file ends inside a quoted cell (row %d): it is cut off, or a quotation mark is never closed.") % row
