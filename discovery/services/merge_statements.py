"""The statements that write what `reindex_wanted` says: first what differs is found, then only that is written.

Every one joins on keys of temporary tables that were analysed, so that none has to guess how much there is.
"""

COLUMNS = (
    "listing_id, name, segments, facets, selections, places, brand_id, rank, list_price, in_stock, offered,"
    " references_text, words_fr, words_en, digest, published_at"
)
_SOURCE = ", ".join(f"w.{column.strip()}" for column in COLUMNS.split(","))
_TARGET = ", ".join(f"e.{column.strip()}" for column in COLUMNS.split(","))

NEW_VERSIONS = """
INSERT INTO discovery_indexversion (channel_id, number)
SELECT c.id, 0 FROM stores_saleschannel c
 WHERE NOT EXISTS (SELECT 1 FROM discovery_indexversion v WHERE v.channel_id = c.id)
 ORDER BY c.id
    ON CONFLICT (channel_id) DO NOTHING
"""
LOCK_VERSIONS = "SELECT channel_id, number FROM discovery_indexversion ORDER BY channel_id FOR UPDATE"

# A child that is sold out hides behind those of its listing that are not.
NOT_OFFERED = """
UPDATE reindex_wanted w SET offered = false
 WHERE NOT w.in_stock
   AND EXISTS (SELECT 1 FROM reindex_wanted other
                WHERE other.listing_id = w.listing_id AND other.channel_id = w.channel_id AND other.in_stock)
"""

# Entries of listings that are rebuilt and of a child that moved to another parent, where nothing wants them.
GONE = """
CREATE TEMPORARY TABLE reindex_gone ON COMMIT DROP AS
SELECT e.id, e.channel_id, e.listing_id
  FROM discovery_indexentry e
 WHERE (%(ids)s::bigint[] IS NULL
        OR e.id IN (SELECT one.id FROM discovery_indexentry one JOIN reindex_listing r ON r.id = one.listing_id
                    UNION ALL
                    SELECT one.id FROM discovery_indexentry one WHERE one.product_id = ANY(%(ids)s::bigint[])))
   AND NOT EXISTS (SELECT 1 FROM reindex_wanted w
                    WHERE w.product_id = e.product_id AND w.channel_id = e.channel_id AND w.listing_id = e.listing_id)
"""

DIFFERS = f"""
CREATE TEMPORARY TABLE reindex_differs ON COMMIT DROP AS
SELECT e.id, w.channel_id, w.listing_id, w.product_id
  FROM reindex_wanted w
  JOIN discovery_indexentry e ON e.product_id = w.product_id AND e.channel_id = w.channel_id
 WHERE e.listing_id = w.listing_id AND ROW({_TARGET}) IS DISTINCT FROM ROW({_SOURCE})
"""  # noqa: S608 - fixed column names

# Looked up before anything is added: a statement that looked into the table it fills would walk over what it adds.
ADDED = """
CREATE TEMPORARY TABLE reindex_added ON COMMIT DROP AS
WITH added AS MATERIALIZED (
  SELECT w.channel_id, w.listing_id, w.product_id
    FROM reindex_wanted w
    LEFT JOIN discovery_indexentry e
      ON e.product_id = w.product_id AND e.channel_id = w.channel_id AND e.listing_id = w.listing_id
   WHERE e.id IS NULL
), used AS MATERIALIZED (
  SELECT e.channel_id, e.listing_id, max(e.slot) + 1 AS next
    FROM discovery_indexentry e
    JOIN (SELECT DISTINCT channel_id, listing_id FROM added) grown
      ON grown.channel_id = e.channel_id AND grown.listing_id = e.listing_id
   GROUP BY e.channel_id, e.listing_id
)
SELECT a.channel_id, a.listing_id, a.product_id,
       COALESCE(used.next, 0)
         + row_number() OVER (PARTITION BY a.channel_id, a.listing_id ORDER BY a.product_id) - 1 AS slot
  FROM added a LEFT JOIN used ON used.channel_id = a.channel_id AND used.listing_id = a.listing_id
"""

TOUCHED = """
CREATE TEMPORARY TABLE reindex_touched ON COMMIT DROP AS
SELECT channel_id, listing_id FROM reindex_gone
 UNION SELECT channel_id, listing_id FROM reindex_differs
 UNION SELECT channel_id, listing_id FROM reindex_added
 UNION SELECT e.channel_id, e.listing_id
         FROM discovery_indexentry e
        WHERE %(ids)s::bigint[] IS NULL
          AND e.channel_id NOT IN (SELECT channel_id FROM discovery_listingset)  -- a shop from before there were sets
"""

REMOVE = "DELETE FROM discovery_indexentry e USING reindex_gone g WHERE g.id = e.id"

CHANGE = f"""
UPDATE discovery_indexentry e SET ({COLUMNS}) = ROW({_SOURCE})
  FROM reindex_differs d
  JOIN reindex_wanted w ON w.product_id = d.product_id AND w.channel_id = d.channel_id
 WHERE d.id = e.id
"""  # noqa: S608 - fixed column names

ADD = f"""
INSERT INTO discovery_indexentry (channel_id, product_id, slot, {COLUMNS})
SELECT a.channel_id, a.product_id, a.slot, {_SOURCE}
  FROM reindex_added a
  JOIN reindex_wanted w ON w.product_id = a.product_id AND w.channel_id = a.channel_id
"""  # noqa: S608 - fixed column names

# Pages show more of a product than the index holds (pictures, documents): whatever was asked for counts as changed.
BUMP = """
UPDATE discovery_indexversion v
   SET number = old.number + (touched.channel_id IS NOT NULL)::int, named = old.named + %(named)s
  FROM discovery_indexversion old
  LEFT JOIN (SELECT unnest(%(channels)s::bigint[]) AS channel_id) touched ON touched.channel_id = old.channel_id
 WHERE old.channel_id = v.channel_id AND (touched.channel_id IS NOT NULL OR %(named)s > 0)
"""
