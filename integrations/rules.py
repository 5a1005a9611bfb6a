"""Cells of CSV files that people open in spreadsheets, and when a flow is late."""

import datetime as dt
import re
import statistics
from collections.abc import Sequence
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
MOST_RUNS = 10  # that say what is usual


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
    usual = off_the_usual(facts.read, facts.usual, brakes.rows) if facts.full else None
    if usual is not None:
        found.append(("rows", {"read": facts.read, "usual": usual}))
    return found


STAGES = ("reading", "checking", "merging", "keeping")


def stage_seconds(steps: Sequence[tuple[str, dt.datetime]], end: dt.datetime) -> dict[str, float]:
    """How long each stage of a run took. steps: (stage, when it began), in order."""
    found: dict[str, float] = {}
    for number, (what, began) in enumerate(steps):
        over = steps[number + 1][1] if number + 1 < len(steps) else end
        if what in STAGES:
            found[what] = found.get(what, 0.0) + max((over - began).total_seconds(), 0.0)
    return found


@dataclass(frozen=True)
class Estimate:
    """How far a run is: percent of all of it; seconds left, None when nobody can know."""

    percent: int | None
    seconds_left: int | None = None
    slower: bool = False


def estimate(
    stage: str, spent: float, share: int | None, rows: int, before: dict[str, float], rows_before: int
) -> Estimate:
    """From what an earlier run of the flow took (`before`, seconds by stage for `rows_before` rows).

    spent: seconds in the present stage. share: percent of it that is done, where it is known. Without an earlier run
    only the share of the present stage can be told.
    """
    if stage not in STAGES:
        return Estimate(None)
    if not before or not rows_before or (stage == "reading" and not (share and rows)):
        left = round(spent * (100 - share) / share) if share and stage == "merging" else None
        return Estimate(share, left)
    expected_rows = rows * 100 / share if stage == "reading" and share else rows
    scale = max(expected_rows / rows_before, 0.001)
    place = STAGES.index(stage)
    mine = spent * 100 / share if share else max(before.get(stage, 0.0) * scale, spent)
    later = sum(before.get(name, 0.0) * scale for name in STAGES[place + 1 :])
    earlier = sum(before.get(name, 0.0) * scale for name in STAGES[:place])
    whole = earlier + mine + later
    slower = not share and spent > before.get(stage, 0.0) * scale * 1.2
    return Estimate(
        min(99, round((earlier + spent) * 100 / whole)) if whole else None,
        None if slower else round(max(mine - spent, 0) + later),
        slower,
    )


def off_the_usual(rows: int, before: Sequence[int], percent: int | None) -> int | None:
    """What is usual, when a run has many more or fewer rows than that; None when it is as always.

    before: rows of the last good runs, the newest first. The one rule of the brake on whole files and of the alarm.
    """
    if percent is None or len(before) < LEAST_RUNS:
        return None
    usual = round(statistics.median(before[:MOST_RUNS]))
    return usual if usual >= LEAST and abs(rows - usual) * 100 > percent * usual else None
