"""Lists answered by sets: which entries a list is about, how many listings each further choice leaves, its pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappush, heapreplace
from typing import Any

from django.core.cache import cache
from django.db import connection
from pyroaring import BitMap

from discovery.rules import LOWEST_RANK, NOTHING, PRICE_STEPS, Entries, Kind, Lever, Ranking, Slice, first, step_bounds
from discovery.rules import union as union_of
from discovery.rules.order import Some
from discovery.selectors.facets import Counted
from discovery.selectors.navigation import KEEP_SECONDS
from discovery.selectors.questions import FacetQuestion, facet_questions
from discovery.selectors.scope import MOST_FACETS, PRICE, STORE, price_range
from discovery.selectors.scope import MOST_VALUES as MOST_CHOSEN
from discovery.selectors.snapshot import Snapshot

MOST_VALUES = 60  # of one facet
Bounds = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Question:
    """Entries of a list, and what the filters leave. filters: (facet, what it lets through, what it asked for)."""

    channel: int
    base: Entries
    filters: list[tuple[str, Entries, list[str]]]

    @property
    def passing(self) -> Entries:
        return self.without("")

    def without(self, code: str) -> Entries:
        """What all filters but one let through."""
        found = self.base
        for facet, entries, _values in self.filters:
            if facet != code:
                found = found & entries
        return found


def ask(
    snap: Snapshot,
    *,
    channel: int,
    within: Iterable[Entries],
    chosen: dict[str, list[str]],
    place: int | None,
    in_store_only: bool,
    ranking: Ranking,
) -> Question:
    """A list in sets. Unknown facets are ignored; a known facet with unknown values lets nothing through.

    One query for each price range that is no counted one, else none.
    """
    base = snap.entries(Kind.ALL)
    for scope in within:
        base = base & scope
    base = _obey(snap, base, ranking)
    wanted = {code: [v for v in values if v][:MOST_CHOSEN] for code, values in list(chosen.items())[:MOST_FACETS]}
    filters = []
    prices = wanted.pop(PRICE, [])
    if ranges := [bounds for text in prices if (bounds := price_range(text))]:
        costing = union_of(_costing(snap, channel, base, bounds) for bounds in ranges)
        filters.append((PRICE, costing, prices))
    for code, values in sorted(wanted.items()):
        if values and code in snap.facets:
            found = union_of(snap.entries(Kind.FACET, pk) for pk in snap.value_ids(code, values))
            filters.append((code, found, values))
    if in_store_only and place is not None:
        filters.append((STORE, snap.entries(Kind.PLACE, place), ["1"]))
    return Question(channel, base, filters)


def count(snap: Snapshot, question: Question, *, version: str, place: int | None, segments: Iterable[int]) -> Counted:
    """How many listings each choice leaves: a facet counts as if nothing were chosen in it."""
    passing = question.passing
    filtered = {code: (question.without(code), values) for code, _entries, values in question.filters}
    counted = Counted(total=len(passing), names=snap.names)
    for code, ids in snap.facets.items():
        left, values = filtered.get(code, (passing, []))
        if found := _values(snap, left, ids, set(snap.value_ids(code, values)) if values else set()):
            counted.values[code] = found
    left, _chosen = filtered.get(PRICE, (passing, []))
    for step in range(len(PRICE_STEPS) + 1):
        if found_here := left.common(snap.entries(Kind.STEP, step)):
            counted.prices[step] = found_here
    for segment in segments:
        if found_here := passing.common(snap.entries(Kind.SEGMENT, segment)):
            counted.segments[segment] = found_here
    if place is not None:
        left, _chosen = filtered.get(STORE, (passing, []))
        counted.in_store = left.common(snap.entries(Kind.PLACE, place))
    counted.questions = _questions(snap, version)
    return counted


def page(
    snap: Snapshot, passing: Entries, *, sort: str, ranking: Ranking, start: int, size: int, apart: BitMap
) -> list[int]:
    """The listings at some places of an order; `apart` are those that stand elsewhere."""
    listings = passing.listings - apart
    stocked: list[Slice] = []
    if ranking.unavailable == "last":
        stocked = [((passing & snap.entries(Kind.STOCK)).listings, True)]
    rank = snap.slices(Kind.RANK, descending=True)
    if sort == "price":
        return first(listings, [*stocked, *snap.slices(Kind.PRICE, descending=False), *rank], start, size)
    if sort == "price_desc":
        return first(listings, [*stocked, *snap.slices(Kind.PRICE, descending=True), *rank], start, size)
    if sort == "new":
        return first(listings, [*stocked, *snap.slices(Kind.NEW, descending=True)], start, size)
    if not ranking.factors:
        return first(listings, [*stocked, *rank], start, size)
    groups = weights(snap, passing, listings, ranking)
    return _merged(groups, stocked, rank, start, size)


def held(snap: Snapshot, lever: Lever, number: int) -> Entries:
    """What a merchandiser's decision takes hold of."""
    if lever == Lever.LISTING:
        return Entries(BitMap([number]) if 0 <= number < 1 << 32 else BitMap())
    if lever == Lever.STOCK:
        stocked = snap.entries(Kind.STOCK)
        return stocked if number else snap.entries(Kind.ALL).less(stocked, _slots(snap))
    return snap.entries(Kind(lever.value), number)


def _obey(snap: Snapshot, base: Entries, ranking: Ranking) -> Entries:
    if ranking.unavailable == "hidden":
        base = base & snap.entries(Kind.STOCK)
    if ranking.hidden:
        base = base.without(BitMap([pk for pk in ranking.hidden if 0 <= pk < 1 << 32]))
    for lever, number in ranking.left_out:
        base = base.less(held(snap, lever, number), _slots(snap))
    return base


def _slots(snap: Snapshot) -> list[Entries]:
    return [entries for (kind, _number), entries in snap.sets.items() if kind == Kind.SLOT]


def _values(snap: Snapshot, left: Entries, ids: Sequence[int], chosen: set[int]) -> list[tuple[int, int]]:
    """(value, listings) of a facet's most frequent values and of the chosen ones, the most frequent first.

    `ids` stand in the order of how frequent they are at all: once sixty are found, what is rarer than the rarest of
    them need not be looked at.
    """
    found: list[tuple[int, int]] = []
    best: list[int] = []
    for pk in ids:
        entries = snap.sets[Kind.FACET, pk]
        if len(best) == MOST_VALUES and len(entries.listings) <= best[0]:
            if not chosen:
                break
            if pk not in chosen:
                continue
        number = left.common(entries)
        if not number and pk not in chosen:
            continue
        found.append((pk, number))
        if len(best) < MOST_VALUES:
            heappush(best, number)
        elif number > best[0]:
            heapreplace(best, number)
    found.sort(key=lambda each: (each[0] not in chosen, -each[1], each[0]))
    return sorted(found[: MOST_VALUES + len(chosen)], key=lambda each: -each[1])


def _costing(snap: Snapshot, channel: int, base: Entries, bounds: Bounds) -> Entries:
    """Entries that cost from … below: counted ranges as they are, the cut ones by looking at what they hold."""
    found = NOTHING
    for step in range(len(PRICE_STEPS) + 1):
        entries, (low, high) = snap.entries(Kind.STEP, step), step_bounds(step)
        if not _meet((low, high), bounds) or not entries:
            continue
        if _inside((low, high), bounds):
            found = found | entries
        else:
            found = found | _looked_up(channel, (base & entries).listings, bounds, (low, high))
    return found


def _meet(step: Bounds, bounds: Bounds) -> bool:
    (low, high), (wanted_low, wanted_high) = step, bounds
    return (high is None or wanted_low is None or wanted_low < high) and (
        low is None or wanted_high is None or low < wanted_high
    )


def _inside(step: Bounds, bounds: Bounds) -> bool:
    (low, high), (wanted_low, wanted_high) = step, bounds
    return (wanted_low is None or (low is not None and wanted_low <= low)) and (
        wanted_high is None or (high is not None and high <= wanted_high)
    )


def _looked_up(channel: int, listings: Some, bounds: Bounds, step: Bounds) -> Entries:
    parameters: dict[str, Any] = {"channel": channel, "listings": list(listings), "low": bounds[0], "high": bounds[1],
                  "from": step[0], "below": step[1]}  # fmt: skip
    part: dict[int, BitMap] = {}
    with connection.cursor() as sql:
        sql.execute(
            "SELECT slot, listing_id FROM discovery_indexentry"
            " WHERE channel_id = %(channel)s AND listing_id = ANY(%(listings)s::bigint[]) AND offered"
            "   AND list_price >= COALESCE(%(low)s::numeric, list_price)"
            "   AND list_price >= COALESCE(%(from)s::numeric, list_price)"
            "   AND (%(high)s::numeric IS NULL OR list_price < %(high)s)"
            "   AND (%(below)s::numeric IS NULL OR list_price < %(below)s)",
            parameters,
        )
        for slot, listing in sql.fetchall():
            part.setdefault(slot, BitMap()).add(listing)
    return Entries(part=part)


def _questions(snap: Snapshot, version: str) -> dict[str, FacetQuestion]:
    """What the facets ask in words. Kept per version of the index."""
    key = f"asked:{version}"
    kept: dict[str, FacetQuestion] | None = cache.get(key)
    if kept is None:
        kept = facet_questions(snap.facets.keys())
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def weights(snap: Snapshot, passing: Entries, listings: Some, ranking: Ranking) -> dict[float, Some]:
    """The listings by what their rank is multiplied with."""
    groups: dict[float, Some] = {1.0: listings}
    for (lever, number), times in ranking.factors.items():
        taken = held(snap, lever, number)
        inside = (passing & taken).listings
        if times < 1:  # a listing is as good as its best entry: it is buried only if nothing else of it passes
            inside = inside - passing.less(taken, _slots(snap)).listings
        split: dict[float, Some] = {}
        for factor, group in groups.items():
            for part, weight in ((group & inside, factor * times), (group - inside, factor)):
                split[weight] = split[weight] | part if weight in split else part
        groups = {weight: group for weight, group in split.items() if group}
    return groups


def _merged(groups: dict[float, Some], stocked: list[Slice], rank: list[Slice], start: int, size: int) -> list[int]:
    """Ranks that are multiplied: the best of each group, merged."""
    best = []
    for weight, group in groups.items():
        for pk in first(group, [*stocked, *rank], 0, start + size):
            value = sum((pk in bit) << (len(rank) - 1 - place) for place, (bit, _leads) in enumerate(rank))
            sold_out = any(pk not in bit for bit, _leads in stocked)
            best.append((sold_out, -(value + LOWEST_RANK) * weight, -pk))
    return [-pk for _sold_out, _weight, pk in sorted(best)[start : start + size]]
