"""The sitemap, piece by piece: keyset pages read as they are sent, so that a million products take no memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.selectors import live_pages
from campaigns.selectors.pages import words_in
from catalog.enums import MediaKind, ProductState, SegmentKind
from catalog.models import Brand, Media, Product, Segment
from discovery.models import IndexEntry
from logbook.selectors import last_told
from storefront.selectors.addresses import language_prefix
from storefront.selectors.pictures import media_address
from storefront.selectors.seo import LANGUAGES, of_page, thing_addresses
from stores.models import SalesChannel
from stores.selectors import living_stores

PRODUCTS_PER_FILE = 10_000  # each is named once per language: 20,000 addresses, well below the 50,000 allowed
AT_ONCE = 500
PICTURES = 5
SECTIONS = ("pages", "segments", "brands", "products")


@dataclass(frozen=True)
class Entry:
    """A page in all its languages, when it last changed, its pictures."""

    addresses: dict[str, str]
    changed: datetime | None = None
    pictures: list[str] = field(default_factory=list)


_STARTS = """
SELECT listing_id - 1 FROM (
  SELECT listing_id, row_number() OVER (ORDER BY listing_id) AS place
    FROM (SELECT DISTINCT listing_id FROM discovery_indexentry WHERE channel_id = %s) sold) numbered
 WHERE (place - 1) %% %s = 0 ORDER BY listing_id
"""


def product_files(channel: SalesChannel) -> list[int]:
    """Where each file of products begins: the number after which its products come. One query."""
    with connection.cursor() as sql:
        sql.execute(_STARTS, [channel.pk, PRODUCTS_PER_FILE])
        return [row[0] for row in sql.fetchall()]


def entries(section: str, *, channel: SalesChannel, at: datetime, after: int = 0) -> Iterator[Entry]:
    """The pages of a section; of products those after a number, one file's worth."""
    if section == "products":
        yield from _products(channel, after)
    elif section == "segments":
        yield from _segments(channel)
    elif section == "brands":
        yield from _brands(channel)
    else:
        yield Entry(of_page("", "").addresses)
        yield Entry(of_page("", "stores/").addresses)
        yield from (Entry(of_page("", f"stores/{store.code}/").addresses) for store in living_stores())
        yield from _landing_pages(channel, at)


def _landing_pages(channel: SalesChannel, at: datetime) -> Iterator[Entry]:
    """Those that shoppers see now and search engines may keep, under their words in each language.

    One changed when a colleague last did something to it, or when its dates began.
    """
    pages = live_pages(channel, at=at).filter(noindex=False).order_by("pk")
    begin = {page.pk: page.during.lower if page.during else None for page in pages.only("pk", "during")}
    ids = list(begin)
    changed = last_told("page", map(str, ids))
    words = {language: words_in(language, of_pages=ids) for language in LANGUAGES}
    for pk in ids:
        if all(pk in words[language] for language in LANGUAGES):
            moments = [moment for moment in (changed.get(str(pk)), begin[pk]) if moment]
            addresses = {code: f"{language_prefix(code)}l/{words[code][pk]}/" for code in LANGUAGES}
            yield Entry(addresses, max(moments, default=None))


def _products(channel: SalesChannel, after: int) -> Iterator[Entry]:
    sold = IndexEntry.objects.filter(channel=channel).order_by("listing_id").values_list("listing_id", flat=True)
    left = PRODUCTS_PER_FILE
    while left:
        ids = list(sold.filter(listing_id__gt=after).distinct()[: min(AT_ONCE, left)])
        if not ids:
            return
        pictures = _pictures(ids)
        wanted = ("id", "slug", "kind", "translations", "updated_at")
        for product in Product.objects.filter(pk__in=ids, state=ProductState.VALIDATED).only(*wanted).order_by("pk"):
            yield Entry(thing_addresses("product", product), product.updated_at, pictures.get(product.pk, []))
        left -= len(ids)
        after = ids[-1]


def _pictures(ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    media = Media.objects.filter(product__in=ids, kind=MediaKind.IMAGE, is_public=True).order_by("position", "id")
    for product, location in media.values_list("product_id", "location"):
        kept = found.setdefault(product, [])
        if len(kept) < PICTURES and (address := media_address(location)):
            kept.append(address)
    return found


def _segments(channel: SalesChannel) -> Iterator[Entry]:
    with connection.cursor() as sql:
        sql.execute("SELECT DISTINCT unnest(segments) FROM discovery_indexentry WHERE channel_id = %s", [channel.pk])
        sold = [row[0] for row in sql.fetchall()]
    listed = Segment.objects.filter(pk__in=sold, archived=False, kind=SegmentKind.LISTED)
    yield from _pages("segment", listed.order_by("pk"))


def _brands(channel: SalesChannel) -> Iterator[Entry]:
    sold = IndexEntry.objects.filter(channel=channel, brand_id__isnull=False).values("brand_id").distinct()
    yield from _pages("brand", Brand.objects.filter(pk__in=sold, archived=False).order_by("pk"))


def _pages(kind: str, things: Any) -> Iterator[Entry]:
    for thing in things.iterator(chunk_size=AT_ONCE):
        pictures = [address for where in (thing.banner, thing.image) if (address := media_address(where))]
        yield Entry(thing_addresses(kind, thing), thing.changed_at, pictures)
