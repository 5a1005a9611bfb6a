"""The statements that rebuild the index: what it should hold goes to a temporary table; differences are written."""

from catalog.selectors.labels import CARRIES, ON_CHANNEL
from logistics.selectors.claims import CLAIMS, counted_sql, free_sql, together_sql

FAMILY = """
CREATE TEMPORARY TABLE reindex_listing ON COMMIT DROP AS
WITH holder AS (
  SELECT DISTINCT COALESCE(p.parent_id, p.id) AS id
    FROM catalog_product p
   WHERE %(ids)s::bigint[] IS NULL OR p.id = ANY(%(ids)s::bigint[])
)
SELECT id FROM holder
UNION  -- what lies in a bundle decides whether it is there, and often its price
SELECT line.bundle_id FROM catalog_bundleline line WHERE line.component_id = ANY(%(ids)s::bigint[])
UNION  -- variants may be listings of their own
SELECT c.id FROM catalog_product c JOIN holder ON holder.id = c.parent_id
"""

# A child says what it says itself; where it is silent its parent speaks. List options are named, other values stand
# for themselves.
SOLD = """
CREATE TEMPORARY TABLE reindex_sold ON COMMIT DROP AS
SELECT s.id AS product_id, l.id AS listing_id, l.variant_tiles, s.stock_type, s.sku, l.sku AS listing_sku,
       COALESCE(NULLIF(s.name, ''), l.name) AS name, l.name AS listing_name, l.importance,
       COALESCE(s.translations -> 'en' ->> 'name', l.translations -> 'en' ->> 'name', '') AS name_en,
       COALESCE(s.brand_id, l.brand_id) AS brand_id,
       concat_ws(' ', l.short_description, left(l.description, 6000)) AS prose,
       concat_ws(' ', l.translations -> 'en' ->> 'short_description',
                 left(l.translations -> 'en' ->> 'description', 6000)) AS prose_en,
       l.attributes || s.attributes AS attributes
  FROM reindex_listing r
  JOIN catalog_product l ON l.id = r.id AND l.state = 'validated'
  JOIN catalog_product s ON (s.id = l.id AND l.kind IN ('simple', 'bundle'))
                         OR (s.parent_id = l.id AND s.kind = 'child' AND s.state = 'validated')
"""

VALUES = """
CREATE TEMPORARY TABLE reindex_value ON COMMIT DROP AS
SELECT s.product_id, a.id AS attribute_id, a.code AS attribute, left(one.value, 250) AS value, a.type, o.label,
       o.position, a.is_facet, o.translations
  FROM reindex_sold s
 CROSS JOIN LATERAL jsonb_each(s.attributes) pair
  JOIN catalog_attribute a ON a.code = pair.key AND a.is_public AND (
       a.is_facet OR a.type IN ('T', 'E')
       OR EXISTS (SELECT 1 FROM catalog_criterion c WHERE c.attribute_id = a.id AND c.active))
 CROSS JOIN LATERAL (
       SELECT jsonb_array_elements_text(pair.value) AS value WHERE jsonb_typeof(pair.value) = 'array'
       UNION ALL
       SELECT pair.value #>> '{}' WHERE jsonb_typeof(pair.value) IN ('string', 'number', 'boolean')
       ) one
  LEFT JOIN catalog_attributeoption o ON o.attribute_id = a.id AND o.code = one.value
 WHERE one.value <> ''
"""

# Keywords are facet values, too: one set answers a search for a keyword and a filter by it.
KEYWORDS = """
CREATE TEMPORARY TABLE reindex_keyword ON COMMIT DROP AS
SELECT DISTINCT s.product_id, 'kw-' || c.code AS attribute, k.code AS value, k.name AS label,
       CASE WHEN k.translations -> 'en' ->> 'name' <> ''
            THEN jsonb_build_object('en', jsonb_build_object('label', k.translations -> 'en' ->> 'name'))
            ELSE '{}' END AS translations,
       array_to_string(k.forms, ' ') AS forms
  FROM (SELECT n.product_id, p.keyword_id
          FROM reindex_sold n JOIN catalog_productkeyword p ON p.product_id = n.product_id
         UNION
        SELECT n.product_id, p.keyword_id
          FROM reindex_sold n JOIN catalog_productkeyword p ON p.product_id = n.listing_id) s
  JOIN catalog_keyword k ON k.id = s.keyword_id
  JOIN catalog_keywordcategory c ON c.id = k.category_id
"""

# What shoppers filter by: the answers to criteria; for an attribute that is a filter and has none, its own values.
FACETS = """
CREATE TEMPORARY TABLE reindex_facet ON COMMIT DROP AS
SELECT k.product_id, k.attribute, k.value, k.label, 0 AS position, k.translations FROM reindex_keyword k
UNION ALL
SELECT v.product_id, v.attribute, v.value, v.label, v.position, v.translations
  FROM reindex_value v
 WHERE v.is_facet
   AND NOT EXISTS (SELECT 1 FROM catalog_criterion c
                    WHERE c.active AND (c.attribute_id = v.attribute_id OR c.code = v.attribute))
UNION ALL
SELECT v.product_id, c.code, COALESCE(NULLIF(said.code, ''), v.value), COALESCE(said.label, v.label),
       COALESCE(said.position, v.position), COALESCE(said.translations, v.translations)
  FROM reindex_value v
  JOIN catalog_criterion c ON c.attribute_id = v.attribute_id AND c.active AND c.kind IN ('V', 'B')
  LEFT JOIN catalog_criterionvalue said ON said.criterion_id = c.id AND said.value = v.value
UNION ALL
SELECT v.product_id, c.code, said.code, said.label, said.position, said.translations
  FROM reindex_value v
  JOIN catalog_criterion c ON c.attribute_id = v.attribute_id AND c.active AND c.kind = 'R' AND v.type <> 'D'
  JOIN catalog_criterionvalue said ON said.criterion_id = c.id
 CROSS JOIN LATERAL (
       SELECT CASE WHEN v.value ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' THEN v.value::numeric END AS number) read
 WHERE read.number IS NOT NULL AND read.number >= COALESCE(said.minimum, read.number)
   AND (said.maximum IS NULL OR read.number < said.maximum)
UNION ALL
SELECT v.product_id, c.code, said.code, said.label, said.position, said.translations
  FROM reindex_value v
  JOIN catalog_criterion c ON c.attribute_id = v.attribute_id AND c.active AND c.kind = 'R' AND v.type = 'D'
  JOIN catalog_criterionvalue said ON said.criterion_id = c.id AND (said.since IS NOT NULL OR said.before IS NOT NULL)
 WHERE v.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
   AND (said.since IS NULL OR v.value COLLATE "C" >= said.since::text)
   AND (said.before IS NULL OR v.value COLLATE "C" < said.before::text)
UNION ALL  -- has a value, or none
SELECT s.product_id, c.code, COALESCE(NULLIF(said.code, ''), has.word), COALESCE(said.label, has.word),
       COALESCE(said.position, 0), COALESCE(said.translations, '{}')
  FROM reindex_sold s
  JOIN catalog_criterion c ON c.active AND c.kind = 'P'
  JOIN catalog_attribute a ON a.id = c.attribute_id AND a.is_public
 CROSS JOIN LATERAL (SELECT CASE WHEN COALESCE(s.attributes -> a.code, 'null') IN ('null', '""', '[]')
                                 THEN 'no' ELSE 'yes' END AS word) has
  LEFT JOIN catalog_criterionvalue said ON said.criterion_id = c.id AND said.value = has.word
"""

# Labels of slots that filter. The ones that follow a promotion come once prices are known (`PROMOTED`).
LABELS = f"""
INSERT INTO reindex_facet (product_id, attribute, value, label, position, translations)
SELECT DISTINCT a.product_id, 'tag-' || s.code, l.code, l.name, 0,
       CASE WHEN l.translations -> 'en' ->> 'name' <> ''
            THEN jsonb_build_object('en', jsonb_build_object('label', l.translations -> 'en' ->> 'name'))
            ELSE '{{}}' END
  FROM reindex_sold a
  JOIN catalog_publication pub ON pub.product_id = a.listing_id
 CROSS JOIN catalog_label l
  JOIN catalog_labelslot s ON s.id = l.slot_id AND s.is_facet
 WHERE {ON_CHANNEL.format(channel="pub.channel_id")} AND {CARRIES.format(channel="pub.channel_id")}
"""  # noqa: S608 - fixed text

NEW_FACETS = """
INSERT INTO discovery_facetvalue (attribute, value, label, position, translations)
SELECT DISTINCT ON (attribute, value) attribute, value, label, position, translations
  FROM (SELECT attribute, value, left(COALESCE(label, value), 250) AS label, COALESCE(position, 0) AS position,
               COALESCE(translations, '{}') AS translations
          FROM reindex_facet
        UNION ALL
        SELECT 'tag-' || s.code, l.code, l.name, 0,
               CASE WHEN l.translations -> 'en' ->> 'name' <> ''
                    THEN jsonb_build_object('en', jsonb_build_object('label', l.translations -> 'en' ->> 'name'))
                    ELSE '{}' END
          FROM catalog_label l JOIN catalog_labelslot s ON s.id = l.slot_id AND s.is_facet
         WHERE l.rule = 'promotion'
        UNION ALL
        SELECT 'brand', b.code, b.name, 0, '{}'
          FROM catalog_brand b WHERE NOT b.archived AND b.id IN (SELECT brand_id FROM reindex_sold)) wanted
 ORDER BY attribute, value
    ON CONFLICT (attribute, value) DO UPDATE
   SET label = EXCLUDED.label, position = EXCLUDED.position, translations = EXCLUDED.translations
 WHERE (discovery_facetvalue.label, discovery_facetvalue.position, discovery_facetvalue.translations)
       IS DISTINCT FROM (EXCLUDED.label, EXCLUDED.position, EXCLUDED.translations)
"""

# A star segment lifts what stands in it: a normal product there counts like a highlighted one elsewhere.
# What people keep back from sale at that instant.
WITHDRAWN = """
CREATE TEMPORARY TABLE reindex_withdrawn ON COMMIT DROP AS
SELECT product_id, place_id, sum(quantity)::int AS units FROM logistics_withdrawal
 WHERE during @> %(at)s::timestamptz GROUP BY product_id, place_id
"""

WANTED = """
CREATE TEMPORARY TABLE reindex_wanted ON COMMIT DROP AS
WITH facet AS (
  SELECT product_id, array_agg(DISTINCT number ORDER BY number) AS numbers
    FROM (SELECT v.product_id, f.id::int AS number
            FROM reindex_facet v
            JOIN discovery_facetvalue f ON f.attribute = v.attribute AND f.value = v.value
          UNION ALL
          SELECT s.product_id, f.id::int
            FROM reindex_sold s
            JOIN catalog_brand b ON b.id = s.brand_id AND NOT b.archived
            JOIN discovery_facetvalue f ON f.attribute = 'brand' AND f.value = b.code) every_value
   GROUP BY product_id
), said AS (
  SELECT product_id, left(string_agg(DISTINCT COALESCE(label, value), ' '), 3000) AS words,
         left(string_agg(DISTINCT COALESCE(translations -> 'en' ->> 'label', label, value), ' '), 3000) AS words_en
    FROM reindex_value WHERE type IN ('T', 'E') GROUP BY product_id
), nicknamed AS (
  SELECT product_id, left(string_agg(DISTINCT forms, ' '), 3000) AS words FROM reindex_keyword GROUP BY product_id
), placed AS (
  SELECT m.product_id AS listing_id, array_agg(DISTINCT above ORDER BY above) AS ids, max(m.relevance) AS relevance,
         max(ladder.importance) AS importance
    FROM catalog_productsegment m
    JOIN reindex_listing r ON r.id = m.product_id
    JOIN catalog_segment g ON g.id = m.segment_id AND g.kind = 'P'
   CROSS JOIN LATERAL unnest(g.path) above
    JOIN catalog_segment ladder ON ladder.id = above
   WHERE NOT EXISTS (SELECT 1 FROM catalog_segment shut
                      WHERE shut.id = ANY(g.path) AND (shut.archived OR shut.kind <> 'P'))
   GROUP BY m.product_id
), segment_words AS (
  SELECT p.listing_id, string_agg(g.name, ' ') AS words,
         string_agg(COALESCE(g.translations -> 'en' ->> 'name', g.name), ' ') AS words_en
    FROM placed p JOIN catalog_segment g ON g.id = ANY(p.ids) GROUP BY p.listing_id
), chosen AS (
  SELECT s.product_id, array_agg(DISTINCT i.selection_id ORDER BY i.selection_id) AS ids
    FROM reindex_sold s JOIN catalog_selectionitem i ON i.product_id IN (s.product_id, s.listing_id)
   GROUP BY s.product_id
), refs AS (
  SELECT s.product_id,
         ' ' || string_agg(DISTINCT regexp_replace(upper(code.text), '[^A-Z0-9]+', '', 'g'), ' ') || ' ' AS bare,
         string_agg(DISTINCT code.text, ' ') AS words
    FROM reindex_sold s
   CROSS JOIN LATERAL (
         SELECT s.sku UNION ALL SELECT s.listing_sku
         UNION ALL SELECT value FROM catalog_productreference WHERE product_id IN (s.product_id, s.listing_id)
         ) code(text)
   GROUP BY s.product_id
), claim AS MATERIALIZED (CLAIMS
), supply AS (
  SELECT source.channel_id, source.place_id, source.purpose, claim.rule_id, claim.percent, claim.least AS lowest,
         claim.most AS highest, claim.threshold, claim.origins,
         CASE WHEN source.purpose = 'pickup' THEN COALESCE(zone.unavailable_below, 1) ELSE 1 END AS least
    FROM logistics_supplysource source
    JOIN logistics_place place ON place.id = source.place_id AND place.active
    LEFT JOIN stores_store store ON store.id = place.store_id
    LEFT JOIN stores_zone zone ON zone.id = store.zone_id
    LEFT JOIN claim ON claim.channel_id = source.channel_id AND claim.place_id = source.place_id
                   AND claim.purpose = source.purpose
   WHERE NOT COALESCE(store.archived, false) AND (source.purpose = 'delivery' OR store.offers_pickup)
     AND (store.id IS NULL OR source.purpose = 'pickup' OR place.wants_parcels AND place.may_send)
     AND (claim.rule_id IS NOT NULL
          OR (source.channel_id, source.purpose) NOT IN (SELECT channel_id, purpose FROM logistics_supplyrule
                                                          WHERE active))
), own_limit AS (  -- of the product itself, else of its parent
  SELECT DISTINCT ON (s.product_id, t.channel_id)
         s.product_id, t.channel_id, t.unavailable_below, t.hidden_below, s.stock_type
    FROM reindex_sold s JOIN logistics_channelthreshold t ON t.product_id IN (s.product_id, s.listing_id)
   ORDER BY s.product_id, t.channel_id, t.product_id = s.product_id DESC
), hidden AS (
  SELECT l.product_id, l.channel_id FROM own_limit l
    JOIN catalog_product p ON p.id = l.product_id AND p.kind <> 'bundle'
   WHERE l.hidden_below IS NOT NULL AND l.stock_type NOT IN (0, 1)
     AND l.hidden_below > COALESCE(
         (SELECT sum(greatest(FREE, 0)) FROM logistics_stockbalance b
            JOIN logistics_place place ON place.id = b.place_id AND place.active
           WHERE b.product_id = l.product_id
             AND b.place_id IN (SELECT place_id FROM logistics_supplysource WHERE channel_id = l.channel_id)), 0)
), counting AS (
  SELECT b.product_id, u.channel_id, u.purpose, b.place_id, COUNTED AS units,
         greatest(COALESCE(l.unavailable_below, u.least), 1) AS least
    FROM logistics_stockbalance b
    JOIN reindex_sold s ON s.product_id = b.product_id
    JOIN supply u ON u.place_id = b.place_id
    LEFT JOIN own_limit l ON l.product_id = b.product_id AND l.channel_id = u.channel_id
   WHERE FREE >= 1 AND COUNTED >= 1 AND TOGETHER
), stocked AS (
  SELECT product_id, channel_id, true AS anywhere,
         array_agg(DISTINCT place_id ORDER BY place_id) FILTER (WHERE purpose = 'pickup' AND units >= least) AS places
    FROM counting
   GROUP BY product_id, channel_id
  HAVING bool_or(purpose = 'pickup' AND units >= least)
      OR sum(units) FILTER (WHERE purpose = 'delivery') >= max(least) FILTER (WHERE purpose = 'delivery')
), inside AS (
  SELECT line.bundle_id, line.component_id, line.quantity, c.stock_type,
         count(*) OVER (PARTITION BY line.bundle_id) AS n
    FROM catalog_bundleline line
    JOIN reindex_sold s ON s.product_id = line.bundle_id
    JOIN catalog_product bundle ON bundle.id = line.bundle_id AND bundle.kind = 'bundle'
    JOIN catalog_product c ON c.id = line.component_id
), inside_at AS (
  SELECT i.bundle_id, u.channel_id, u.purpose, u.place_id, i.component_id, i.n, i.quantity,
         CASE WHEN i.stock_type = 1 OR (i.stock_type = 0 AND u.purpose = 'delivery') THEN 9999
              WHEN COUNTED >= u.least AND TOGETHER THEN COUNTED
              ELSE 0 END AS units
    FROM inside i
   CROSS JOIN supply u
    LEFT JOIN logistics_stockbalance b ON b.product_id = i.component_id AND b.place_id = u.place_id
), bundle_place AS (
  SELECT bundle_id, channel_id, place_id FROM inside_at WHERE purpose = 'pickup' AND units >= quantity
   GROUP BY bundle_id, channel_id, place_id HAVING count(*) = max(n)
), bundle_sent AS (
  SELECT bundle_id, channel_id FROM (
    SELECT bundle_id, channel_id, component_id, max(n) AS n FROM inside_at WHERE purpose = 'delivery'
     GROUP BY bundle_id, channel_id, component_id HAVING sum(units) >= max(quantity)) enough
   GROUP BY bundle_id, channel_id HAVING count(*) = max(n)
), stocked_or_bundled AS (
  SELECT product_id, channel_id, anywhere, places FROM stocked
  UNION ALL
  SELECT COALESCE(p.bundle_id, d.bundle_id), COALESCE(p.channel_id, d.channel_id), true, p.places
    FROM (SELECT bundle_id, channel_id, array_agg(place_id ORDER BY place_id) AS places FROM bundle_place
           GROUP BY bundle_id, channel_id) p
    FULL JOIN bundle_sent d ON d.bundle_id = p.bundle_id AND d.channel_id = p.channel_id
), everywhere AS (
  SELECT channel_id, array_agg(DISTINCT place_id ORDER BY place_id) AS places
    FROM supply WHERE purpose = 'pickup' GROUP BY channel_id
)
SELECT pub.channel_id, s.product_id,
       CASE WHEN COALESCE(NULLIF(s.variant_tiles, ''), channel.variant_tiles) = 'children' THEN s.product_id
            ELSE s.listing_id END AS listing_id,
       left(CASE WHEN s.product_id = s.listing_id THEN COALESCE(NULLIF(told.name, ''), s.name) ELSE s.name END, 250)
         AS name,
       COALESCE(placed.ids, '{}') AS segments, COALESCE(facet.numbers, '{}') AS facets,
       COALESCE(chosen.ids, '{}') AS selections,
       CASE WHEN s.stock_type = 1 THEN COALESCE(everywhere.places, '{}')
            ELSE COALESCE(stocked.places, '{}') END AS places,
       s.brand_id,
       s.importance * 1000 + greatest(COALESCE(placed.importance, 0) - 100, 0) * 250
         + COALESCE(placed.relevance * 10, 10)::int
         - CASE WHEN stocked.anywhere OR s.stock_type IN (0, 1) THEN 0 ELSE 500 END AS rank,
       NULL::numeric AS list_price,
       COALESCE(stocked.anywhere, false) OR s.stock_type IN (0, 1) AS in_stock, true AS offered,
       CASE WHEN COALESCE(told.searchable, true) THEN COALESCE(refs.bare, '') ELSE '' END AS references_text,
       CASE WHEN COALESCE(told.searchable, true) THEN COALESCE(known.words_fr, {vector_fr}) END AS words_fr,
       CASE WHEN COALESCE(told.searchable, true) THEN COALESCE(known.words_en, {vector_en}) END AS words_en,
       {digest} AS digest, pub.published_at,
       s.listing_name || ' ' || s.name || ' ' || s.name_en || ' ' || COALESCE(nicknamed.words, '') AS spoken
  FROM reindex_sold s
  JOIN catalog_publication pub ON pub.product_id = s.listing_id
  JOIN stores_saleschannel channel ON channel.id = pub.channel_id
  LEFT JOIN catalog_channeltext told ON told.product_id = s.listing_id AND told.channel_id = pub.channel_id
  LEFT JOIN catalog_brand brand ON brand.id = s.brand_id
  LEFT JOIN facet ON facet.product_id = s.product_id
  LEFT JOIN said ON said.product_id = s.product_id
  LEFT JOIN nicknamed ON nicknamed.product_id = s.product_id
  LEFT JOIN placed ON placed.listing_id = s.listing_id
  LEFT JOIN segment_words ON segment_words.listing_id = s.listing_id
  LEFT JOIN chosen ON chosen.product_id = s.product_id
  LEFT JOIN refs ON refs.product_id = s.product_id
  LEFT JOIN stocked_or_bundled stocked ON stocked.product_id = s.product_id AND stocked.channel_id = pub.channel_id
  LEFT JOIN everywhere ON everywhere.channel_id = pub.channel_id
  LEFT JOIN discovery_indexentry known ON known.product_id = s.product_id AND known.channel_id = pub.channel_id
                                      AND known.digest = {digest}
 WHERE NOT EXISTS (SELECT 1 FROM hidden WHERE hidden.product_id = s.product_id
                                          AND hidden.channel_id = pub.channel_id)
"""
for _name, _said in (
    ("CLAIMS", CLAIMS.format(channel="IS NOT NULL")),
    ("FREE", free_sql("b", "reindex_withdrawn")),
    ("COUNTED", counted_sql("b", "u", "reindex_withdrawn")),
    ("TOGETHER", together_sql("b", "u", "supply", "reindex_withdrawn")),
):
    WANTED = WANTED.replace(_name, _said)

PRICED = """
UPDATE reindex_wanted w SET list_price = priced.amount
  FROM unnest(%(products)s::bigint[], %(amounts)s::numeric[]) AS priced(product_id, amount)
 WHERE w.product_id = priced.product_id AND w.channel_id = %(channel)s
"""

# Labels that follow a promotion, for the products that are reduced on the channel.
PROMOTED = f"""
UPDATE reindex_wanted w
   SET facets = ARRAY(SELECT DISTINCT number FROM unnest(w.facets || tag.numbers) number ORDER BY 1)
  FROM (SELECT array_agg(f.id::int) AS numbers
          FROM catalog_label l
          JOIN catalog_labelslot s ON s.id = l.slot_id AND s.is_facet
          JOIN discovery_facetvalue f ON f.attribute = 'tag-' || s.code AND f.value = l.code
         WHERE l.rule = 'promotion' AND (l.during IS NULL OR l.during @> %(at)s::timestamptz)
           AND {ON_CHANNEL.format(channel="%(channel)s")}) tag
 WHERE w.channel_id = %(channel)s AND w.product_id = ANY(%(reduced)s::bigint[]) AND tag.numbers IS NOT NULL
"""  # noqa: S608 - fixed text

# Words as people write them, without accents: what suggestions complete and what typing mistakes are measured against.
WORDS = """
CREATE TEMPORARY TABLE reindex_word ON COMMIT DROP AS
SELECT channel_id, word, count(DISTINCT listing_id)::int AS listings
  FROM (SELECT w.channel_id, w.listing_id,
               regexp_split_to_table(
                 lower(public.unaccent(w.spoken || ' ' || COALESCE(b.name, ''))), '[^a-z0-9]+') AS word
          FROM reindex_wanted w LEFT JOIN catalog_brand b ON b.id = w.brand_id) spoken
 WHERE length(word) BETWEEN 3 AND 40
 GROUP BY channel_id, word
"""

LEARN = """
INSERT INTO discovery_lexeme (channel_id, word, listings)
SELECT channel_id, word, listings FROM reindex_word
    ON CONFLICT (channel_id, word) DO {action}
"""

FORGET = """
DELETE FROM discovery_lexeme l
 WHERE NOT EXISTS (SELECT 1 FROM reindex_word w WHERE w.channel_id = l.channel_id AND w.word = l.word)
"""

LEARN_ALL = LEARN.replace(
    "{action}", "UPDATE SET listings = EXCLUDED.listings WHERE discovery_lexeme.listings <> EXCLUDED.listings"
)
LEARN_SOME = LEARN.replace("{action}", "NOTHING")
