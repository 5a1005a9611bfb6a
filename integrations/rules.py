"""Cells of CSV files that people open in spreadsheets, and when a flow is late."""

import datetime as dt
import re
import statistics
from dataclasses import dataclass

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


# Relative moves of numbers, in percent: the bars of the run's page.
STEPS = (-50, -30, -10, 0, 10, 30, 50)
LEAST = 20  # of fewer things a share says nothing
LEAST_RUNS = 3  # before something is usual


@dataclass(frozen=True)
class Brakes:
    """Percentages from which on a run is held; None never holds."""

    price_fall: int = 30
    price_share: int | None = 20
    archived: int | None = 10
    rows: int | None = 50
    zero: int | None = 40
    rejected: int | None = 30


@dataclass(frozen=True)
class Facts:
    """What a run would do. fed: things its flow fed before. usual: rows of its last good runs. full: a whole file."""

    read: int
    rejected: int
    good: int
    falls: int
    to_zero: int
    archived: int
    fed: int
    full: bool
    usual: tuple[int, ...] = ()


def tripped(brakes: Brakes, facts: Facts) -> list[tuple[str, dict[str, int]]]:
    """The brakes a run trips: (which, figures for its sentence)."""
    found: list[tuple[str, dict[str, int]]] = []
    for code, limit, part, whole in (
        ("prices", brakes.price_share, facts.falls, facts.good),
        ("archived", brakes.archived, facts.archived, facts.fed),
        ("zero", brakes.zero, facts.to_zero, facts.good),
        ("rejected", brakes.rejected, facts.rejected, facts.read),
    ):
        if limit is not None and whole >= LEAST and part * 100 > limit * whole:
            share = part * 100 // whole
            found.append((code, {"share": share, "part": part, "whole": whole, "fall": brakes.price_fall}))
    if brakes.rows is not None and facts.full and len(facts.usual) >= LEAST_RUNS:
        usual = round(statistics.median(facts.usual))
        if usual >= LEAST and abs(facts.read - usual) * 100 > brakes.rows * usual:
            found.append(("rows", {"read": facts.read, "usual": usual}))
    return found
