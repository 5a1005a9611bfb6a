"""A page of products with its facets: the one question behind segments, brands, selections and search."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from pyroaring import BitMap

from altazion.lib.text import plain, storable
from catalog.models import Brand, Segment, Selection
from discovery.models import FacetValue
from discovery.rules import NOTHING, UNTOUCHED, Asked, Entries, Kind, Ranking, Slice, cut, first, slots, woven
from discovery.rules.order import Some
from discovery.selectors import sets
from discovery.selectors.facets import Counted, Facet, as_facets
from discovery.selectors.found import Found, found, ordered
from discovery.selectors.navigation import KEEP_SECONDS, index_version, place_of
from discovery.selectors.ranking import ranking_for
from discovery.selectors.scope import Scope
from discovery.selectors.snapshot import Snapshot, snapshot
from discovery.selectors.text import TextMatch
from discovery.selectors.tiles import Tile, tiles
from stores.models import SalesChannel, Store

MOST_PER_PAGE = 50
ORDERS = ("rank", "price", "price_desc", "new")


@dataclass(frozen=True)
class ListingPage:
    """One page. total: listings (not variants) that satisfy all filters; segments: how many in each asked segment.

    lane, read_as, keywords, synonyms: how a search text was understood. as_typed: how many listings hold the words as
    they were typed, where likely words (`read_as`) were searched as well.
    """

    tiles: list[Tile]
    total: int
    facets: list[Facet]
    page: int
    pages: int
    in_store: int
    segments: dict[int, int]
    lane: str = ""
    read_as: str = ""
    keywords: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    as_typed: int = 0


def listing(
    *,
    channel: SalesChannel,
    at: dt.datetime,
    language: str,
    segment: Segment | int | None = None,
    brand: Brand | None = None,
    selection: Selection | None = None,
    query: str = "",
    as_typed: bool = False,
    filters: dict[str, list[str]] | None = None,
    store: Store | None = None,
    in_store_only: bool = False,
    sort: str = "rank",
    page: int = 1,
    per_page: int = 24,
    version: str = "",
    segments_asked: tuple[int, ...] = (),
    ranking: Ranking | None = None,
) -> ListingPage:
    """Products of a channel, filtered, sorted and cut into pages of at most 50, with true counts for every facet.

    An entry is one sellable product, so a filter is true only if one and the same child satisfies all of them and, with
    `in_store_only`, lies in `store`. Values of one facet add up (or), facets narrow (and); a facet's own counts ignore
    its own choice. What the index says is kept per version of the index; prices and stock are asked live. What
    merchandisers decided about this very listing at `at` holds, unless `ranking` says otherwise. as_typed: a search
    without likely words.
    """
    query = storable(query[:400]).strip()[:200]
    chosen = {code: sorted(set(values)) for code, values in (filters or {}).items() if values}
    chosen = {code: values for code, values in chosen.items() if _is_storable([code, *values])}
    per_page = max(1, min(per_page, MOST_PER_PAGE))
    sort = sort if sort in ORDERS else "rank"
    segment_id = segment.pk if isinstance(segment, Segment) else segment
    path = segment.path if isinstance(segment, Segment) else [segment] if segment else []
    version = version or index_version(channel)
    place = place_of(store, version=version) if store else None
    if ranking is None:
        asked = Asked(plain(query), segment_id, selection.pk if selection else None)
        ranking = ranking_for(channel, asked, at=at, version=version)
    asked_for = _Asked(channel, language, segment_id, brand, selection, chosen, place, in_store_only, ranking, as_typed)
    if query:
        counted, ids, page, hits = _by_text(asked_for, query, version, segments_asked, sort, page, per_page)
    else:
        counted, ids, page = _by_sets(asked_for, version, segments_asked, sort, page, per_page)
        hits = None
    text = hits.text if hits else None
    return ListingPage(
        tiles=tiles(ids, channel=channel, at=at, language=language, store=store, version=version),
        total=counted.total,
        facets=as_facets(counted, chosen, language=language, currency=channel.currency, path=path),
        page=page,
        pages=_pages(counted.total, per_page),
        in_store=counted.in_store,
        segments=counted.segments,
        lane=text.lane if text else "",
        read_as=text.read_as if text else "",
        keywords=text.keywords if text else (),
        synonyms=text.synonyms if text else (),
        as_typed=len(hits.leads[0]) if hits and text and text.read_as and hits.leads else 0,
    )


def top_ids(
    *, channel: SalesChannel, version: str, sort: str = "rank", selection_id: int | None = None, most: int = 8
) -> list[int]:
    """The first listings of a channel or of a selection, those in stock first."""
    snap = snapshot(version)
    chosen = snap.entries(Kind.STOCK) if selection_id is None else snap.entries(Kind.SELECTION, selection_id)
    return sets.page(snap, chosen, sort=sort, ranking=UNTOUCHED, start=0, size=most, apart=BitMap())


@dataclass(frozen=True)
class _Asked:
    """A list with what was chosen on it."""

    channel: SalesChannel
    language: str
    segment_id: int | None
    brand: Brand | None
    selection: Selection | None
    chosen: dict[str, list[str]]
    place: int | None
    in_store_only: bool
    ranking: Ranking
    as_typed: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for lists that hold the same in the same order."""
        within = (self.segment_id, self.brand and self.brand.code, self.selection and self.selection.pk)
        filters = (sorted(self.chosen.items()), self.place, self.in_store_only)
        return (*within, *filters, self.as_typed, self.ranking.key)


def first_ids(
    *,
    channel: SalesChannel,
    at: dt.datetime,
    language: str,
    query: str = "",
    segment: Segment | None = None,
    size: int = 50,
) -> tuple[list[int], int]:
    """The first listings of a search or a segment as its page shows them at `at`, and how many there are."""
    version = index_version(channel)
    query = storable(query[:400]).strip()[:200]
    number = segment.pk if segment else None
    ranking = ranking_for(channel, Asked(plain(query), number), at=at, version=version)
    asked = _Asked(channel, language, number, None, None, {}, None, False, ranking)
    if query:
        counted, ids, _page, _text = _by_text(asked, query, version, (), "rank", 1, size)
    else:
        counted, ids, _page = _by_sets(asked, version, (), "rank", 1, size)
    return ids, counted.total


def scope_of(
    channel: SalesChannel,
    language: str,
    segment_id: int | None,
    selection: Selection | None,
    query: str,
    ranking: Ranking,
    version: str,
) -> tuple[Scope, TextMatch | None]:
    """The entries that a list is about, with the decisions about it, and how its words were understood."""
    asked = _Asked(channel, language, segment_id, None, selection, {}, None, False, ranking)
    scope, text = _scope(asked, query, version)
    scope.ranked(ranking)
    return scope, text


def _by_sets(
    asked: _Asked, version: str, segments: tuple[int, ...], sort: str, page: int, per_page: int
) -> tuple[Counted, list[int], int]:
    """Counts, page and its number from the process's own sets: no query while it has them."""
    snap = snapshot(version)
    question = _question(snap, asked, [])
    counted = sets.count(snap, question, version=version, place=asked.place, segments=segments)
    page = max(1, min(page, _pages(counted.total, per_page)))
    passing = question.passing
    pins = [(at, pk) for at, pk in asked.ranking.places if pk in passing.listings] if sort == "rank" else []
    start, left, here = cut(slots(pins, counted.total - len(pins)), (page - 1) * per_page, per_page)
    apart = BitMap([pk for _at, pk in pins])
    ids = sets.page(snap, passing, sort=sort, ranking=asked.ranking, start=start, size=left, apart=apart)
    return counted, woven(ids, here, per_page), page


def _by_text(
    asked: _Asked, query: str, version: str, segments: tuple[int, ...], sort: str, page: int, per_page: int
) -> tuple[Counted, list[int], int, Found]:
    """Counts, page and its number. The database says what holds the words; kept per version of the index."""
    ranking, snap = asked.ranking, snapshot(version)
    hits = found(query, snap, channel=asked.channel, language=asked.language, version=version, as_typed=asked.as_typed)
    entries = hits.entries | Entries(BitMap(ranking.pins)) if ranking.pins else hits.entries
    question = _question(snap, asked, [entries])
    counted = sets.count(snap, question, version=version, place=asked.place, segments=segments)
    page = max(1, min(page, _pages(counted.total, per_page)))
    passing = question.passing
    pins = [(at, pk) for at, pk in ranking.places if pk in passing.listings] if sort == "rank" else []
    start, left, here = cut(slots(pins, counted.total - len(pins)), (page - 1) * per_page, per_page)
    apart = BitMap([pk for _at, pk in pins])
    if sort == "rank":
        key = _key(version, asked.language, (query, *asked.key))
        kept: tuple[list[int], Some, list[Slice]] | None = cache.get(key)
        if kept is None:
            scope, _text = _scope(asked, query, version)
            scope.ranked(ranking)
            kept = ordered(snap, question, hits, scope, ranking, apart)
            cache.set(key, kept, KEEP_SECONDS)
        best, others, slices = kept
        ids = best[start : start + left]
        ids += first(others, slices, max(0, start - len(best)), left - len(ids))
    else:
        ids = sets.page(snap, passing, sort=sort, ranking=ranking, start=start, size=left, apart=apart)
    return counted, woven(ids, here, per_page), page, hits


def _question(snap: Snapshot, asked: _Asked, within: list[Entries]) -> sets.Question:
    """The list in sets, with what was chosen on it."""
    if asked.segment_id is not None:
        within.append(snap.entries(Kind.SEGMENT, asked.segment_id))
    if asked.brand is not None:
        within += [snap.entries(Kind.FACET, pk) for pk in snap.value_ids("brand", [asked.brand.code])] or [NOTHING]
    if asked.selection is not None:
        within.append(snap.entries(Kind.SELECTION, asked.selection.pk))
    return sets.ask(
        snap,
        channel=asked.channel.pk,
        within=within,
        chosen=asked.chosen,
        place=asked.place,
        in_store_only=asked.in_store_only,
        ranking=asked.ranking,
    )


def _pages(total: int, per_page: int) -> int:
    return max(1, -(-total // per_page))


def _scope(asked: _Asked, query: str, version: str) -> tuple[Scope, TextMatch | None]:
    scope = Scope(["e.channel_id = %(channel)s"], {"channel": asked.channel.pk})
    if asked.segment_id is not None:
        scope.conditions.append("e.segments @> ARRAY[%(segment)s]::bigint[]")
        scope.parameters["segment"] = asked.segment_id
    if asked.brand is not None:
        scope.conditions.append("e.facets @> ARRAY[%(brand)s]::int[]")
        brands = FacetValue.objects.filter(attribute="brand", value=asked.brand.code)
        scope.parameters["brand"] = brands.values_list("pk", flat=True).first() or -1
    if asked.selection is not None:
        scope.conditions.append("e.selections @> ARRAY[%(selection)s]::bigint[]")
        scope.parameters["selection"] = asked.selection.pk
    if not query:
        scope.conditions.append("e.offered")
        return scope, None
    hits = found(
        query, snapshot(version), channel=asked.channel, language=asked.language, version=version,
        as_typed=asked.as_typed,
    )  # fmt: skip
    text = hits.text
    pins = asked.ranking.pins
    holds = f"({text.condition} OR e.listing_id = ANY(%(pinned)s::bigint[]))" if pins else text.condition
    scope.conditions.append(holds)
    scope.parameters.update(text.parameters, **({"pinned": list(pins)} if pins else {}))
    scope.lead, scope.score = text.lead, text.score
    return scope, text


def _is_storable(words: list[str]) -> bool:
    text = "".join(words)
    return storable(text) == text


def _key(version: str, language: str, question: Any) -> str:
    return f"listing:{version}:{language}:{hashlib.sha256(repr(question).encode()).hexdigest()[:32]}"
