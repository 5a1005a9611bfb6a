"""What tiles show of products, in one statement: name, address word, brand, first picture, number of variants."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db import connection

from catalog.enums import MediaKind, ProductState
from catalog.selectors.channel_text import put_words

# A picture of its own, else of a variant, else of the parent.
_SHOWN = """
SELECT p.id, p.sku, p.slug, p.name, p.translations::text, above.id, above.slug, above.name, above.translations::text,
       COALESCE(b.name, above_b.name, ''), COALESCE(picture.location, ''), COALESCE(picture.alt, ''),
       picture.sizes::text, variants.number,
       CASE WHEN b.id IS NULL THEN above_b.translations ELSE b.translations END::text,
       told.name, told.slug, told.translations::text, told_above.name, told_above.slug, told_above.translations::text
  FROM catalog_product p
  LEFT JOIN catalog_product above ON above.id = p.parent_id
  LEFT JOIN catalog_channeltext told ON told.product_id = p.id AND told.channel_id = %(channel)s
  LEFT JOIN catalog_channeltext told_above ON told_above.product_id = p.parent_id
                                          AND told_above.channel_id = %(channel)s
  LEFT JOIN catalog_brand b ON b.id = p.brand_id
  LEFT JOIN catalog_brand above_b ON above_b.id = above.brand_id
 CROSS JOIN LATERAL (
       SELECT count(*) AS number FROM catalog_product c WHERE c.parent_id = p.id AND c.state = %(validated)s
       ) variants
  LEFT JOIN LATERAL (
       SELECT location, alt, sizes
         FROM (SELECT m.location, m.alt, m.sizes, 0 AS far, m.position, m.id
                 FROM catalog_media m WHERE m.product_id = p.id AND m.kind = %(image)s AND m.is_public
               UNION ALL
               SELECT m.location, m.alt, m.sizes, 1, m.position, m.id
                 FROM catalog_product c JOIN catalog_media m ON m.product_id = c.id
                WHERE c.parent_id = p.id AND c.state = %(validated)s AND m.kind = %(image)s AND m.is_public
               UNION ALL
               SELECT m.location, m.alt, m.sizes, 2, m.position, m.id
                 FROM catalog_media m WHERE m.product_id = p.parent_id AND m.kind = %(image)s AND m.is_public) near
        ORDER BY far, position, id LIMIT 1
       ) picture ON true
 WHERE p.id = ANY(%(asked)s::bigint[])
   AND EXISTS (SELECT 1 FROM discovery_indexentry e WHERE e.channel_id = %(channel)s AND e.listing_id = p.id)
"""


@dataclass
class Named:
    """A product or brand by its words."""

    slug: str
    name: str
    translations: dict[str, Any]


@dataclass
class Shown(Named):
    """A product or variant as a list shows it; `parent` is that of a variant with a tile of its own."""

    pk: int
    sku: str
    parent_id: int | None
    parent: Named | None
    brand: Named
    picture: str
    alt: str
    copies: list[list[Any]]
    variants: int


MOST_KEPT = 50_000
_KEPT: "OrderedDict[tuple[str, int], Shown | None]" = OrderedDict()
_LOCK = Lock()


def shown(asked: list[int], *, channel_id: int, kept_for: str = "") -> dict[int, Shown]:
    """Those of the products that the channel lists, in its own words where it has some.

    What a process read is kept under `kept_for` ("": not at all); the others are read with one query.
    """
    if not kept_for:
        return _read(asked, channel_id)
    with _LOCK:
        known = {pk: _KEPT[kept_for, pk] for pk in asked if (kept_for, pk) in _KEPT}
    if missing := [pk for pk in asked if pk not in known]:
        read = _read(missing, channel_id)
        known |= {pk: read.get(pk) for pk in missing}
        with _LOCK:
            _KEPT.update({(kept_for, pk): read.get(pk) for pk in missing})
            while len(_KEPT) > MOST_KEPT:
                _KEPT.popitem(last=False)
    return {pk: product for pk in asked if (product := known[pk]) is not None}


def _read(asked: list[int], channel_id: int) -> dict[int, Shown]:
    parameters: dict[str, Any] = {
        "asked": asked,
        "channel": channel_id,
        "validated": ProductState.VALIDATED.value,
        "image": MediaKind.IMAGE.value,
    }
    with connection.cursor() as sql:
        sql.execute(_SHOWN, parameters)
        return {row[0]: _shown(*row) for row in sql.fetchall()}


def _shown(
    pk: int, sku: str, slug: str, name: str, words: str, above: int | None, above_slug: str, above_name: str,
    above_words: str, brand: str, picture: str, alt: str, copies: str | None, variants: int, brand_words: str | None,
    *told: str | None,
) -> Shown:  # fmt: skip
    parent = Named(above_slug, above_name, json.loads(above_words)) if above else None
    sizes = json.loads(copies) if copies else []
    maker = Named("", brand, json.loads(brand_words) if brand_words else {})
    found = Shown(slug, name, json.loads(words), pk, sku, above, parent, maker, picture, alt, sizes, variants)
    _speak(found, *told[:3])
    _speak(parent, *told[3:])
    return found


def _speak(product: Any, name: str | None, slug: str | None, words: str | None) -> None:
    """Let the channel's own words stand over a product's."""
    if product is not None and words is not None:
        put_words(product, {"name": name or "", "slug": slug or ""}, json.loads(words))
