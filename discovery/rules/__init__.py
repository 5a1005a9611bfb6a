"""The order of lists, and the sets that they are counted with, as plain facts."""

from discovery.rules.entries import NOTHING, Entries, union
from discovery.rules.kinds import BITS, CHUNK, LOWEST_RANK, PRICE_STEPS, SPOKEN, Kind, step_bounds
from discovery.rules.merchandising import Asked, Effect, Rule, decided, holds
from discovery.rules.order import Slice, first
from discovery.rules.ranking import UNTOUCHED, Lever, Ranking, cut, slots, woven

__all__ = [
    "BITS",
    "CHUNK",
    "LOWEST_RANK",
    "NOTHING",
    "PRICE_STEPS",
    "SPOKEN",
    "UNTOUCHED",
    "Asked",
    "Effect",
    "Entries",
    "Kind",
    "Lever",
    "Ranking",
    "Rule",
    "Slice",
    "cut",
    "decided",
    "first",
    "holds",
    "slots",
    "step_bounds",
    "union",
    "woven",
]
