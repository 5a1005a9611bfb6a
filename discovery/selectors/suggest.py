"""What the search box proposes while one types."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat

from altazion.lib.text import bare_code
from catalog.enums import SegmentKind
from catalog.models import Brand, Keyword, Segment
from catalog.selectors import word_of
from discovery.models import FacetValue, IndexEntry
from discovery.selectors.navigation import said_in
from discovery.selectors.text import CONFIGS, words_of
from stores.models import SalesChannel, Store

MOST = {"keyword": 3, "segment": 3, "brand": 3, "product": 6, "store": 2}


@dataclass(frozen=True)
class Suggestion:
    """kind: "keyword", "segment", "brand", "product" or "store"; id and slug (a store's code) make its address."""

    kind: str
    id: int
    slug: str
    label: str


def suggest(text: str, *, channel: SalesChannel, language: str) -> list[Suggestion]:
    """Keywords, segments, brands, products and stores with a word beginning so, best first. At most five queries."""
    words = words_of(text)
    if not words or len("".join(words)) < 2:
        return []
    return [
        *_keywords(words, channel, language),
        *_segments(words, channel, language),
        *_brands(words, channel, language),
        *_products(text, words, channel, language),
        *_stores(words),
    ]


def _keywords(words: list[str], channel: SalesChannel, language: str) -> list[Suggestion]:
    """Those that find something here."""
    number = FacetValue.objects.filter(
        attribute=Concat(Value("kw-"), OuterRef("category__code")), value=OuterRef("code")
    ).values("pk")[:1]
    sold = IndexEntry.objects.filter(channel=channel, facets__contains=[OuterRef("number")])
    found = Keyword.objects.filter(_begins("array_to_string(catalog_keyword.forms, ' ')", words))
    found = found.annotate(number=Cast(Subquery(number), IntegerField()))
    rows = found.filter(Exists(sold)).order_by("name")
    return [
        Suggestion("keyword", k.pk, k.code, said_in(k.translations, language, "name", k.name))
        for k in rows[: MOST["keyword"]]
    ]


def _stores(words: list[str]) -> list[Suggestion]:
    found = Store.objects.filter(_begins("stores_store.name || ' ' || stores_store.city", words), archived=False)
    return [Suggestion("store", s.pk, s.code, s.name) for s in found.order_by("name")[: MOST["store"]]]


def _segments(words: list[str], channel: SalesChannel, language: str) -> list[Suggestion]:
    sold = IndexEntry.objects.filter(channel=channel, segments__contains=[OuterRef("pk")])
    found = Segment.objects.filter(archived=False, kind=SegmentKind.LISTED).filter(
        _begins("catalog_segment.name", words),
        Exists(sold),
    )
    rows = found.order_by("-importance", "level", "name")[: MOST["segment"]]
    return [
        Suggestion("segment", s.pk, word_of(s, language), said_in(s.translations, language, "name", s.name))
        for s in rows
    ]


def _brands(words: list[str], channel: SalesChannel, language: str) -> list[Suggestion]:
    sold = IndexEntry.objects.filter(channel=channel, brand_id=OuterRef("pk"))
    found = Brand.objects.filter(
        _begins("catalog_brand.name", words),
        Exists(sold),
        archived=False,
    )
    rows = found.order_by("-importance", "name")[: MOST["brand"]]
    return [
        Suggestion("brand", b.pk, word_of(b, language), said_in(b.translations, language, "name", b.name)) for b in rows
    ]


def _of(kind: str, thing: Segment | Brand, language: str) -> Suggestion:
    name = said_in(thing.translations, language, "name", thing.name)
    return Suggestion(kind, thing.pk, word_of(thing, language), name)


def _products(text: str, words: list[str], channel: SalesChannel, language: str) -> list[Suggestion]:
    config, column = CONFIGS.get(language, CONFIGS["fr"])
    statement = f"""
        SELECT p.id, COALESCE(NULLIF(p.translations -> %(language)s ->> 'slug', ''), p.slug),
               COALESCE(NULLIF(p.translations -> %(language)s ->> 'name', ''), NULLIF(p.name, ''), above.name, p.sku)
          FROM (SELECT e.listing_id, max(e.rank) AS rank, bool_or(e.references_text LIKE %(reference)s) AS exact
                  FROM discovery_indexentry e
                 WHERE e.channel_id = %(channel)s
                   AND (e.references_text LIKE %(reference)s
                        OR e.{column} @@ (to_tsquery('{config}', %(starts)s) || to_tsquery('simple', %(starts)s)))
                 GROUP BY e.listing_id ORDER BY exact DESC, rank DESC, e.listing_id DESC LIMIT %(most)s) found
          JOIN catalog_product p ON p.id = found.listing_id
          LEFT JOIN catalog_product above ON above.id = p.parent_id
         ORDER BY found.exact DESC, found.rank DESC, p.id DESC"""  # noqa: S608 - fixed names
    parameters: dict[str, str | int] = {
        "language": language,
        "channel": channel.pk,
        "reference": f"% {bare_code(text)[:60]} %",
        "starts": " & ".join(f"{word}:*" for word in words),
        "most": MOST["product"],
    }
    with connection.cursor() as sql:
        sql.execute(statement, parameters)
        return [Suggestion("product", *row) for row in sql.fetchall()]


def _begins(column: str, words: list[str]) -> RawSQL:
    """True if each word begins a word of the column, accents and case aside. column: a fixed name of ours."""
    patterns = [rf"\m{word}" for word in words]
    return RawSQL(f"lower(public.unaccent({column})) ~ ALL(%s::text[])", [patterns], output_field=BooleanField())  # noqa: S611 - parameters
