"""Rows that hold what no text holds: control characters, halves of characters, a file's mark glued in."""

import re

_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
GLUED = "\ufeff"


class Bad(list[str]):
    """A row that cannot be read: its reason, and what stands there. `text` is told back as it came."""

    def __init__(self, code: str, value: str, text: str) -> None:
        super().__init__()
        self.code, self.value, self.text = code, value[:200], text[:2000]


def odd_character(row: list[str]) -> str:
    """The first of them in a row, by its number in Unicode; "" when there is none."""
    if row and row[0].startswith(GLUED):  # within a text it is only a blank without width
        return "U+FEFF"
    found = _ODD.search("\n".join(row))
    return f"U+{ord(found.group()):04X}" if found else ""


def clean(row: list[str]) -> list[str]:
    """The row as it can be kept."""
    return [_ODD.sub("\ufffd", cell) for cell in row]
