"""Lists of a search: the words are looked up once, everything else is answered by the process's own sets.

The database says which entries hold the words; filters, counts and orders other than by words are the same bitmaps as
of any list. Words rank at most `RANKED` listings, those that they are about: what carries the code or the keyword, then
what holds the words in its name, then the most important. Behind them importance alone decides.
"""

import hashlib
import sys
from array import array
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from pyroaring import BitMap

from discovery.rules import Entries, Kind, Ranking, Slice, first
from discovery.rules.order import Some
from discovery.selectors import sets
from discovery.selectors.common import common_hits
from discovery.selectors.engine import found_outside
from discovery.selectors.navigation import KEEP_SECONDS
from discovery.selectors.scope import Scope
from discovery.selectors.snapshot import Snapshot
from discovery.selectors.text import TextMatch, match
from stores.models import SalesChannel

RANKED = 1000
NAME = "ts_filter(e.{column}, '{{a}}'::\"char\"[])"  # the words of names; indexed so


@dataclass(frozen=True)
class Found:
    """What holds a search's words. leads: listings that go before others whatever their score, the first first.

    named: listings that hold the words in their name, if that is known already.
    """

    text: TextMatch
    entries: Entries
    leads: tuple[BitMap, ...] = ()
    named: Some | None = None


def found(
    query: str, snap: Snapshot, *, channel: SalesChannel, language: str, version: str, as_typed: bool = False
) -> Found:
    """The entries of a search. Kept per version of the index, whatever filters are put on it."""
    key = f"found:{version}:{language}:{as_typed:d}:{hashlib.sha256(query.encode()).hexdigest()[:32]}"
    kept: Found | None = cache.get(key)
    if kept is None:
        text = found_outside(query, channel=channel, language=language)
        text = text or match(query, channel=channel, language=language, version=version, as_typed=as_typed)
        kept = _looked_up(text, snap, channel)
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def ordered(
    snap: Snapshot, question: sets.Question, found: Found, scope: Scope, ranking: Ranking, apart: BitMap
) -> tuple[list[int], Some, list[Slice]]:
    """The listings that the words rank, best first; the others, and what orders those."""
    passing = question.passing
    listings = passing.listings - apart
    ahead: list[Slice] = [(lead, True) for lead in found.leads]
    if ranking.unavailable == "last":
        ahead.append(((passing & snap.entries(Kind.STOCK)).listings, True))
    rank = snap.slices(Kind.RANK, descending=True)
    if len(listings) <= RANKED:
        return _scored(scope, passing, listings), BitMap(), rank
    named = _named(found.text, scope) if found.named is None else found.named
    slices = [*ahead, (named, True), *rank]
    candidates = BitMap()
    for group in (sets.weights(snap, passing, listings, ranking) if ranking.factors else {1.0: listings}).values():
        candidates |= BitMap(first(group, slices, 0, RANKED))
    return _scored(scope, passing, candidates), listings - candidates, slices


def _looked_up(text: TextMatch, snap: Snapshot, channel: SalesChannel) -> Found:
    if text.condition == "false":
        return Found(text, Entries())
    if text.tree and (common := common_hits(text.tree, channel=channel.pk, column=text.column)):
        offered, unseen = common.offered, common.unseen.listings
        return Found(
            text, Entries(offered.whole | (unseen - offered.listings), offered.part), (), common.named.listings
        )
    part: dict[int, BitMap] = defaultdict(BitMap)
    leads: dict[int, BitMap] = defaultdict(BitMap)
    hidden = BitMap()
    with connection.cursor() as sql:
        sql.execute(
            f"SELECT e.slot, e.offered, {text.lead} AS lead, string_agg(int4send(e.listing_id::int), ''::bytea)"  # noqa: S608 - ours
            f"  FROM discovery_indexentry e WHERE e.channel_id = %(channel)s AND {text.condition} GROUP BY 1, 2, 3",
            {**text.parameters, "channel": channel.pk},
        )
        for slot, offered, lead, raw in sql.fetchall():
            listings = _numbers(raw)
            if offered:
                part[slot] |= listings
            else:
                hidden |= listings
            if lead:
                leads[lead] |= listings
    return Found(text, _entries(snap, part, hidden), tuple(leads[lead] for lead in sorted(leads, reverse=True)))


def _entries(snap: Snapshot, part: dict[int, BitMap], hidden: BitMap) -> Entries:
    """Hits per slot as a set. What only a sold-out variant says stands for the variants that can be had."""
    listings = BitMap.union(*part.values()) if part else BitMap()
    torn = BitMap()
    for (kind, slot), entries in snap.sets.items():
        if kind == Kind.SLOT:
            torn |= (entries.listings & listings) - part.get(slot, BitMap())
    some = {slot: here for slot, hits in part.items() if (here := hits & torn)}
    return Entries((listings - torn) | (hidden - listings), some)


def _named(text: TextMatch, scope: Scope) -> BitMap:
    """Listings with the words in their name."""
    if not text.query:
        return BitMap()
    with connection.cursor() as sql:
        sql.execute(
            "SELECT string_agg(int4send(e.listing_id::int), ''::bytea) FROM discovery_indexentry e"  # noqa: S608 - ours
            f" WHERE e.channel_id = %(channel)s AND {NAME.format(column=text.column)} @@ {text.query}",
            scope.all_parameters(),
        )
        return _numbers(sql.fetchone()[0] or b"")


def _scored(scope: Scope, passing: Entries, listings: Some) -> list[int]:
    """Listings in the order of their score, by the entries that pass."""
    if not listings:
        return []
    places = [(pk, -1) for pk in listings & passing.whole]
    places += [(pk, slot) for slot, some in passing.part.items() for pk in some & listings]
    parameters: dict[str, Any] = {"ids": [pk for pk, _slot in places], "slots": [slot for _pk, slot in places]}
    available = "bool_or(e.in_stock) DESC, " if scope.available else ""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT e.listing_id FROM unnest(%(ids)s::bigint[], %(slots)s::int[]) c(listing, slot)"  # noqa: S608 - ours
            "  JOIN discovery_indexentry e ON e.listing_id = c.listing AND (c.slot = -1 OR e.slot = c.slot)"
            f" WHERE {' AND '.join(scope.conditions)} GROUP BY e.listing_id"
            f" ORDER BY max({scope.lead}) DESC, {available}max({scope.score}) DESC, max({scope.weight}) DESC,"
            " e.listing_id DESC",
            {**scope.all_parameters(), **parameters},
        )
        best = [row[0] for row in sql.fetchall()]
    return [*best, *sorted(set(listings) - set(best), reverse=True)]


def _numbers(raw: Any) -> BitMap:
    """PostgreSQL sends numbers with the most significant byte first."""
    numbers = array("I", bytes(raw))
    if sys.byteorder == "little":
        numbers.byteswap()
    return BitMap(numbers)
