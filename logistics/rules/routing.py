"""Which places prepare an order: candidates, scored, then chosen by ranked rules (operations-domain 2.7, 2.11).

A candidate is a set of places that together serve the lines. Rules look at the candidates one after the other, each
keeps those close enough to the best by its score; why each other one fell is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from logistics.rules.geo import Spot, km_between

PARCELS, PRIORITY, DISTANCE, COST, DELAY, MARGIN = "parcels", "priority", "distance", "cost", "delay", "margin"
STORES, WAREHOUSES, STOCK = "stores", "warehouses", "stock"
MORE_IS_BETTER = frozenset({PRIORITY, MARGIN, STORES, WAREHOUSES, STOCK})
NOTHING, NO_SPLIT, TOO_MANY = "nothing", "no_split", "too_many"
SHORTLIST = 16  # places looked at together; the others can only complete a solution that these do not give
MOST_CANDIDATES = 400


@dataclass(frozen=True)
class Need:
    """Units of a product for one line; `value`: what one unit earns, fees of sending aside."""

    line: str
    product: int
    units: int
    value: Decimal = Decimal(0)


@dataclass(frozen=True)
class Sender:
    """A place that may send: the higher the priority the sooner; `cost` of one parcel, `days` to prepare it."""

    place: int
    name: str
    units: Mapping[int, int]  # free by product
    priority: int = 50
    spot: Spot | None = None
    cost: Decimal = Decimal(0)
    days: int = 0
    is_store: bool = False


@dataclass(frozen=True)
class Limits:
    """What a channel lets routing do; `shipments` at most, None: as many as it takes."""

    split: bool = True
    partial: bool = False
    shipments: int | None = None


@dataclass(frozen=True)
class Rule:
    """Keep the candidates whose score is within `tolerance` of the best."""

    score: str
    tolerance: Decimal = Decimal(0)


DEFAULT_RULES = (Rule(PARCELS), Rule(PRIORITY), Rule(DISTANCE))


@dataclass(frozen=True)
class Candidate:
    """Units by place and line, with its scores; a score of None loses to any number."""

    shares: dict[int, dict[str, int]]
    scores: dict[str, Decimal | None] = field(default_factory=dict)

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(sorted(self.shares))


@dataclass(frozen=True)
class Lost:
    """A candidate that was not chosen: by which score, what it had and what the best had."""

    candidate: Candidate
    score: str
    had: Decimal | None
    best: Decimal | None


@dataclass(frozen=True)
class Routed:
    """The solution, or None with `why`; `unshippable` units by line; the losers, closest first."""

    chosen: Candidate | None
    unshippable: dict[str, int] = field(default_factory=dict)
    why: str = ""
    lost: tuple[Lost, ...] = ()


def route(
    needs: Sequence[Need],
    senders: Sequence[Sender],
    *,
    target: Spot | None = None,
    limits: Limits | None = None,
    rules: Sequence[Rule] = DEFAULT_RULES,
) -> Routed:
    """Choose who sends what. Without `partial`, one line that nobody can send leaves the whole order unrouted."""
    limits = limits or Limits()
    able, short = _sendable(needs, senders)
    if not able or (short and not limits.partial):
        return Routed(None, short, NOTHING)
    most = min(len(senders), 1 if not limits.split else limits.shipments or len(senders))
    found = candidates(able, _ranked(senders, able, target), most)
    if not found:
        return Routed(None, {need.line: need.units for need in able} | short, TOO_MANY if limits.split else NO_SPLIT)
    by_place = {sender.place: sender for sender in senders}
    scored = [Candidate(shares, scores_of(shares, able, by_place, target)) for shares in found]
    chosen, lost = choose(scored, rules)
    return Routed(chosen, short, "", tuple(lost))


def choose(scored: Iterable[Candidate], rules: Sequence[Rule]) -> tuple[Candidate, list[Lost]]:
    """The candidate that the rules leave, and why each other fell; the same candidates give the same answer."""
    left = sorted(scored, key=lambda each: each.places)
    lost: list[Lost] = []
    for rule in rules:
        known = [had for each in left if (had := each.scores.get(rule.score)) is not None]
        if not known or len(left) == 1:
            continue
        best = max(known) if rule.score in MORE_IS_BETTER else min(known)
        stay = [each for each in left if _close(each.scores.get(rule.score), best, rule.tolerance)]
        fell = [each for each in left if each not in stay]
        lost = [Lost(each, rule.score, each.scores.get(rule.score), best) for each in fell] + lost
        left = stay
    return left[0], [Lost(each, "", None, None) for each in left[1:]] + lost


def scores_of(
    shares: Mapping[int, Mapping[str, int]],
    needs: Sequence[Need],
    senders: Mapping[int, Sender],
    target: Spot | None,
) -> dict[str, Decimal | None]:
    """Priority and distance weigh by distinct articles; a place without coordinates is left out of the mean."""
    by_line = {need.line: need for need in needs}
    priority = far = weight = stores = stock = 0.0
    value = cost = Decimal(0)
    for place, lines in shares.items():
        sender = senders[place]
        articles = len({by_line[line].product for line in lines})
        priority += sender.priority * articles
        stores += articles if sender.is_store else 0
        stock += sum(sender.units.get(by_line[line].product, 0) for line in lines)
        cost += sender.cost
        value += sum((by_line[line].value * units for line, units in lines.items()), Decimal(0))
        if target and sender.spot:
            far += km_between(sender.spot, target) * articles
            weight += articles
    everything = sum(len({by_line[line].product for line in lines}) for lines in shares.values())
    return {
        PARCELS: Decimal(len(shares)),
        PRIORITY: Decimal(int(priority)),
        DISTANCE: Decimal(str(round(far / weight, 1))) if weight else None,
        COST: cost,
        DELAY: Decimal(max(senders[place].days for place in shares)),
        MARGIN: value - cost,
        STORES: Decimal(int(stores)),
        WAREHOUSES: Decimal(everything - int(stores)),
        STOCK: Decimal(int(stock)),
    }


def candidates(needs: Sequence[Need], senders: Sequence[Sender], most: int) -> list[dict[int, dict[str, int]]]:
    """Sets of places that serve all needs, each with who sends what: the smallest, and those of one place more.

    Among the first places of the list every set is looked at; where these do not do, one solution is put together
    greedily from all. Bounded, however many places there are.
    """
    short = list(senders[:SHORTLIST])
    found: list[dict[int, dict[str, int]]] = []
    smallest = 0
    for size in range(1, min(most, len(short), 3) + 1):
        if smallest and size > smallest + 1:
            break
        for group in combinations(short, size):
            shares = _shared(needs, group)
            if shares is not None and len(shares) == size:
                smallest = smallest or size
                found.append(shares)
        if len(found) > MOST_CANDIDATES:
            break
    for sender in senders[SHORTLIST:]:  # who can send all alone is never passed over
        alone = _shared(needs, (sender,))
        if alone is not None:
            found.append(alone)
    if not found:
        greedy = _greedy(needs, senders)
        if greedy is not None and len(greedy) <= most:
            found.append(greedy)
    return found[: MOST_CANDIDATES * 2]


def _close(had: Decimal | None, best: Decimal, tolerance: Decimal) -> bool:
    return had is not None and abs(had - best) <= tolerance


def _sendable(needs: Sequence[Need], senders: Sequence[Sender]) -> tuple[list[Need], dict[str, int]]:
    """The needs cut down to what all places hold together, and the units that nobody holds, by line."""
    left: dict[int, int] = {}
    for sender in senders:
        for product, units in sender.units.items():
            left[product] = left.get(product, 0) + max(0, units)
    able, short = [], {}
    for need in needs:
        units = min(need.units, left.get(need.product, 0))
        left[need.product] = left.get(need.product, 0) - units
        if units < need.units:
            short[need.line] = need.units - units
        if units:
            able.append(Need(need.line, need.product, units, need.value))
    return able, short


def _ranked(senders: Sequence[Sender], needs: Sequence[Need], target: Spot | None) -> list[Sender]:
    """Those that hold anything asked: who serves most lines whole, then priority, then nearness."""

    def key(sender: Sender) -> tuple[float, ...]:
        whole = sum(sender.units.get(need.product, 0) >= need.units for need in needs)
        far = km_between(sender.spot, target) if sender.spot and target else float("inf")
        return -whole, -sender.priority, far, sender.place

    return sorted((one for one in senders if any(one.units.get(need.product, 0) > 0 for need in needs)), key=key)


def _shared(needs: Sequence[Need], group: Sequence[Sender]) -> dict[int, dict[str, int]] | None:
    """Who of the group sends what, the best of it first; None when together they do not hold it all."""
    ranked = sorted(group, key=lambda sender: -sender.priority)
    left = {(sender.place, product): units for sender in ranked for product, units in sender.units.items()}
    shares: dict[int, dict[str, int]] = {}
    for need in sorted(needs, key=lambda need: -need.units):
        whole = [one for one in ranked if left.get((one.place, need.product), 0) >= need.units]
        wanted = need.units
        for sender in whole[:1] or ranked:
            taken = min(wanted, max(0, left.get((sender.place, need.product), 0)))
            if taken:
                shares.setdefault(sender.place, {})[need.line] = taken
                left[sender.place, need.product] -= taken
                wanted -= taken
        if wanted:
            return None
    return shares


def _greedy(needs: Sequence[Need], senders: Sequence[Sender]) -> dict[int, dict[str, int]] | None:
    """The place that serves most of what is left, again and again."""
    wanted = {need.line: need.units for need in needs}
    free = {sender.place: dict(sender.units) for sender in senders}
    shares: dict[int, dict[str, int]] = {}
    while any(wanted.values()):
        best: dict[str, int] = {}
        chosen: Sender | None = None
        for sender in senders:
            if sender.place in shares:
                continue
            given = _given(needs, wanted, dict(free[sender.place]))
            if sum(given.values()) > sum(best.values()):
                best, chosen = given, sender
        if chosen is None:
            return None
        shares[chosen.place] = best
        for line, units in best.items():
            wanted[line] -= units
    return shares


def _given(needs: Sequence[Need], wanted: Mapping[str, int], free: dict[int, int]) -> dict[str, int]:
    given = {}
    for need in needs:
        if units := min(wanted[need.line], max(0, free.get(need.product, 0))):
            given[need.line] = units
            free[need.product] -= units
    return given
