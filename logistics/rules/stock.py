"""Stock arithmetic: how available, from which places."""

from collections.abc import Iterable
from dataclasses import dataclass

UNLIMITED = 9999  # what is not kept on shelves never runs out


@dataclass(frozen=True)
class Shelf:
    """What a place holds of a product, seen by one who asks.

    expired: units of reservations past their time that nobody swept yet. own: units already held for the one who asks.
    ceiling: units at most that a supply rule lets count; None: all. withdrawn: units that a person keeps back now.
    """

    place_id: int
    physical: int
    safety: int = 0
    reserved: int = 0
    expired: int = 0
    own: int = 0
    ceiling: int | None = None
    withdrawn: int = 0

    @property
    def free(self) -> int:
        """Units that may still be promised, never negative."""
        free = max(0, self.physical - self.withdrawn - self.safety - self.reserved + self.expired + self.own)
        return free if self.ceiling is None else min(free, self.ceiling)


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
