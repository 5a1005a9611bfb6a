"""Text whose columns stand at fixed places of each line."""

from collections.abc import Iterator

from altazion.lib.told import told as _
from integrations.engine.diagnose import check_beginning
from integrations.engine.oddities import Bad
from integrations.engine.problems import FileProblem
from integrations.engine.reading import END, Reader, Row


class FixedReader(Reader):
    """`positions` of the definition say from which character to which, counted from 1."""

    def open(self) -> Iterator[Row]:
        check_beginning(self._sample, self.definition)
        self.header = list(self.definition.positions)
        self.width = len(self.header)
        return self._cut()

    def _cut(self) -> Iterator[Row]:
        places = [(first - 1, last) for first, last in self.definition.positions.values()]
        needed = {source for column in self.definition.columns if not column.optional for source in column.sources}
        least = max((ends[0] for name, ends in self.definition.positions.items() if name in needed), default=1)
        good = 0
        for read in self._lines(self._text()):
            if read == END:
                break
            self.row_number += 1
            line = read.rstrip("\r\n")
            if self.row_number <= self.definition.skip_lines or not line.strip():
                continue
            if len(line) < least:
                yield Bad("line_too_short", f"{len(line)} < {least}", line)
                if not good and self.row_number > 1000:
                    raise FileProblem(
                        "too_many_bad_rows", _("The lines are shorter than the mapping's positions: is it this file?")
                    )
                continue
            good += 1
            yield [line[first:last].strip() for first, last in places]
