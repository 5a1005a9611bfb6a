"""Articles as they come: a working row for each line of the file, matched with what we have, the impossible refused."""

from psycopg import sql

from altazion.lib.staging import Stage

WORK = "load_articles"
KEYS = "row_number, product_id, sku, external_id, is_new, parent_sku, parent_external_id, segment_1"
FIELDS = {
    "sku": "text",
    "external_id": "text",
    "parent_external_id": "text",
    "parent_sku": "text",
    "name": "text",
    "kind": "text",
    "description": "text",
    "short_description": "text",
    "meta_description": "text",
    "brand": "text",
    "family": "text",
    "subfamily": "text",
    "vat_rate": "numeric",
    "price": "numeric",
    "price_net": "numeric",
    "promo_price": "numeric",
    "promo_price_net": "numeric",
    "promo_from": "timestamptz",
    "promo_to": "timestamptz",
    **{f"segment_{level}": "text" for level in range(1, 7)},
    "segment_code": "text",
    "validated": "boolean",
    "in_preparation": "boolean",
    "published": "boolean",
    "importance": "integer",
    "stock_type": "integer",
    "weight_g": "integer",
    "image": "text",
    "images": "text",
    "attributes": "jsonb",
    "references": "jsonb",
    "keywords": "text",
    "translations": "jsonb",
}
NAMES = tuple(f"segment_{level}" for level in range(1, 7))
_MATCH = """
SELECT s.row_number, {fields}, {digest} AS digest,
       coalesce(e.id, k.id, nextval('catalog_product_id_seq')) AS product_id,
       coalesce(e.id, k.id) IS NULL AS is_new,
       e.id AS by_external, k.id AS by_sku, k.external_id AS known_external,
       NULL::bigint AS parent_id, NULL::bigint AS brand_id, NULL::bigint AS family_id,
       NULL::bigint AS vat_rate_id, NULL::bigint AS segment_id,
       NULL::numeric AS gross, NULL::numeric AS promo, NULL::tstzrange AS during
FROM {staged} s
LEFT JOIN catalog_product k ON k.sku = {sku}
LEFT JOIN catalog_product e ON e.external_id = {external_id}
LEFT JOIN catalog_fedrow d ON d.product_id = coalesce(e.id, k.id) AND d.source = %(source)s
WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)
    AND (d.digest IS DISTINCT FROM {digest} OR coalesce(e.state, k.state) = 'archived')
"""
_TAKEN = """(w.by_external <> w.by_sku)
    OR (w.by_external IS NULL AND w.external_id IS NOT NULL AND w.known_external <> w.external_id)"""
_TWICE = f"""EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number
    AND (o.product_id = w.product_id OR o.sku = w.sku OR o.external_id = w.external_id))"""
_LOCATION = r"""EXISTS (SELECT 1 FROM unnest(string_to_array(concat_ws('|', w.image, w.images), '|')) AS l (location)
    WHERE length(l.location) > 500 OR btrim(l.location) !~ '^(https?://[^[:space:]<>"]+|[[:alnum:]_][^:\\<>"]*|)$'
    OR l.location ~ '(^|/)[.][.](/|$)')"""
_PARENTS = f"""
UPDATE {WORK} w SET parent_id = found.parent_id FROM (
    SELECT c.row_number, coalesce(fe.product_id, fs.product_id, pe.id, ps.id) AS parent_id
    FROM {WORK} c
    LEFT JOIN {WORK} fe ON fe.external_id = c.parent_external_id
    LEFT JOIN {WORK} fs ON c.parent_external_id IS NULL AND fs.sku = c.parent_sku
    LEFT JOIN catalog_product pe ON pe.external_id = c.parent_external_id
    LEFT JOIN catalog_product ps ON c.parent_external_id IS NULL AND ps.sku = c.parent_sku
    WHERE coalesce(c.parent_external_id, c.parent_sku) IS NOT NULL
) found WHERE found.row_number = w.row_number AND found.parent_id IS NOT NULL
"""
_PARENT = "coalesce(w.parent_external_id, w.parent_sku)"


def prepare(stage: Stage) -> None:
    """Make the work table of rows that can be written, each with the product it is or becomes and its parent."""
    columns = {name: stage.column(name, "text") for name in ("sku", "external_id")}
    stage.work_table(WORK, _MATCH, {"fields": stage.fields(FIELDS), "digest": _digest(stage), **columns}, analyze=KEYS)
    stage.run(f"CREATE INDEX ON {WORK} (product_id)")
    stage.run(f"CREATE INDEX ON {WORK} (sku)")
    _reject_values(stage)
    if stage.has("parent_external_id", "parent_sku", "kind"):
        _resolve_parents(stage)
    for name in ("sku", "external_id"):  # from here on rows are only completed: each index would be written again
        stage.run(f"DROP INDEX IF EXISTS {WORK}_{name}_idx")


def remember(stage: Stage) -> None:
    """Keep the digests of the rows that were taken: those rows, unchanged, are passed over the next time."""
    stage.run(
        "INSERT INTO catalog_fedrow (product_id, source, digest, taken_at, run_id)"
        f" SELECT w.product_id, %(source)s, w.digest, %(at)s, %(run)s FROM {WORK} w"
        " ON CONFLICT (product_id, source) DO UPDATE SET digest = excluded.digest, taken_at = excluded.taken_at,"
        " run_id = excluded.run_id"
    )


def _digest(stage: Stage) -> sql.Composable:
    """All that a row says, and under which names, in one number."""
    names = sorted(stage.columns & set(FIELDS))
    row = sql.SQL(", ").join(sql.SQL("s.{}").format(sql.Identifier(name)) for name in names)
    return sql.SQL("hashtextextended(ROW({})::text, hashtext({}))").format(row, sql.Literal(",".join(names)))


def _reject_values(stage: Stage) -> None:
    stage.reject(WORK, "sku", "required", value="''", where="w.sku IS NULL AND w.is_new")
    if stage.has("external_id"):
        stage.run(f"CREATE INDEX ON {WORK} (external_id)")
        stage.reject(WORK, "external_id", "taken", value="w.external_id", where=_TAKEN)
        stage.reject(WORK, "sku", "duplicate_key", value="w.sku", where=_TWICE)
    for name in ("price", "price_net", "promo_price", "promo_price_net"):
        if stage.has(name):
            stage.reject(WORK, name, "too_small", value=f"w.{name}", where=f"w.{name} < 0")
            stage.reject(WORK, name, "too_large", value=f"w.{name}", where=f"w.{name} >= 1000000000")
    if stage.has("promo_from") and stage.has("promo_to"):
        stage.reject(WORK, "promo_to", "bad_dates", value="w.promo_to", where="w.promo_to <= w.promo_from")
    if stage.has("importance"):
        outside = "w.importance NOT BETWEEN 0 AND 999"
        stage.reject(WORK, "importance", "out_of_range", value="w.importance", where=outside)
    if stage.has("stock_type"):
        stage.reject(WORK, "stock_type", "not_a_choice", value="w.stock_type", where="w.stock_type NOT BETWEEN 0 AND 3")
    if stage.has("image", "images"):
        stage.reject(WORK, "image", "bad_address", value="concat_ws('|', w.image, w.images)", where=_LOCATION)
    if stage.has(*NAMES):
        gaps = " OR ".join(f"(w.segment_{n} IS NOT NULL AND w.segment_{n - 1} IS NULL)" for n in range(2, 7))
        stage.reject(WORK, "segment_1", "bad_path", value="concat_ws(' > ', w.segment_1, w.segment_2)", where=gaps)


def _resolve_parents(stage: Stage) -> None:
    stage.run(_PARENTS)
    stage.reject(
        WORK, "parent_sku", "required", value="''", where=f"w.kind = 'child' AND {_PARENT} IS NULL AND w.is_new"
    )
    stage.reject(WORK, "parent_sku", "cycle", value="w.sku", where="w.parent_id = w.product_id")
    above = f"EXISTS (SELECT 1 FROM {WORK} p WHERE p.product_id = w.parent_id AND p.parent_id"
    stage.reject(WORK, "parent_sku", "cycle", value=_PARENT, where=f"{above} = w.product_id)")
    stage.reject(WORK, "parent_sku", "parent_is_child", value=_PARENT, where=_above_is_child(above))
    mine = (
        "w.parent_id IS NOT NULL AND NOT w.is_new AND EXISTS"
        " (SELECT 1 FROM catalog_product c WHERE c.parent_id = w.product_id)"
    )
    stage.reject(WORK, "parent_sku", "has_children", value="w.sku", where=mine)
    gone = (
        f"{_PARENT} IS NOT NULL AND (w.parent_id IS NULL OR ("
        f"NOT EXISTS (SELECT 1 FROM {WORK} p WHERE p.product_id = w.parent_id)"
        " AND NOT EXISTS (SELECT 1 FROM catalog_product p WHERE p.id = w.parent_id)))"
    )
    stage.reject(WORK, "parent_sku", "unknown_parent", value=_PARENT, where=gone)


def _above_is_child(above: str) -> str:
    return (
        f"{above} IS NOT NULL) OR EXISTS (SELECT 1 FROM catalog_product p WHERE p.id = w.parent_id"
        f" AND p.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {WORK} f WHERE f.product_id = p.id"
        " AND f.parent_id IS DISTINCT FROM p.parent_id AND f.parent_id IS NOT NULL))"
    )
