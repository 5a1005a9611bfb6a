"""Stock and delivery arithmetic in plain Python: how available, from which places, on which day."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

WORKING_DAYS = frozenset({1, 2, 3, 4, 5})  # ISO numbers, Monday first
SHOP_DAYS = frozenset({1, 2, 3, 4, 5, 6})
UNLIMITED = 9999  # what is not kept on shelves never runs out


@dataclass(frozen=True)
class Shelf:
    """What a place holds of a product, seen by one who asks.

    expired: units of reservations past their time that nobody swept yet. own: units already held for the one who asks.
    """

    place_id: int
    physical: int
    safety: int = 0
    reserved: int = 0
    expired: int = 0
    own: int = 0

    @property
    def free(self) -> int:
        """Units that may still be promised, never negative."""
        return max(0, self.physical - self.safety - self.reserved + self.expired + self.own)


def counted(free: int, unavailable_below: int) -> int:
    """Units that buyers may see: fewer than the threshold count as none (operations-domain 2.6, strictly below)."""
    return free if free >= unavailable_below else 0


def level_word(quantity: int, limited_below: int | None) -> str:
    """`unavailable`, `last_pieces` or `available`."""
    if quantity <= 0:
        return "unavailable"
    return "last_pieces" if limited_below and quantity < limited_below else "available"


def low_threshold(limited_below: int | None) -> int:
    """Fewer free units than this are low: the last-pieces threshold, else the last unit."""
    return limited_below or 1


def crosses(before: int, after: int, threshold: int) -> bool:
    """True when a change takes availability from enough to below the threshold."""
    return before >= threshold > after


def choose_places(quantity: int, shelves: Iterable[Shelf]) -> dict[int, int]:
    """Units per place id for a line; `shelves` in order of rank. Empty when all together do not hold enough.

    The first place that holds the whole line takes it (one parcel); else places share it in their order.
    """
    ranked = list(shelves)
    for shelf in ranked:
        if shelf.free >= quantity:
            return {shelf.place_id: quantity}
    chosen: dict[int, int] = {}
    left = quantity
    for shelf in ranked:
        if taken := min(left, shelf.free):
            chosen[shelf.place_id] = taken
            left -= taken
    return {} if left else chosen


def day_after(start: dt.date, days: int, open_days: Collection[int]) -> dt.date:
    """The date `days` open days after the first open day on or after `start`."""
    day = start
    while True:
        if day.isoweekday() in open_days:
            if days == 0:
                return day
            days -= 1
        day += dt.timedelta(days=1)


def promise_days(
    local: dt.datetime, cutoff_hour: int, min_days: int, max_days: int, open_days: Collection[int]
) -> tuple[dt.date, dt.date]:
    """Earliest and latest day for an order placed at `local`, channel time; past the cutoff it leaves a day later."""
    days = open_days or WORKING_DAYS
    start = local.date() + dt.timedelta(days=1 if local.hour >= cutoff_hour else 0)
    return day_after(start, min_days, days), day_after(start, max(min_days, max_days), days)


def fee_of(fee: Decimal, free_from: Decimal | None, value: Decimal) -> Decimal:
    """What delivery costs, with tax, for a basket of `value` with tax."""
    return Decimal("0.00") if free_from is not None and value >= free_from else fee


def open_days_of(hours: Mapping[str, object]) -> frozenset[int]:
    """Days on which a store opens, from its hours; a store that tells none opens Monday to Saturday."""
    days = frozenset(int(day) for day, spans in hours.items() if spans and day.isdigit() and 1 <= int(day) <= 7)
    return days or SHOP_DAYS
