"""The order of a listing, as far as merchandisers have a word in it. Who decided, and when, is not here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Lever(StrEnum):
    """What a decision takes hold of: one listing, or all with a facet value, in a segment, in a selection, or by stock.

    The number of STOCK is 1 for what is in stock, 0 for what is sold out.
    """

    LISTING = "listing"
    FACET = "facet"
    SEGMENT = "segment"
    SELECTION = "selection"
    STOCK = "stock"


@dataclass(frozen=True)
class Ranking:
    """What was decided about the order "our choice" of one listing; other orders know only what is hidden.

    pins: listings that come first, in this order, if the filters let them through; a search also shows those that its
    words do not find. positions: where each pin stands instead, from 1.
    hidden: listings that are neither shown nor counted. left_out: the same for all that a lever holds.
    factors: (lever, its number) → multiplier of what the place is decided by, the rank or a search's score; 1 changes
    nothing, more lifts, less buries. Several that fit are multiplied.
    unavailable: sold-out products stand "mixed" among the others, "last" or are "hidden", in every order.
    """

    pins: tuple[int, ...] = ()
    hidden: frozenset[int] = frozenset()
    factors: Mapping[tuple[Lever, int], float] = field(default_factory=dict)
    positions: tuple[int, ...] = ()
    left_out: frozenset[tuple[Lever, int]] = frozenset()
    unavailable: str = "mixed"

    @property
    def places(self) -> list[tuple[int, int]]:
        """(position from 1, listing), in order."""
        return sorted(zip(self.positions or range(1, len(self.pins) + 1), self.pins, strict=True))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal decisions: part of the key of whatever is kept of a listing."""
        factors = tuple(sorted(self.factors.items()))
        return (self.pins, self.positions, tuple(sorted(self.hidden)), tuple(sorted(self.left_out)), factors,
                self.unavailable)  # fmt: skip


UNTOUCHED = Ranking()


def slots(pins: Sequence[tuple[int, int]], others: int) -> dict[int, int]:
    """Place on the whole list (0 is first) → pinned listing, with `others` unpinned listings around.

    Two pins of one position stand one after the other; pins beyond the end close ranks with the last listing.
    """
    found: dict[int, int] = {}
    slot = -1
    for number, (position, listing) in enumerate(sorted(pins)):
        slot = max(position - 1, slot + 1)
        found[number + min(slot - number, others)] = listing
    return found


def cut(pinned: dict[int, int], start: int, size: int) -> tuple[int, int, dict[int, int]]:
    """A page of a list with pins: where its unpinned part starts, how long it is, and the pins of the page by slot."""
    here = {slot - start: listing for slot, listing in pinned.items() if start <= slot < start + size}
    before = sum(slot < start for slot in pinned)
    return start - before, size - len(here), here


def woven(unpinned: Sequence[int], here: dict[int, int], size: int) -> list[int]:
    """The page: pins in their slots, the others around them."""
    rest = iter(unpinned)
    page: list[int] = []
    for slot in range(size):
        listing = here.get(slot)
        if listing is None:
            listing = next(rest, None)
        if listing is not None:
            page.append(listing)
    return page
