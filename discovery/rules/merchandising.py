"""Which rules of merchandising hold for a list at an instant, and what they decide together."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from discovery.rules.ranking import Lever, Ranking


@dataclass(frozen=True)
class Effect:
    """One effect of a rule on whatever `lever` and `number` name.

    kind: pin, boost, bury or hide. position: of a pin, from 1. factor: a boost multiplies by it, a bury divides.
    """

    kind: str
    lever: Lever
    number: int
    position: int = 0
    factor: float = 1.0

    @property
    def times(self) -> float:
        """What it multiplies a score by; 1 for a pin and a hide."""
        return {"boost": self.factor, "bury": 1 / self.factor}.get(self.kind, 1.0)


@dataclass(frozen=True)
class Rule:
    """A rule of merchandising. starts counts, ends is the first instant that does not; None is open."""

    id: int
    name: str
    place: str
    queries: frozenset[str] = frozenset()
    segment_id: int | None = None
    selection_id: int | None = None
    starts: dt.datetime | None = None
    ends: dt.datetime | None = None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What a list is about: a plain query, a segment, a selection."""

    query: str = ""
    segment_id: int | None = None
    selection_id: int | None = None


def holds(rule: Rule, asked: Asked, *, at: dt.datetime) -> bool:
    """Whether the rule speaks about this list at this instant."""
    if (rule.starts and at < rule.starts) or (rule.ends and at >= rule.ends):
        return False
    if rule.place == "query":
        return bool(asked.query) and asked.query in rule.queries
    if asked.query:
        return False
    if rule.place == "segment":
        return asked.segment_id is not None and rule.segment_id == asked.segment_id
    return asked.selection_id is not None and rule.selection_id == asked.selection_id


def decided(rules: Iterable[Rule], *, unavailable: str = "mixed") -> Ranking:
    """What rules decide together, the first of them first: a listing is pinned once, factors multiply."""
    rules = list(rules)
    pins: dict[int, int] = {}
    factors: dict[tuple[Lever, int], float] = {}
    for effect in (effect for rule in rules for effect in rule.effects):
        if effect.kind == "pin" and effect.lever == Lever.LISTING:
            pins.setdefault(effect.number, effect.position)
        elif effect.kind in {"boost", "bury"}:
            aim = (effect.lever, effect.number)
            factors[aim] = factors.get(aim, 1.0) * effect.times
    in_order: Sequence[tuple[int, int]] = sorted((position, listing) for listing, position in pins.items())
    hides = [effect for rule in rules for effect in rule.effects if effect.kind == "hide"]
    return Ranking(
        pins=tuple(listing for _position, listing in in_order),
        positions=tuple(position for position, _listing in in_order),
        hidden=frozenset(effect.number for effect in hides if effect.lever == Lever.LISTING),
        left_out=frozenset((effect.lever, effect.number) for effect in hides if effect.lever != Lever.LISTING),
        factors=factors,
        unavailable=unavailable,
    )
