"""Which kind of file it is, and what it says. A file that is none of them, or broken, is refused with a sentence."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounting.adapters import camt, cfonb, ofx, table
from accounting.rules.bank import Statement
from altazion.lib.problems import Invalid

FORMATS = {"cfonb": "CFONB 120", "camt": "CAMT.053", "ofx": "OFX", "csv": "CSV"}
LARGEST = 20 * 1024 * 1024
MOST_LINES = 100_000


def read_statements(content: bytes, csv: Mapping[str, Any] | None = None) -> tuple[str, list[Statement]]:
    """(format, statements) of a file. csv: how the account's CSV files are written. Raises Invalid."""
    if not content.strip():
        raise Invalid(_("The file is empty."), code="empty", field="file")
    if len(content) > LARGEST:
        raise Invalid(_("The file is larger than 20 MB: no bank statement is."), code="too_large", field="file")
    if content[:2] == b"PK" or content[:4] == b"%PDF":
        raise Invalid(_("This is no statement for machines: ask the bank for CFONB, CAMT, OFX or CSV."), field="file")
    kind = _kind(content)
    found = table.read(content, csv or {}) if kind == "csv" else _READERS[kind](content)
    if not found or not any(one.first for one in found):
        raise Invalid(_("The file holds no statement."), code="empty", field="file")
    if sum(len(one.lines) for one in found) > MOST_LINES:
        raise Invalid(_("The file holds more than 100,000 lines."), code="too_large", field="file")
    for one in found:
        if not one.adds_up:
            total = sum(line.amount for line in one.lines)
            text = _("It does not add up: %(opening)s before and lines of %(total)s do not make %(closing)s.")
            raise Invalid(
                text % {"opening": one.opening, "total": total, "closing": one.closing}, code="unbalanced", field="file"
            )
    return kind, [one for one in found if one.first]


_READERS = {"cfonb": cfonb.read, "camt": camt.read, "ofx": ofx.read}


def _kind(content: bytes) -> str:
    head = content[:4000].lstrip(b"\xef\xbb\xbf").lstrip()
    upper = head.upper()
    if upper.startswith(b"OFXHEADER") or b"<OFX>" in upper:
        return "ofx"
    if head.startswith(b"<"):
        return "camt"
    first = head.splitlines()[0] if head else b""
    return "cfonb" if first[:2] in (b"01", b"04", b"07") and len(first) >= 100 and first[2:7].isalnum() else "csv"
