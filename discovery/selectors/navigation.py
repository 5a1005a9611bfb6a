"""The shoppers' tree as far as it has something to sell."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef

from catalog.enums import SegmentKind
from catalog.models import Segment
from discovery.models import IndexEntry, IndexVersion
from stores.models import SalesChannel

KEEP_SECONDS = 600


@dataclass(frozen=True)
class SegmentEntry:
    """A segment as a link. importance: 900 and more is a star (OFF-12)."""

    id: int
    code: str
    slug: str
    name: str
    importance: int
    image: str

    @property
    def is_star(self) -> bool:
        return self.importance >= 900


def index_version(channel: SalesChannel) -> str:
    """Changes whenever the channel's index does: part of the key of whatever is kept about it."""
    number = IndexVersion.objects.filter(channel=channel).values_list("number", flat=True).first()
    return f"{channel.pk}.{number or 0}"


def navigation(*, channel: SalesChannel, language: str, root: str = "", version: str = "") -> list[SegmentEntry]:
    """The first level of the tree (or the children of the segment coded `root`) with something to sell, stars first."""
    version = version or index_version(channel)
    key = f"nav:{version}:{language}:{root}"
    if (kept := cache.get(key)) is not None:
        return list(kept)
    entries = children_of(channel=channel, language=language, parent_code=root)
    cache.set(key, entries, KEEP_SECONDS)
    return entries


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


def segment_entry(segment: Segment, language: str) -> SegmentEntry:
    """The link of a segment in a language."""
    return SegmentEntry(
        id=segment.pk,
        code=segment.code,
        slug=segment.slug,
        name=said_in(segment.translations, language, "name", segment.name),
        importance=segment.importance,
        image=segment.image,
    )


def said_in(translations: dict[str, Any] | None, language: str, field: str, otherwise: str) -> str:
    """A field's translation if there is one, else what is written in the main language."""
    return str((translations or {}).get(language, {}).get(field) or otherwise)
