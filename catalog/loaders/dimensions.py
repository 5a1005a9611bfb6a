"""Sizes and weights of articles, one a row (annex A): gross with the packing, net without; millimetres and grams."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.loaders.claims import hear
from catalog.loaders.events import PRODUCTS, tell
from catalog.rules.trade import MOST_G, MOST_MM

WORK = "load_dimensions"
COLUMNS = {
    "gross_weight": "weight_g",
    "gross_height": "height_mm",
    "gross_width": "width_mm",
    "gross_length": "length_mm",
    "net_weight": "net_weight_g",
    "net_height": "net_height_mm",
    "net_width": "net_width_mm",
    "net_length": "net_length_mm",
}


def merge_dimensions(context: LoadContext) -> LoadResult:
    """Write the sizes that a file gives; an empty cell leaves what was there. Fractions are rounded half up.

    Refused: unknown articles, the same one twice, sizes beyond 100 m and weights beyond 100 t.
    """
    with Stage(context) as stage:
        types = {"sku": "text", "external_id": "text", **dict.fromkeys(COLUMNS, "numeric")}
        given = {name: column for name, column in COLUMNS.items() if stage.has(name)}
        stage.work_table(
            WORK,
            "SELECT r.*, coalesce(r.sku, r.external_id) AS which, p.id AS product_id FROM ("
            " SELECT s.row_number, " + ", ".join(f"{{{name}}} AS {name}" for name in types) + " FROM {staged} s"
            " WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)) r"
            " LEFT JOIN catalog_product p ON p.id = coalesce((SELECT id FROM catalog_product b WHERE b.sku = r.sku),"
            " (SELECT id FROM catalog_product e WHERE r.sku IS NULL AND e.external_id = r.external_id))",
            {name: stage.column(name, kind) for name, kind in types.items()},
        )
        stage.reject(WORK, "sku", "unknown_product", value="w.which", where="w.product_id IS NULL")
        earlier = f"EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number AND o.product_id = w.product_id)"
        stage.reject(WORK, "sku", "duplicate_key", value="w.which", where=earlier)
        for name, column in given.items():
            most = MOST_G if column.endswith("_g") else MOST_MM
            wrong = f"w.{name} < 0 OR w.{name} > %(most)s"
            stage.reject(WORK, name, "out_of_range", value=f"w.{name}", where=wrong, most=most)
        sizes = {column: f"round(w.{name})::int" for name, column in given.items()}
        kept = hear(stage, WORK, sizes, {column: (name,) for name, column in given.items()})
        changed = _write(stage, given) if given else []
        stage.note(PRODUCTS, "product", changed)
        tell(stage)
        total = stage.number(f"SELECT count(*) FROM {WORK}")
        return LoadResult(changed=len(changed), unchanged=total - len(changed), rejected=stage.rejected(), notes=kept)


def _write(stage: Stage, given: dict[str, str]) -> list[int]:
    sets = ", ".join(f"{column} = coalesce(round(w.{name})::int, p.{column})" for name, column in given.items())
    differs = " OR ".join(
        f"(w.{name} IS NOT NULL AND p.{column} IS DISTINCT FROM round(w.{name})::int)" for name, column in given.items()
    )
    return stage.ids(
        f"UPDATE catalog_product p SET {sets}, updated_at = %(at)s FROM {WORK} w"
        f" WHERE w.product_id = p.id AND ({differs}) RETURNING p.id"
    )
