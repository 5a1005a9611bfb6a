"""The order of a listing, as far as merchandisers have a word in it. Who decided, and when, is not here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Lever(StrEnum):
    """What a multiplier takes hold of: one listing, or all with a facet value, in a segment or in a selection."""

    LISTING = "listing"
    FACET = "facet"
    SEGMENT = "segment"
    SELECTION = "selection"


@dataclass(frozen=True)
class Ranking:
    """What was decided about the order "our choice" of one listing; other orders know only what is hidden.

    pins: listings that come first, in this order, if the scope and the filters let them through.
    hidden: listings that are neither shown nor counted.
    factors: (lever, its number) → multiplier of what the place is decided by, the rank or a search's score; 1 changes
    nothing, more lifts, less buries. Several that fit are multiplied.
    """

    pins: tuple[int, ...] = ()
    hidden: frozenset[int] = frozenset()
    factors: Mapping[tuple[Lever, int], float] = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal decisions: part of the key of whatever is kept of a listing."""
        return (self.pins, tuple(sorted(self.hidden)), tuple(sorted(self.factors.items())))


UNTOUCHED = Ranking()
