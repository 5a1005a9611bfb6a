"""What the search box proposes while one types."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from altazion.lib.text import bare_code
from catalog.enums import SegmentKind
from discovery.selectors.text import CONFIGS, words_of
from stores.models import SalesChannel

MOST = {"keyword": 3, "segment": 3, "brand": 3, "product": 6, "store": 2}
AMONG = 600


@dataclass(frozen=True)
class Suggestion:
    """kind: "keyword", "segment", "brand", "product" or "store"; id and slug (a store's code) make its address.

    language: that of the label; "" for what has one name everywhere.
    """

    kind: str
    id: int
    slug: str
    label: str
    language: str = ""


def suggest(text: str, *, channel: SalesChannel, language: str) -> list[Suggestion]:
    """Keywords, segments, brands, products and stores with a word beginning so, best first. One query.

    Beginnings that many products hold are looked for among the most important ones: `AMONG` entries are looked at.
    """
    words = words_of(text)
    if not words or len("".join(words)) < 2:
        return []
    config, column = CONFIGS.get(language, CONFIGS["fr"])
    begins = f"e.{column} @@ (to_tsquery('{config}', %(starts)s) || to_tsquery('simple', %(starts)s))"
    parameters: dict[str, Any] = {
        "language": language,
        "channel": channel.pk,
        "listed": SegmentKind.LISTED.value,
        "patterns": [rf"\m{word}" for word in words],
        "begun": [f"{word}%" for word in words],
        "reference": f"% {bare_code(text)[:60]} %",
        "starts": " & ".join(f"{word}:*" for word in words),
        **{f"most_{kind}": most for kind, most in MOST.items()},
    }
    with connection.cursor() as sql:
        sql.execute(_STATEMENT.replace("{begins}", begins), parameters)
        return [Suggestion(*row, *_spoken(said, language)) for *row, said in sql.fetchall()]


def _spoken(translated: bool | None, language: str) -> tuple[str, ...]:
    """The language of a label that was translated, or was not; nothing of a name that is one."""
    return () if translated is None else (language if translated else settings.LANGUAGE_CODE,)


_HAS = "lower(public.unaccent({text})) ~ ALL(%(patterns)s::text[])"
_SAID = "COALESCE(NULLIF({of}.translations -> %(language)s ->> '{field}', ''), {of}.{field})"


def _is_said(of: str) -> str:
    """True if a row's name is translated into the language asked for."""
    return f"COALESCE({of}.translations -> %(language)s ->> 'name', '') <> ''"


def _begins(text: str) -> str:
    """True if each word begins a word of the text, accents and case aside."""
    return _HAS.format(text=text)


def _said(of: str, field: str) -> str:
    """A field in the language asked for."""
    return _SAID.format(of=of, field=field)


def _names(of: str) -> str:
    """The names of a row in the main language and in the one asked for: either may be typed."""
    return f"concat_ws(' ', {of}.name, {of}.translations -> %(language)s ->> 'name')"


def _words_of(table: str, called: str) -> str:
    """A join that gives the translated name and address word of a row, NULL where there is none."""
    said = f"{table}.translations -> %(language)s"
    words = ", ".join(f"NULLIF({said} ->> '{field}', '') AS {field}" for field in ("name", "slug"))
    return f"CROSS JOIN LATERAL (SELECT {words}) {called}"


_STATEMENT = f"""
WITH often AS MATERIALIZED (
  SELECT COALESCE(min(n), 0) > {AMONG} AS yes
    FROM (SELECT (SELECT COALESCE(sum(listings), 0) FROM discovery_lexeme l
                   WHERE l.channel_id = %(channel)s AND l.word LIKE begun) AS n
            FROM unnest(%(begun)s::text[]) begun) each
), coded AS MATERIALIZED (
  SELECT e.listing_id, max(e.rank) AS rank
    FROM discovery_indexentry e
   WHERE e.channel_id = %(channel)s AND e.references_text LIKE %(reference)s
   GROUP BY e.listing_id ORDER BY 2 DESC LIMIT %(most_product)s
), important AS MATERIALIZED (
  SELECT e.listing_id, e.rank
    FROM (SELECT * FROM discovery_indexentry WHERE channel_id = %(channel)s AND (SELECT yes FROM often)
           ORDER BY channel_id, rank DESC, listing_id LIMIT {AMONG}) e
   WHERE {{begins}}
), others AS MATERIALIZED (
  SELECT e.listing_id, e.rank FROM discovery_indexentry e
   WHERE e.channel_id = %(channel)s AND {{begins}} AND (SELECT count(*) FROM important) < %(most_product)s
   LIMIT {AMONG}
), product AS (
  SELECT listing_id, bool_or(exact) AS exact, max(rank) AS rank
    FROM (SELECT listing_id, rank, true AS exact FROM coded
          UNION ALL SELECT listing_id, rank, false FROM important
          UNION ALL SELECT listing_id, rank, false FROM others) either
   GROUP BY listing_id ORDER BY exact DESC, rank DESC, listing_id DESC LIMIT %(most_product)s
)
(SELECT 'keyword', k.id, k.code, {_said("k", "name")}, {_is_said("k")}
   FROM catalog_keyword k
   JOIN catalog_keywordcategory c ON c.id = k.category_id
   JOIN discovery_facetvalue f ON f.attribute = 'kw-' || c.code AND f.value = k.code
  WHERE {_begins("array_to_string(k.forms, ' ')")}
    AND EXISTS (SELECT 1 FROM discovery_indexentry e
                 WHERE e.channel_id = %(channel)s AND e.facets @> ARRAY[f.id::int])
  ORDER BY k.name LIMIT %(most_keyword)s)
UNION ALL
(SELECT 'segment', s.id, {_said("s", "slug")}, {_said("s", "name")}, {_is_said("s")}
   FROM catalog_segment s
  WHERE NOT s.archived AND s.kind = %(listed)s AND {_begins(_names("s"))}
    AND EXISTS (SELECT 1 FROM discovery_indexentry e
                 WHERE e.channel_id = %(channel)s AND e.segments @> ARRAY[s.id])
  ORDER BY s.importance DESC, s.level, s.name LIMIT %(most_segment)s)
UNION ALL
(SELECT 'brand', b.id, {_said("b", "slug")}, {_said("b", "name")}, {_is_said("b")}
   FROM catalog_brand b
  WHERE NOT b.archived AND {_begins(_names("b"))}
    AND EXISTS (SELECT 1 FROM discovery_indexentry e
                  JOIN discovery_facetvalue f ON f.attribute = 'brand' AND f.value = b.code
                 WHERE e.channel_id = %(channel)s AND e.facets @> ARRAY[f.id::int])
  ORDER BY b.importance DESC, b.name LIMIT %(most_brand)s)
UNION ALL
(SELECT 'product', p.id, COALESCE(in_shop.slug, of_own.slug, NULLIF(told.slug, ''), p.slug),
        COALESCE(in_shop.name, of_own.name, NULLIF(told.name, ''), NULLIF(p.name, ''),
                 above_in_shop.name, of_above.name, NULLIF(told_above.name, ''), NULLIF(above.name, ''), p.sku),
        CASE WHEN COALESCE(in_shop.name, of_own.name) IS NOT NULL THEN true
             WHEN COALESCE(NULLIF(told.name, ''), p.name) <> '' THEN false
             ELSE COALESCE(above_in_shop.name, of_above.name) IS NOT NULL END
   FROM product found
   JOIN catalog_product p ON p.id = found.listing_id
   LEFT JOIN catalog_product above ON above.id = p.parent_id
   LEFT JOIN catalog_channeltext told ON told.product_id = p.id AND told.channel_id = %(channel)s
   LEFT JOIN catalog_channeltext told_above
          ON told_above.product_id = p.parent_id AND told_above.channel_id = %(channel)s
  {_words_of("told", "in_shop")} {_words_of("p", "of_own")}
  {_words_of("told_above", "above_in_shop")} {_words_of("above", "of_above")}
  ORDER BY found.exact DESC, found.rank DESC, p.id DESC)
UNION ALL
(SELECT 'store', t.id, t.code, t.name, NULL::boolean
   FROM stores_store t
  WHERE NOT t.archived AND {_begins("t.name || ' ' || t.city")}
  ORDER BY t.name LIMIT %(most_store)s)
"""  # noqa: S608 - fixed names
