"""Products in segments: the places an article file gives, and files that say nothing else."""

from psycopg import sql

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.loaders.article_rows import NAMES, WORK
from catalog.loaders.events import PRODUCTS, tell
from catalog.loaders.product_rows import TOUCHED

_CODES = f"""
SELECT w.row_number, w.product_id, c.place, btrim(c.code) AS code, g.id AS segment_id
FROM {WORK} w, unnest(string_to_array(w.segment_code, ',')) WITH ORDINALITY AS c (code, place)
LEFT JOIN catalog_segment g ON g.code = btrim(c.code)
WHERE btrim(c.code) <> ''
"""
_PLACES = f"""
SELECT product_id, segment_id, min(place) AS place, 1::numeric AS relevance, min(place) = 1 AS is_primary FROM (
    SELECT w.product_id, w.segment_id, 1::bigint AS place FROM {WORK} w WHERE w.segment_id IS NOT NULL
    UNION ALL SELECT c.product_id, c.segment_id, c.place + 1 FROM load_codes c
        WHERE EXISTS (SELECT 1 FROM {WORK} w WHERE w.product_id = c.product_id AND w.segment_id IS NOT NULL)
    UNION ALL SELECT c.product_id, c.segment_id, c.place FROM load_codes c
        WHERE NOT EXISTS (SELECT 1 FROM {WORK} w WHERE w.product_id = c.product_id AND w.segment_id IS NOT NULL)
) p WHERE NOT EXISTS (SELECT 1 FROM {WORK} w WHERE w.product_id = p.product_id AND w.parent_id IS NOT NULL)
GROUP BY product_id, segment_id
"""
_ABSENT_PLACES = """
SELECT DISTINCT s.product_id, s.segment_id FROM catalog_productsegment s JOIN catalog_product p ON p.id = s.product_id
WHERE s.source = %(source)s AND NOT EXISTS
    (SELECT 1 FROM load_places n WHERE n.product_id = s.product_id AND n.segment_id = s.segment_id)
"""


def check_segment_codes(stage: Stage) -> None:
    """Refuse articles that name a segment nobody knows."""
    if not stage.has("segment_code"):
        stage.run("DROP TABLE IF EXISTS load_codes")
        stage.run(
            "CREATE TEMP TABLE load_codes (row_number bigint, product_id bigint, place bigint, code text,"
            " segment_id bigint) ON COMMIT DROP"
        )
        return
    stage.work_table("load_codes", _CODES)
    unknown = (
        "(SELECT string_agg(c.code, ', ') FROM load_codes c WHERE c.row_number = w.row_number AND c.segment_id IS NULL)"
    )
    stage.reject(WORK, "segment_code", "unknown_segment", value=unknown, where=f"{unknown} IS NOT NULL")


def write_places(stage: Stage) -> None:
    """Places of the file's products; those of this source that the file no longer gives go, those of people stay."""
    if not stage.has("segment_code", *NAMES):
        return
    stage.run(f"DELETE FROM load_codes c WHERE NOT EXISTS (SELECT 1 FROM {WORK} w WHERE w.row_number = c.row_number)")
    stage.work_table("load_places", _PLACES)
    stage.run(
        "WITH written AS (DELETE FROM catalog_productsegment s WHERE s.source = %(source)s AND EXISTS"
        " (SELECT 1 FROM load_places n WHERE n.product_id = s.product_id) AND NOT EXISTS (SELECT 1 FROM load_places n"
        " WHERE n.product_id = s.product_id AND n.segment_id = s.segment_id) RETURNING s.product_id)"
        f" INSERT INTO {TOUCHED} SELECT product_id FROM written"
    )
    _merge_places(stage, keep_relevance=True)


def _merge_places(stage: Stage, *, keep_relevance: bool) -> None:
    """Insert and correct what stands in `load_places`. A primary place that a person chose stays the primary one."""
    touch = f" INSERT INTO {TOUCHED} SELECT product_id FROM written"
    stage.run(
        "WITH written AS (UPDATE catalog_productsegment s SET is_primary = false WHERE s.is_primary"
        " AND s.source = %(source)s AND EXISTS (SELECT 1 FROM load_places n WHERE n.product_id = s.product_id"
        " AND n.is_primary AND n.segment_id <> s.segment_id) RETURNING s.product_id)" + touch
    )
    stage.work_table(
        "load_new_places",
        "SELECT n.*, n.is_first AND o.id IS NULL AS leads FROM (SELECT p.*, p.is_primary AND p.segment_id"
        " = min(p.segment_id) FILTER (WHERE p.is_primary) OVER (PARTITION BY p.product_id) AS is_first"
        " FROM load_places p) n LEFT JOIN catalog_productsegment o ON o.product_id = n.product_id AND o.is_primary"
        " WHERE NOT EXISTS (SELECT 1 FROM catalog_productsegment s"
        " WHERE s.product_id = n.product_id AND s.segment_id = n.segment_id)",
    )
    stage.run(
        "WITH written AS (INSERT INTO catalog_productsegment (product_id, segment_id, is_primary, relevance, source)"
        " SELECT product_id, segment_id, leads, coalesce(relevance, 1), %(source)s FROM load_new_places"
        " RETURNING product_id)" + touch
    )
    if not keep_relevance:
        stage.run(
            "WITH written AS (UPDATE catalog_productsegment s SET relevance = n.relevance FROM load_places n"
            " WHERE n.product_id = s.product_id AND n.segment_id = s.segment_id AND n.relevance <> s.relevance"
            " RETURNING s.product_id)" + touch
        )
    stage.run(
        "WITH written AS (UPDATE catalog_productsegment s SET is_primary = true FROM (SELECT DISTINCT ON (product_id)"
        " product_id, segment_id FROM load_places WHERE is_primary ORDER BY product_id, segment_id) n"
        " WHERE n.product_id = s.product_id AND n.segment_id = s.segment_id AND NOT s.is_primary AND NOT EXISTS"
        " (SELECT 1 FROM catalog_productsegment o WHERE o.product_id = s.product_id AND o.is_primary)"
        " RETURNING s.product_id)" + touch
    )


def merge_article_categories(context: LoadContext) -> LoadResult:
    """Places of articles, one a row. A variant's place is its parent's. Whole file: what it lacks goes."""
    with Stage(context) as stage:
        stage.work_table(
            "load_links",
            "SELECT s.row_number, coalesce(p.parent_id, p.id) AS product_id, g.id AS segment_id, s.segment_code,"
            " {is_primary} AS is_primary, {relevance} AS relevance, coalesce({sku}, {external_id}) AS article"
            " FROM {staged} s LEFT JOIN catalog_product p ON CASE WHEN {sku} IS NOT NULL THEN p.sku = {sku}"
            " ELSE p.external_id = {external_id} END LEFT JOIN catalog_segment g ON g.code = s.segment_code"
            " WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)"
            if stage.has("sku") and stage.has("external_id")
            else _links(stage),
            _columns(stage),
        )
        stage.reject("load_links", "sku", "unknown_product", value="w.article", where="w.product_id IS NULL")
        stage.reject(
            "load_links", "segment_code", "unknown_segment", value="w.segment_code", where="w.segment_id IS NULL"
        )
        too_much = "w.relevance NOT BETWEEN 0 AND 9.99"
        stage.reject("load_links", "relevance", "out_of_range", value="w.relevance", where=too_much)
        return _write_links(stage)


def _columns(stage: Stage) -> dict[str, sql.Composable]:
    types = {"sku": "text", "external_id": "text", "is_primary": "boolean", "relevance": "numeric"}
    return {name: stage.column(name, kind) for name, kind in types.items()}


def _links(stage: Stage) -> str:
    key = "sku" if stage.has("sku") else "external_id"
    return (
        "SELECT s.row_number, coalesce(p.parent_id, p.id) AS product_id, g.id AS segment_id, s.segment_code,"
        f" {{is_primary}} AS is_primary, {{relevance}} AS relevance, s.{key} AS article FROM {{staged}} s"
        f" LEFT JOIN catalog_product p ON p.{key} = s.{key} LEFT JOIN catalog_segment g ON g.code = s.segment_code"
        " WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)"
    )


def _write_links(stage: Stage) -> LoadResult:
    stage.work_table(
        "load_places",
        "SELECT w.product_id, w.segment_id, max(w.relevance) AS relevance, coalesce(bool_or(w.is_primary), false)"
        " OR NOT EXISTS (SELECT 1 FROM catalog_productsegment o WHERE o.product_id = w.product_id)"
        " AND min(w.row_number) = (SELECT min(f.row_number) FROM load_links f WHERE f.product_id = w.product_id)"
        " AND NOT EXISTS (SELECT 1 FROM load_links f WHERE f.product_id = w.product_id AND f.is_primary) AS is_primary"
        " FROM load_links w GROUP BY w.product_id, w.segment_id",
    )
    stage.run(f"DROP TABLE IF EXISTS {TOUCHED}")
    stage.run(f"CREATE TEMP TABLE {TOUCHED} (product_id bigint) ON COMMIT DROP")
    known = (
        "EXISTS (SELECT 1 FROM catalog_productsegment s WHERE s.product_id = w.product_id"
        " AND s.segment_id = w.segment_id)"
    )
    new = stage.number(f"SELECT count(*) FROM load_links w WHERE NOT {known}")
    archived = 0
    if stage.context.full:
        archived = stage.run(
            f"WITH absent AS ({_ABSENT_PLACES}), written AS (DELETE FROM catalog_productsegment s USING absent a"
            " WHERE s.product_id = a.product_id AND s.segment_id = a.segment_id RETURNING s.product_id)"
            f" INSERT INTO {TOUCHED} SELECT product_id FROM written"
        )
    _merge_places(stage, keep_relevance=False)
    stage.note(PRODUCTS, "product", stage.ids(f"SELECT DISTINCT product_id FROM {TOUCHED}"))
    total = stage.number("SELECT count(*) FROM load_links")
    touched = stage.number(
        f"SELECT count(*) FROM load_links w WHERE w.product_id IN (SELECT product_id FROM {TOUCHED}) AND {known}"
    )
    changed = max(touched - new, 0)
    tell(stage)
    return LoadResult(
        new=new, changed=changed, unchanged=total - new - changed, archived=archived, rejected=stage.rejected()
    )
