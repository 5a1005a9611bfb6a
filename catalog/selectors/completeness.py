"""How complete products are, worked out by one statement for any number of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Min
from django.utils.translation import gettext as _

from catalog.enums import RequiredFact
from catalog.models import Attribute, Completeness
from stores.models import SalesChannel

#: what counts while nobody has said what products need
USUAL = ("name", "description", "image", "segment", "brand", "reference", "price")
ATTRIBUTE = "attr:"
TABS = {"image": "media", "segment": "places", "reference": "references", "price": "prices"}
KEEP_SECONDS = 600
FAMILIES_SHOWN = 8

# A variant has what its parent has; a parent has a picture, a price or a reference when one of its variants has, and an
# attribute when all of them have. `need`: what a family's products need on a channel in a language, once for all.
FOUND = """
WITH scope AS (
  SELECT p.id, p.kind, p.parent_id, COALESCE(p.parent_id, p.id) AS listing
    FROM catalog_product p
   WHERE p.state <> 'archived'
     AND (%(ids)s::bigint[] IS NULL OR p.id = ANY(%(ids)s::bigint[]) OR p.parent_id = ANY(%(ids)s::bigint[]))
), wanted AS (
  SELECT r.family_id, r.channel_id, r.language, COALESCE(NULLIF(r.fact, ''), 'attr:' || a.code) AS code
    FROM catalog_requirement r LEFT JOIN catalog_attribute a ON a.id = r.attribute_id
  UNION ALL
  SELECT NULL, NULL, '', usual FROM unnest(%(usual)s::text[]) usual
   WHERE NOT EXISTS (SELECT 1 FROM catalog_requirement)
), family AS (
  SELECT id, parent_id FROM catalog_family UNION ALL SELECT NULL, NULL
), need AS (
  SELECT f.id AS family_id, c.id AS channel_id, l.language,
         array_remove(array_agg(DISTINCT w.code), NULL) AS codes
    FROM family f
   CROSS JOIN (SELECT id FROM stores_saleschannel WHERE active) c
   CROSS JOIN unnest(%(languages)s::text[]) AS l(language)
    LEFT JOIN wanted w ON (w.family_id IS NULL OR w.family_id IN (f.id, f.parent_id))
                      AND (w.channel_id IS NULL OR w.channel_id = c.id) AND w.language IN ('', l.language)
   GROUP BY f.id, c.id, l.language
), pictured AS MATERIALIZED (
  SELECT DISTINCT product_id AS id FROM catalog_media WHERE kind = 'image' AND is_public
     AND (%(ids)s::bigint[] IS NULL OR product_id IN (SELECT id FROM scope UNION SELECT listing FROM scope
          UNION SELECT v.id FROM catalog_product v WHERE v.parent_id IN (SELECT listing FROM scope)))
), children AS (
  SELECT v.parent_id AS id, bool_or(EXISTS (SELECT 1 FROM pictured i WHERE i.id = v.id)) AS pictured,
         bool_or(EXISTS (SELECT 1 FROM catalog_productreference e WHERE e.product_id = v.id)) AS referenced,
         array_agg(v.id) AS ids, count(*) AS many
    FROM catalog_product v
    JOIN scope s ON s.id = v.parent_id AND s.kind = 'parent'
   WHERE v.state <> 'archived' GROUP BY v.parent_id
), in_all AS (
  SELECT id, array_agg('attr:' || key) AS held
    FROM (SELECT c.id, each.key FROM children c
            JOIN catalog_product v ON v.id = ANY(c.ids)
           CROSS JOIN LATERAL jsonb_each(v.attributes) each
           WHERE each.value NOT IN ('null', '""', '[]')
           GROUP BY c.id, each.key, c.many HAVING count(*) = c.many) shared
   GROUP BY id
), priced AS (
  SELECT b.product_id AS id, array_agg(DISTINCT COALESCE(b.channel_id, 0)) AS channels
    FROM catalog_baseprice b
   WHERE b.amount > 0 AND b.store_id IS NULL
     AND (%(ids)s::bigint[] IS NULL OR b.product_id IN (SELECT id FROM scope UNION SELECT listing FROM scope
          UNION SELECT unnest(ids) FROM children))
   GROUP BY b.product_id
), priced_below AS (
  SELECT c.id, array_agg(DISTINCT channel) AS channels
    FROM children c JOIN priced p ON p.id = ANY(c.ids) CROSS JOIN LATERAL unnest(p.channels) channel GROUP BY c.id
), known AS (
  SELECT s.id, s.listing, COALESCE(p.family_id, l.family_id) AS family_id, p.name, l.name AS listing_name,
         p.description,
         l.description AS listing_description, p.short_description, l.short_description AS listing_short,
         p.meta_description, l.meta_description AS listing_meta, p.translations, l.translations AS listing_translations,
         COALESCE(own.channels, '{}') || COALESCE(above.channels, '{}') || COALESCE(below.channels, '{}') AS channels,
         ARRAY(SELECT 'attr:' || key FROM jsonb_each(l.attributes || p.attributes) each
                WHERE each.value NOT IN ('null', '""', '[]'))
         || COALESCE(in_all.held, '{}')
         || array_remove(ARRAY[
              CASE WHEN EXISTS (SELECT 1 FROM pictured i WHERE i.id IN (s.id, s.listing)) OR c.pictured
                   THEN 'image' END,
              CASE WHEN EXISTS (SELECT 1 FROM catalog_productsegment m WHERE m.product_id = s.listing)
                   THEN 'segment' END,
              CASE WHEN COALESCE(p.brand_id, l.brand_id) IS NOT NULL THEN 'brand' END,
              CASE WHEN EXISTS (SELECT 1 FROM catalog_productreference e WHERE e.product_id = s.id) OR c.referenced
                   THEN 'reference' END,
              CASE WHEN COALESCE(p.weight_g, l.weight_g) IS NOT NULL THEN 'weight' END], NULL) AS held
    FROM scope s
    JOIN catalog_product p ON p.id = s.id
    JOIN catalog_product l ON l.id = s.listing
    LEFT JOIN children c ON c.id = s.id
    LEFT JOIN in_all ON in_all.id = s.id
    LEFT JOIN priced own ON own.id = s.id
    LEFT JOIN priced above ON above.id = s.parent_id
    LEFT JOIN priced_below below ON below.id = s.id
), worded AS (  -- the channel's own words
  SELECT x.product_id AS listing, x.channel_id, l.language, array_remove(ARRAY[
           CASE WHEN said.words ->> 'name' <> '' THEN 'name' END,
           CASE WHEN said.words ->> 'description' <> '' THEN 'description' END,
           CASE WHEN said.words ->> 'short_description' <> '' THEN 'short_description' END], NULL) AS said
    FROM catalog_channeltext x
   CROSS JOIN unnest(%(languages)s::text[]) AS l(language)
   CROSS JOIN LATERAL (SELECT CASE WHEN l.language = %(base)s THEN jsonb_build_object('name', x.name, 'description',
         x.description, 'short_description', x.short_description) ELSE x.translations -> l.language END AS words) said
   WHERE x.product_id IN (SELECT listing FROM scope)
), told AS (
  SELECT k.id, k.listing, k.family_id, k.channels, k.held, l.language,
         array_remove(ARRAY[
           CASE WHEN l.language = %(base)s THEN CASE WHEN k.name <> '' OR k.listing_name <> '' THEN 'name' END
                WHEN COALESCE(k.translations #>> ARRAY[l.language, 'name'],
                              k.listing_translations #>> ARRAY[l.language, 'name'], '') <> '' THEN 'name' END,
           CASE WHEN l.language = %(base)s
                THEN CASE WHEN k.description <> '' OR k.listing_description <> '' THEN 'description' END
                WHEN COALESCE(k.translations #>> ARRAY[l.language, 'description'],
                              k.listing_translations #>> ARRAY[l.language, 'description'], '') <> ''
                THEN 'description' END,
           CASE WHEN l.language = %(base)s
                THEN CASE WHEN k.short_description <> '' OR k.listing_short <> '' THEN 'short_description' END
                WHEN COALESCE(k.translations #>> ARRAY[l.language, 'short_description'],
                              k.listing_translations #>> ARRAY[l.language, 'short_description'], '') <> ''
                THEN 'short_description' END,
           CASE WHEN l.language = %(base)s
                THEN CASE WHEN k.meta_description <> '' OR k.listing_meta <> '' THEN 'meta_description' END
                WHEN COALESCE(k.translations #>> ARRAY[l.language, 'meta_description'],
                              k.listing_translations #>> ARRAY[l.language, 'meta_description'], '') <> ''
                THEN 'meta_description' END], NULL) AS said
    FROM known k CROSS JOIN unnest(%(languages)s::text[]) AS l(language)
), judged AS (
  SELECT t.id AS product_id, n.channel_id, n.language, cardinality(n.codes) AS many,
         ARRAY(SELECT code FROM unnest(n.codes) code
                WHERE NOT code = ANY(t.held) AND NOT code = ANY(t.said) AND NOT code = ANY(COALESCE(w.said, '{}'))
                  AND NOT (code = 'price' AND t.channels && ARRAY[0, n.channel_id])
                ORDER BY code) AS missing
    FROM told t
    JOIN need n ON n.language = t.language AND n.family_id IS NOT DISTINCT FROM t.family_id
    LEFT JOIN worded w ON w.listing = t.listing AND w.channel_id = n.channel_id AND w.language = n.language
)
SELECT product_id, channel_id, language,
       CASE WHEN many = 0 THEN 100 ELSE 100 * (many - cardinality(missing)) / many END::smallint AS percent, missing
  FROM judged
"""


@dataclass(frozen=True)
class Missing:
    """Something to add. tab: where on the product's page it is typed."""

    code: str
    label: str
    tab: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Standing:
    """A product on a channel in a language."""

    channel: SalesChannel
    language: str
    percent: int
    missing: list[Missing]


def parameters(ids: Collection[int] | None) -> dict[str, Any]:
    """What FOUND asks for. ids: these products and the variants below them, None for all."""
    languages = [code for code, _name in settings.LANGUAGES]
    asked = list(ids) if ids is not None else None
    return {"ids": asked, "usual": list(USUAL), "languages": languages, "base": settings.LANGUAGE_CODE}


def standings(product_id: int) -> list[Standing]:
    """How complete a product is right now, worst first. Three queries."""
    with connection.cursor() as sql:
        sql.execute(f"{FOUND} WHERE product_id = %(one)s", {**parameters([product_id]), "one": product_id})
        rows = sql.fetchall()
    channels = SalesChannel.objects.in_bulk({row[1] for row in rows})
    words = labels({code for row in rows for code in row[4]})
    found = [
        Standing(channels[channel], language, percent, [words[code] for code in missing])
        for _pk, channel, language, percent, missing in rows
    ]
    return sorted(found, key=lambda one: (one.percent, one.channel.code, one.language))


def labels(codes: Collection[str]) -> dict[str, Missing]:
    """What is missing in words. At most one query."""
    attributes = {code.removeprefix(ATTRIBUTE) for code in codes if code.startswith(ATTRIBUTE)}
    names = dict(Attribute.objects.filter(code__in=attributes).values_list("code", "name")) if attributes else {}
    facts = dict(RequiredFact.choices)
    found = {}
    for code in codes:
        if code.startswith(ATTRIBUTE):
            bare = code.removeprefix(ATTRIBUTE)
            found[code] = Missing(code, names.get(bare, bare), "attributes")
        else:
            found[code] = Missing(code, str(facts.get(code, code)), TABS.get(code, "general"))
    return found


def percents(product_ids: Iterable[int]) -> dict[int, int]:
    """The lowest percentage of each product over channels and languages. One query."""
    rows = Completeness.objects.filter(product__in=list(product_ids)).values("product").annotate(least=Min("percent"))
    return {row["product"]: row["least"] for row in rows.order_by()}


@dataclass(frozen=True)
class FamilyStanding:
    """A family with products that lack something. incomplete, total: products; percent: on average."""

    pk: int | None
    name: str
    incomplete: int
    total: int
    percent: int


_BY_FAMILY = """
SELECT f.id, f.name, count(*) FILTER (WHERE least < 100), count(*), avg(least)::int
  FROM (SELECT c.product_id, min(c.percent) AS least FROM catalog_completeness c GROUP BY c.product_id) each
  JOIN catalog_product p ON p.id = each.product_id AND p.kind <> 'child'
  LEFT JOIN catalog_family f ON f.id = p.family_id
 GROUP BY f.id, f.name HAVING count(*) FILTER (WHERE least < 100) > 0
 ORDER BY 3 DESC, f.name LIMIT %(most)s
"""


def by_family() -> list[FamilyStanding]:
    """The families with most incomplete products, kept for ten minutes. One query."""
    rows: list[Any] | None = cache.get("completeness:families")
    if rows is None:
        with connection.cursor() as sql:
            sql.execute(_BY_FAMILY, {"most": FAMILIES_SHOWN})
            rows = sql.fetchall()
        cache.set("completeness:families", rows, KEEP_SECONDS)
    return [FamilyStanding(pk, name or _("without family"), *counts) for pk, name, *counts in rows]
