"""Cells of CSV files that people open in spreadsheets, and when a flow is late."""

import datetime as dt
import re

REASON_COLUMN = "altazion_reason"  # the column that a rejects file has more than the file it came from
_ACTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"^[+-]?[\d\s.,()]*$")


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula; numbers and telephone numbers stay as they are."""
    return f"'{cell}" if cell.startswith(_ACTS) and not _NUMBER.match(cell) else cell


def unguarded(cell: str) -> str:
    """What stood in the cell before `guarded`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_ACTS) else cell


def is_late(last_at: dt.datetime | None, every_minutes: int | None, at: dt.datetime) -> bool:
    """True when a flow that is expected every so often has been silent for longer, with a tenth of grace."""
    if not every_minutes:
        return False
    return last_at is None or at - last_at > dt.timedelta(minutes=every_minutes * 1.1)
