"""The statements that say which sets the listings of `reindex_touched` belong to."""

from discovery.rules import Kind

_HAS = f"""
has AS (
  SELECT channel_id, listing_id, slot, '{Kind.FACET}' AS kind, unnest(facets)::bigint AS number FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.SEGMENT}', unnest(segments) FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.SELECTION}', unnest(selections) FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.PLACE}', unnest(places) FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.STOCK}', 0 FROM offered WHERE in_stock
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.ALL}', 0 FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.SLOT}', slot FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.STEP}', width_bucket(list_price, %(steps)s::numeric[])
               FROM offered
   UNION ALL SELECT channel_id, listing_id, slot, CASE WHEN offered THEN '{Kind.WORD}' ELSE '{Kind.UNSEEN}' END, id
               FROM spoken
   UNION ALL SELECT channel_id, listing_id, slot, '{Kind.NAMED}', id FROM spoken WHERE offered AND named
)"""  # noqa: S608 - fixed names

# Entries and the common words in them, of some listings or, for some words, of all.
_SPOKEN = """spoken AS (
  SELECT e.channel_id, e.listing_id, e.slot, e.offered, c.id, 'A' = ANY(said.weights) AS named
    FROM discovery_indexentry e{some}
   CROSS JOIN LATERAL (SELECT 'words_fr' AS place, lexeme, weights FROM unnest(e.words_fr)
                       UNION ALL SELECT 'words_en', lexeme, weights FROM unnest(e.words_en)) said
    JOIN discovery_commonword c ON c.channel_id = e.channel_id AND c."column" = said.place AND c.word = said.lexeme{new}
)"""
_TOUCHED = """
    JOIN reindex_touched t ON t.channel_id = e.channel_id AND t.listing_id = e.listing_id"""

_OFFERED = f"""
WITH offered AS MATERIALIZED (
  SELECT e.channel_id, e.listing_id, e.slot, e.facets, e.segments, e.selections, e.places, e.in_stock, e.list_price
    FROM discovery_indexentry e
    JOIN reindex_touched t ON t.channel_id = e.channel_id AND t.listing_id = e.listing_id
   WHERE e.offered
), {_SPOKEN.format(some=_TOUCHED, new="")},"""  # noqa: S608 - fixed names

# Before anything is written: the sets that may have to let go of a listing.
HELD = f"""
CREATE TEMPORARY TABLE reindex_held ON COMMIT DROP AS
{_OFFERED}{_HAS}
SELECT DISTINCT channel_id, kind, number FROM has
"""  # noqa: S608 - fixed names

# After they were written: a set holds a listing as a whole if all its offered entries are in, else slot by slot.
SETS = f"""
{_OFFERED}{_HAS}, family AS (
  SELECT channel_id, listing_id, count(*) AS entries FROM offered GROUP BY channel_id, listing_id
), held AS (
  SELECT channel_id, kind, number, listing_id, array_agg(slot) AS slots FROM has
   GROUP BY channel_id, kind, number, listing_id
), placed AS (
  SELECT h.channel_id, h.kind, h.number, h.listing_id,
         CASE WHEN h.kind <> '{Kind.UNSEEN}' AND cardinality(h.slots) = f.entries THEN '{{-1}}'::int[] ELSE h.slots END
           AS slots
    FROM held h JOIN family f ON f.channel_id = h.channel_id AND f.listing_id = h.listing_id
)
SELECT channel_id, kind, number, slot, string_agg(int4send(listing_id::int), ''::bytea)
  FROM placed CROSS JOIN LATERAL unnest(slots) AS slot
 GROUP BY channel_id, kind, number, slot
"""  # noqa: S608 - fixed names

# Of all listings slot by slot, of words that became common: what is whole is found in the bitmaps, which is quicker.
SLOTS = """
SELECT channel_id, slot, string_agg(int4send(listing_id::int), ''::bytea)
  FROM discovery_indexentry WHERE offered GROUP BY channel_id, slot
"""
WORDS = f"""
WITH {_SPOKEN.format(some="", new=" AND c.id = ANY(%(words)s::bigint[])")}
SELECT channel_id, id, slot, offered, named, string_agg(int4send(listing_id::int), ''::bytea)
  FROM spoken GROUP BY channel_id, id, slot, offered, named
"""  # noqa: S608 - fixed names

# What listings are sorted by. New: minutes since 2000.
ORDERS = """
SELECT channel_id, string_agg(int4send(listing_id::int), ''::bytea), string_agg(int8send(rank), ''::bytea),
       string_agg(int8send(price), ''::bytea), string_agg(int8send(new), ''::bytea)
  FROM (SELECT e.channel_id, e.listing_id, greatest(max(e.rank) - %(lowest)s, 0)::bigint AS rank,
               greatest(min(e.list_price) * 100, 0)::bigint AS price,
               greatest(extract(epoch FROM max(e.published_at) - '2000-01-01 00:00+00') / 60, 0)::bigint AS new
          FROM discovery_indexentry e
          JOIN reindex_touched t ON t.channel_id = e.channel_id AND t.listing_id = e.listing_id
         WHERE e.offered
         GROUP BY e.channel_id, e.listing_id) listing
 GROUP BY channel_id
"""

STORED = """
SELECT kind, number, slot, chunk, ids
  FROM discovery_listingset
 WHERE channel_id = %(channel)s AND chunk = ANY(%(chunks)s)
   AND (%(everything)s OR kind = ANY(%(bits)s) OR (kind, number) IN (
        SELECT kind, number FROM reindex_held WHERE channel_id = %(channel)s
        UNION ALL SELECT unnest(%(kinds)s::text[]), unnest(%(numbers)s::bigint[])))
"""

WRITE = """
INSERT INTO discovery_listingset (channel_id, kind, number, slot, chunk, ids, version)
SELECT %(channel)s, kind, number, slot, chunk, ids, %(version)s
  FROM unnest(%(kinds)s::text[], %(numbers)s::bigint[], %(slots)s::int[], %(chunks)s::int[], %(ids)s::bytea[])
       AS one(kind, number, slot, chunk, ids)
    ON CONFLICT (channel_id, kind, number, slot, chunk) DO UPDATE SET ids = EXCLUDED.ids, version = EXCLUDED.version
"""
