"""The shoppers' tree as far as it has something to sell."""

from dataclasses import dataclass
from typing import Any, cast

from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, F, OuterRef

from altazion.lib.prepared import prepared
from altazion.lib.written import Written, written
from catalog.enums import SegmentKind
from catalog.models import Segment
from catalog.selectors import named_so, word_of
from discovery.models import IndexEntry
from logistics.models import Place
from stores.models import SalesChannel, Store

LONGEST_WORD = 200  # in an address; a longer one is nobody's, and no cache keeps it
KEEP_SECONDS = 600
STAR = 900


@dataclass(frozen=True)
class SegmentEntry:
    """A segment as a link. importance: 900 and more is a star (OFF-12). language: that of the name."""

    id: int
    code: str
    slug: str
    name: str
    importance: int
    image: str
    language: str = ""

    @property
    def is_star(self) -> bool:
        return self.importance >= STAR


# What a transaction has written and may yet take back is kept apart from what is committed.
_VERSION = """
SELECT COALESCE(index.number, 0), COALESCE(index.named, 0), COALESCE(pg_current_xact_id_if_assigned()::text, ''),
       COALESCE(decided.number, 0)
  FROM (SELECT %(channel)s::bigint AS channel_id) asked
  LEFT JOIN discovery_indexversion index ON index.channel_id = asked.channel_id
  LEFT JOIN discovery_decisionversion decided ON decided.id = 1
"""


def index_version(channel: SalesChannel) -> str:
    """Changes whenever the channel's index does, or what merchandisers decided: part of the key of all that is kept."""
    with prepared() as sql:
        sql.execute(_VERSION, {"channel": channel.pk})
        return ".".join(str(part) for part in (channel.pk, *sql.fetchone()))


def place_of(store: Store, *, version: str) -> int | None:
    """The place where a store's stock lies. Kept per version of the index, which holds the places of stock."""
    key = f"place:{version}:{store.pk}"
    if (kept := cache.get(key)) is not None:
        return int(kept) or None
    place = Place.objects.filter(store=store).values_list("pk", flat=True).first()
    cache.set(key, place or 0, KEEP_SECONDS)
    return place


def navigation(*, channel: SalesChannel, language: str, root: str = "", version: str = "") -> list[SegmentEntry]:
    """The first level of the tree (or the children of the segment coded `root`) with something to sell, stars first."""
    version = version or index_version(channel)
    key = f"nav:{version}:{language}:{root}"
    if (kept := cache.get(key)) is not None:
        return list(kept)
    entries = children_of(channel=channel, language=language, parent_code=root)
    cache.set(key, entries, KEEP_SECONDS)
    return entries


@dataclass(frozen=True)
class SegmentPage:
    """A segment with the way to it (itself last) and what lies right below.

    header: its own text, else that of the nearest one above that hands its own down. header_language, intro_language:
    the language these are written in, which is not the page's where nobody translated them.
    """

    segment: Segment
    name: str
    trail: list[SegmentEntry]
    children: list[SegmentEntry]
    header: str = ""
    header_language: str = ""
    intro: str = ""
    intro_language: str = ""


def segment_page(slug: str, *, channel: SalesChannel, language: str, version: str) -> SegmentPage | None:
    """The living, listed segment behind an address, or None. Kept per version of the index.

    The word may be the segment's in another language: who compares it with the trail's last one knows.
    """
    if len(slug) > LONGEST_WORD:
        return None
    key = f"segment:{version}:{language}:{slug}"
    if (kept := cache.get(key)) is not None:
        return cast(SegmentPage, kept)
    segment = named_so(Segment, slug, language)
    if segment is None or segment.archived or segment.kind != SegmentKind.LISTED:
        return None
    above = Segment.objects.in_bulk(segment.path)
    header, header_language = _header(segment, above, language)
    intro, intro_language = told_in(segment.translations, language, "intro", segment.intro)
    page = SegmentPage(
        segment=segment,
        name=said_in(segment.translations, language, "name", segment.name),
        trail=[segment_entry(above[pk], language) for pk in segment.path if pk in above],
        children=children_of(channel=channel, language=language, parent_code=segment.code),
        header=header,
        header_language=header_language,
        intro=intro,
        intro_language=intro_language,
    )
    cache.set(key, page, KEEP_SECONDS)
    return page


def _header(segment: Segment, above: dict[int, Segment], language: str) -> tuple[str, str]:
    """Its own header, else the nearest one above that hands its own down (2.4)."""
    for pk in reversed(segment.path):
        one = above.get(pk)
        if one and one.header and (pk == segment.pk or one.header_below):
            return told_in(one.translations, language, "header", one.header)
    return "", language


_PICTURES = """
SELECT DISTINCT ON (wanted.segment) wanted.segment, media.location
  FROM unnest(%(segments)s::bigint[]) wanted(segment)
 CROSS JOIN LATERAL (
       SELECT m.location, e.rank
         FROM discovery_indexentry e
         JOIN catalog_media m ON m.product_id IN (e.listing_id, e.product_id) AND m.kind = 'image' AND m.is_public
        WHERE e.channel_id = %(channel)s AND e.segments @> ARRAY[wanted.segment]
        ORDER BY e.rank DESC, e.listing_id, m.position LIMIT 1) media
"""


def segment_pictures(segments: list[SegmentEntry], *, channel: SalesChannel, version: str) -> dict[int, str]:
    """A picture for each segment: its own, else that of its first product. Kept per version of the index."""
    key = f"pictures:{version}:{'.'.join(str(segment.id) for segment in segments)}"
    if (kept := cache.get(key)) is not None:
        return dict(kept)
    bare = [segment.id for segment in segments if not segment.image]
    found = {segment.id: segment.image for segment in segments if segment.image}
    if bare:
        with connection.cursor() as sql:
            sql.execute(_PICTURES, {"segments": bare, "channel": channel.pk})
            found.update(dict(sql.fetchall()))
    cache.set(key, found, KEEP_SECONDS)
    return found


def children_of(*, channel: SalesChannel, language: str, parent_code: str = "") -> list[SegmentEntry]:
    """Listed, living segments right below one (or the top ones) that the channel sells something in; stars first."""
    above: dict[str, Any] = {"parent__code": parent_code} if parent_code else {"parent": None}
    sold = IndexEntry.objects.filter(channel=channel, segments__contains=[OuterRef("pk")])
    segments = (
        Segment.objects.filter(archived=False, kind=SegmentKind.LISTED, **above)
        .filter(Exists(sold))
        .order_by(F("importance").desc(), "position", "name")
    )
    return [segment_entry(segment, language) for segment in segments]


def star_segments(*, channel: SalesChannel, language: str, version: str) -> list[SegmentEntry]:
    """The star segments of any level that the channel sells something in, best first. Kept per version of the index."""
    key = f"stars:{version}:{language}"
    if (kept := cache.get(key)) is not None:
        return list(kept)
    sold = IndexEntry.objects.filter(channel=channel, segments__contains=[OuterRef("pk")])
    stars = Segment.objects.filter(archived=False, kind=SegmentKind.LISTED, importance__gte=STAR)
    found = [segment_entry(s, language) for s in stars.filter(Exists(sold)).order_by("-importance", "level", "name")]
    cache.set(key, found, KEEP_SECONDS)
    return found


def segment_entry(segment: Segment, language: str) -> SegmentEntry:
    """The link of a segment in a language."""
    name = written(segment.translations, language, "name", segment.name)
    return SegmentEntry(
        id=segment.pk,
        code=segment.code,
        slug=word_of(segment, language),
        name=name,
        importance=segment.importance,
        image=segment.image,
        language=name.language,
    )


def said_in(translations: dict[str, Any] | None, language: str, field: str, otherwise: str) -> Written:
    """A field's translation if there is one, else what is written in the main language."""
    return written(translations, language, field, otherwise)


def told_in(translations: dict[str, Any] | None, language: str, field: str, otherwise: str) -> tuple[str, str]:
    """A text as `said_in` gives it, with the language that it is written in."""
    said = written(translations, language, field, otherwise)
    return str(said), said.language
