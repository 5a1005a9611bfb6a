"""Which labels products carry at an instant: given by hand, by file, or because a rule holds. Nothing is switched."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from altazion.lib.noting import note
from altazion.lib.prepared import prepared
from catalog.models import CriterionValue, Label
from stores.models import SalesChannel

MOST_ON_TILE = 4
MARK_GROUND, MARK_INK = "#eef1f5", "#1f2937"  # quiet: a mark is a word, not a label

# True if product `a` (product_id, listing_id: its parent, or itself) carries label `l` at %(at)s; the publication that
# makes a novelty is on channel {channel}. Dates are half-open.
CARRIES = """
(l.during IS NULL OR l.during @> %(at)s::timestamptz)
AND (EXISTS (SELECT 1 FROM catalog_productlabel k
              WHERE k.label_id = l.id AND k.product_id IN (a.product_id, a.listing_id)
                AND (k.during IS NULL OR k.during @> %(at)s::timestamptz))
     OR CASE l.rule
        WHEN 'new' THEN EXISTS (
             SELECT 1 FROM catalog_publication b
              WHERE b.product_id = a.listing_id AND b.channel_id = {channel} AND b.published_at <= %(at)s
                AND b.published_at > %(at)s::timestamptz - make_interval(days => l.days))
        WHEN 'attribute' THEN EXISTS (
             SELECT 1 FROM catalog_product q
              WHERE q.id IN (a.product_id, a.listing_id)
                AND (q.attributes -> l.attribute @> to_jsonb(l.value::text) OR q.attributes ->> l.attribute = l.value))
        WHEN 'selection' THEN EXISTS (
             SELECT 1 FROM catalog_selectionitem i JOIN catalog_selection z ON z.id = i.selection_id
                AND (z.during IS NULL OR z.during @> %(at)s::timestamptz)
              WHERE i.selection_id = l.selection_id AND i.product_id IN (a.product_id, a.listing_id))
        WHEN 'flag' THEN EXISTS (
             SELECT 1 FROM catalog_product q WHERE q.id IN (a.product_id, a.listing_id) AND q.flags & l.flag <> 0)
        WHEN 'promotion' THEN a.product_id = ANY(%(reduced)s::bigint[])
        ELSE false END)
"""
ON_CHANNEL = """
(NOT EXISTS (SELECT 1 FROM catalog_labelslot_channels c WHERE c.labelslot_id = s.id)
 OR EXISTS (SELECT 1 FROM catalog_labelslot_channels c WHERE c.labelslot_id = s.id AND c.saleschannel_id = {channel}))
"""

_SHOWN = f"""
WITH a AS (SELECT p.id AS product_id, COALESCE(p.parent_id, p.id) AS listing_id
             FROM catalog_product p WHERE p.id = ANY(%(ids)s::bigint[]))
SELECT product_id, id, slot_id, allows_several, display, name, text, ground, ink, image, on_tiles FROM (
SELECT a.product_id, l.id, l.slot_id, s.allows_several, s.display,
       COALESCE(NULLIF(l.translations -> %(language)s ->> 'name', ''), l.name) AS name,
       COALESCE(NULLIF(l.translations -> %(language)s ->> 'text', ''), l.text) AS text,
       l.ground, l.ink, l.image, s.on_tiles OR place.position IS NOT NULL AS on_tiles,
       place.position AS place, s.position AS slot_place, l.priority
  FROM a
 CROSS JOIN catalog_label l
  JOIN catalog_labelslot s ON s.id = l.slot_id
  LEFT JOIN LATERAL (SELECT min(k.position) AS position FROM catalog_productlabel k
                      WHERE k.label_id = l.id AND k.product_id IN (a.product_id, a.listing_id)
                        AND (k.during IS NULL OR k.during @> %(at)s::timestamptz)) place ON true
 WHERE {ON_CHANNEL.format(channel="%(channel)s")} AND {CARRIES.format(channel="%(channel)s")}
 UNION ALL
SELECT a.product_id, -f.flag, 0, true, '', COALESCE(NULLIF(f.translations -> %(language)s ->> 'name', ''), f.name), '',
       '{MARK_GROUND}', '{MARK_INK}', '', true, NULL, 40000, -f.flag
  FROM a
  JOIN catalog_flagname f ON f.in_shop
 WHERE EXISTS (SELECT 1 FROM catalog_product q WHERE q.id IN (a.product_id, a.listing_id) AND q.flags & f.flag <> 0)
) said
 ORDER BY product_id, place NULLS LAST, slot_place, slot_id, priority DESC, id
"""  # noqa: S608 - fixed text


@dataclass(frozen=True)
class ShownLabel:
    """A label in the reader's language. on_tiles: its slot is shown in lists, or the product's row says so."""

    id: int
    name: str
    text: str
    ground: str
    ink: str
    image: str
    on_tiles: bool

    @property
    def colours(self) -> str:
        """The class of its colours in the shop's style sheet of labels."""
        return f"pill-{self.ground[1:]}-{self.ink[1:]}"


def labels_of(
    product_ids: Iterable[int],
    *,
    channel: SalesChannel,
    at: dt.datetime,
    language: str,
    reduced: Collection[int] = (),
) -> dict[int, list[ShownLabel]]:
    """The labels of each product at `at`, in the order of their slots. One query.

    reduced: those of the products whose price is reduced then; prices are worked out above the catalogue.
    """
    found: dict[int, list[ShownLabel]] = {}
    taken: set[tuple[int, int]] = set()
    parameters: dict[str, Any] = {
        "ids": list(product_ids), "channel": channel.pk, "at": at, "language": language, "reduced": list(reduced),
    }  # fmt: skip
    note(parameters["ids"])
    with prepared() as sql:
        sql.execute(_SHOWN, parameters)
        for product, pk, slot, several, display, name, text, ground, ink, image, tiles in sql.fetchall():
            if not several and (product, slot) in taken:
                continue
            taken.add((product, slot))
            shown = ShownLabel(pk, name, text, ground, ink, image if display == "image" else "", tiles)
            found.setdefault(product, []).append(shown)
    return found


def on_tile(labels: list[ShownLabel]) -> list[ShownLabel]:
    """The labels that fit on a tile: at most four."""
    return [label for label in labels if label.on_tiles][:MOST_ON_TILE]


def label_colours() -> list[tuple[str, str]]:
    """Every pair of colours (background, text) in use. One query."""
    used = Label.objects.values_list("ground", "ink").distinct().order_by("ground", "ink")[:500]
    return [(MARK_GROUND, MARK_INK), *used]


def choice_colours() -> list[str]:
    """Every colour that choices of criteria have. One query."""
    used = CriterionValue.objects.exclude(colour="").values_list("colour", flat=True)
    return list(used.distinct().order_by("colour")[:500])
