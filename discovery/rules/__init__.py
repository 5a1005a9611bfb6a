"""The order of lists as plain facts."""

from discovery.rules.merchandising import Asked, Effect, Rule, decided, holds
from discovery.rules.ranking import UNTOUCHED, Lever, Ranking, cut, slots, woven

__all__ = ["UNTOUCHED", "Asked", "Effect", "Lever", "Ranking", "Rule", "cut", "decided", "holds", "slots", "woven"]
