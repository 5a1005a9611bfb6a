"""Prices by layer: base, a store's, a grid's (annex A, A6)."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.loaders.events import PRICES, PRODUCTS, tell
from catalog.loaders.publication import publish_complete

WORK = "load_price_rows"
_TYPES = {
    "price": "numeric",
    "price_net": "numeric",
    "promo_price": "numeric",
    "promo_price_net": "numeric",
    "promo_from": "timestamptz",
    "promo_to": "timestamptz",
    "layer": "text",
    "destination": "text",
}
_MATCH = """
SELECT r.*, b.id AS price_id, b.amount AS old_amount, b.promo_amount AS old_promo, b.promo_during AS old_during
FROM (
    SELECT s.row_number, s.sku, p.id AS product_id, {destination} AS destination,
        upper(coalesce({layer}, 'BASE')) AS layer, {promo_from} AS promo_from, {promo_to} AS promo_to,
        coalesce({price}, round({price_net} * (1 + v.rate), 2)) AS amount,
        nullif(coalesce({promo_price}, round({promo_price_net} * (1 + v.rate), 2)), 0) AS promo,
        CASE WHEN upper({layer}) = 'MAGASIN' THEN t.id END AS store_id,
        CASE WHEN upper({layer}) = 'GRILLETARIF' THEN left({destination}, 40) ELSE '' END AS grid
    FROM {staged} s
    LEFT JOIN catalog_product p ON p.sku = s.sku
    LEFT JOIN catalog_vatrate v ON v.id = p.vat_rate_id
    LEFT JOIN stores_store t ON t.code = {destination}
    WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)
) r
LEFT JOIN catalog_baseprice b ON b.product_id = r.product_id AND b.channel_id IS NULL
    AND b.store_id IS NOT DISTINCT FROM r.store_id AND b.grid = r.grid
"""
_DELTA = f"""
SELECT row_number, product_id, store_id, grid, price_id, coalesce(amount, old_amount) AS amount,
    CASE WHEN promo IS NULL AND NOT %(speaks)s THEN old_promo ELSE promo END AS promo,
    CASE WHEN promo IS NOT NULL THEN tstzrange(promo_from, promo_to) WHEN NOT %(speaks)s THEN old_during END AS during
FROM {WORK} w WHERE price_id IS NULL OR (old_amount, old_promo, old_during) IS DISTINCT FROM (
    coalesce(amount, old_amount), CASE WHEN promo IS NULL AND NOT %(speaks)s THEN old_promo ELSE promo END,
    CASE WHEN promo IS NOT NULL THEN tstzrange(promo_from, promo_to) WHEN NOT %(speaks)s THEN old_during END)
"""


def merge_prices(context: LoadContext) -> LoadResult:
    """Merge prices with tax; net ones are converted by the product's VAT rate. No layer given means base.

    Refused: unknown articles, stores or an unnamed grid, a row without any price, a promotion that ends before it
    begins, the same layer twice. An article that only lacked a price is validated and published with it.
    Whole file: prices of this source that the file lacks go.
    """
    with Stage(context) as stage:
        stage.work_table(WORK, _MATCH, {name: stage.column(name, kind) for name, kind in _TYPES.items()})
        _reject(stage)
        stage.work_table("load_price_delta", _DELTA, speaks=stage.has("promo_price", "promo_price_net"))
        return _write(stage)


def _reject(stage: Stage) -> None:
    stage.reject(WORK, "sku", "unknown_product", value="w.sku", where="w.product_id IS NULL")
    no_store = "w.layer = 'MAGASIN' AND w.store_id IS NULL"
    stage.reject(WORK, "destination", "unknown_store", value="w.destination", where=no_store)
    no_grid = "w.layer = 'GRILLETARIF' AND coalesce(w.grid, '') = ''"
    stage.reject(WORK, "destination", "required", value="''", where=no_grid)
    stage.reject(
        WORK, "layer", "not_a_choice", value="w.layer", where="w.layer NOT IN ('BASE','MAGASIN','GRILLETARIF')"
    )
    stage.reject(WORK, "price", "no_price", value="''", where="coalesce(w.amount, w.old_amount) IS NULL")
    stage.reject(WORK, "price", "too_small", value="w.amount", where="w.amount < 0 OR w.promo < 0")
    stage.reject(WORK, "promo_to", "bad_dates", value="w.promo_to", where="w.promo_to <= w.promo_from")
    twice = (
        f"EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number AND o.product_id = w.product_id"
        " AND o.store_id IS NOT DISTINCT FROM w.store_id AND o.grid = w.grid)"
    )
    stage.run(f"CREATE INDEX ON {WORK} (product_id)")
    stage.reject(WORK, "sku", "duplicate_key", value="w.sku", where=twice)


def _write(stage: Stage) -> LoadResult:
    waiting = stage.ids(
        "SELECT d.product_id FROM load_price_delta d JOIN catalog_product p ON p.id = d.product_id WHERE"
        " d.price_id IS NULL"
        " AND d.store_id IS NULL AND d.grid = '' AND d.amount > 0 AND p.state = 'in_preparation' AND p.source <> ''"
        " AND NOT p.fed_fields && ARRAY['validated', 'in_preparation', 'published']::varchar[]"
    )
    changed = stage.run(
        "UPDATE catalog_baseprice b SET amount = d.amount, promo_amount = d.promo, promo_during = d.during,"
        " source = %(source)s FROM load_price_delta d WHERE d.price_id = b.id"
    )
    new = stage.run(
        "INSERT INTO catalog_baseprice (product_id, store_id, grid, amount, promo_amount, promo_during, source)"
        " SELECT product_id, store_id, grid, amount, promo, during, %(source)s FROM load_price_delta WHERE"
        " price_id IS NULL"
    )
    gone = _drop_absent(stage) if stage.context.full else []
    stage.note(PRICES, "product", [*stage.ids("SELECT product_id FROM load_price_delta"), *gone])
    _validate(stage, waiting)
    tell(stage)
    total = stage.number(f"SELECT count(*) FROM {WORK}")
    return LoadResult(
        new=new, changed=changed, unchanged=total - new - changed, archived=len(gone), rejected=stage.rejected()
    )


def _drop_absent(stage: Stage) -> list[int]:
    """Prices that a whole file no longer tells; those of an article whose row was refused stay as they are."""
    named = "JOIN catalog_product p ON p.sku = f.sku WHERE p.id = b.product_id"
    context = stage.context
    doubtful = f"SELECT 1 FROM {context.table} f JOIN {context.rejects} r ON r.row_number = f.row_number {named}"
    if context.refused:
        doubtful += f" UNION ALL SELECT 1 FROM {context.refused} f {named}"
    return stage.ids(
        "DELETE FROM catalog_baseprice b WHERE b.source = %(source)s AND NOT EXISTS"
        f" (SELECT 1 FROM {WORK} w WHERE w.product_id = b.product_id AND w.grid = b.grid"
        " AND w.store_id IS NOT DISTINCT FROM b.store_id)"
        f" AND NOT EXISTS ({doubtful}) RETURNING b.product_id"
    )


def _validate(stage: Stage, waiting: list[int]) -> None:
    """Articles that lacked nothing but the price which came now, and their variants."""
    if not waiting:
        return
    ready = stage.ids(
        "UPDATE catalog_product p SET state = 'validated', updated_at = %(at)s WHERE p.state = 'in_preparation'"
        " AND NOT p.fed_fields && ARRAY['validated', 'in_preparation', 'published']::varchar[] AND p.source <> ''"
        " AND (p.id = ANY(%(ids)s::bigint[]) OR p.parent_id = ANY(%(ids)s::bigint[])"
        " OR p.id IN (SELECT c.parent_id FROM catalog_product c WHERE c.id = ANY(%(ids)s::bigint[])))"
        " AND (p.name <> '' OR EXISTS (SELECT 1 FROM catalog_product a WHERE a.id = p.parent_id AND a.name <> ''))"
        " RETURNING p.id",
        ids=waiting,
    )
    published = [product_id for product_id, _ in publish_complete(ready, at=stage.context.at)]
    stage.note(PRODUCTS, "product", [*ready, *published])
