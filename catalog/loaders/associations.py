"""Associations of articles, one a row (annex A): cross-sell where no kind is named."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.loaders.events import PRODUCTS, tell

WORK = "load_associations"
BUILT_IN = {
    "CROSSSELL": ("Vous aimerez aussi", "You may also like"),
    "UPSELL": ("Pour aller plus loin", "A step up"),
    "ACCESSOIRE": ("Accessoires", "Accessories"),
}
_ALIASES = {"": "CROSSSELL", "CROSS-SELL": "CROSSSELL", "UP-SELL": "UPSELL", "ACCESSORY": "ACCESSOIRE"}
_MATCH = """
SELECT r.row_number, r.which, r.which_other, r.quantity, coalesce(a.code, r.kind) AS code,
       k.id AS kind_id, p.id AS product_id, o.id AS other_id, had.id AS stored_id, had.quantity AS stored_quantity,
       had.source AS stored_source
  FROM (
    SELECT s.row_number, {sku} AS sku, {external_id} AS external_id, coalesce({sku}, {external_id}) AS which,
           {other_sku} AS other_sku, {other_external_id} AS other_external_id,
           coalesce({other_sku}, {other_external_id}) AS which_other,
           upper(btrim(coalesce({kind}, ''))) AS kind, coalesce({quantity}, 1) AS quantity
      FROM {staged} s
     WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)
  ) r
  LEFT JOIN unnest(%(said)s::text[], %(codes)s::text[]) AS a (word, code) ON a.word = r.kind
  LEFT JOIN catalog_associationkind k ON k.code = coalesce(a.code, r.kind)
  LEFT JOIN catalog_product p ON p.id = coalesce((SELECT id FROM catalog_product b WHERE b.sku = r.sku),
        (SELECT id FROM catalog_product e WHERE r.sku IS NULL AND e.external_id = r.external_id))
  LEFT JOIN catalog_product o ON o.id = coalesce((SELECT id FROM catalog_product b WHERE b.sku = r.other_sku),
        (SELECT id FROM catalog_product e WHERE r.other_sku IS NULL AND e.external_id = r.other_external_id))
  LEFT JOIN catalog_association had ON had.product_id = p.id AND had.other_id = o.id AND had.kind_id = k.id
"""
_TYPES = {
    "sku": "text",
    "external_id": "text",
    "other_sku": "text",
    "other_external_id": "text",
    "kind": "text",
    "quantity": "numeric",
}


def merge_associations(context: LoadContext) -> LoadResult:
    """Merge associations: product, kind (cross-sell if empty), the other product, how many of it go with one.

    Refused: unknown articles and kinds, an article with itself, a quantity that is not above 0, the same pair twice.
    Whole file: associations of this source that the file lacks go. What a colleague made by hand keeps its reason
    and place.
    """
    with Stage(context) as stage:
        make_kinds(stage)
        parts = {name: stage.column(name, kind) for name, kind in _TYPES.items()}
        stage.work_table(WORK, _MATCH, parts, said=list(_ALIASES), codes=list(_ALIASES.values()))
        stage.reject(WORK, "sku", "unknown_product", value="w.which", where="w.product_id IS NULL")
        stage.reject(WORK, "other_sku", "unknown_product", value="w.which_other", where="w.other_id IS NULL")
        stage.reject(WORK, "kind", "unknown_association", value="w.code", where="w.kind_id IS NULL")
        stage.reject(WORK, "other_sku", "with_itself", value="w.which_other", where="w.product_id = w.other_id")
        bad = "w.quantity <= 0 OR w.quantity >= 100000"
        stage.reject(WORK, "quantity", "out_of_range", value="w.quantity", where=bad)
        twice = (
            f"EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number AND o.product_id = w.product_id"
            " AND o.other_id = w.other_id AND o.kind_id = w.kind_id)"
        )
        stage.reject(WORK, "other_sku", "duplicate_key", value="w.which_other", where=twice)
        return _write(stage)


def make_kinds(stage: Stage) -> None:
    """The kinds that everybody has, under the company's name once they were renamed."""
    stage.run(
        "INSERT INTO catalog_associationkind (code, name, position, is_public, translations)"
        " SELECT code, french, number, true, jsonb_build_object('en', jsonb_build_object('name', english))"
        " FROM unnest(%(codes)s::text[], %(french)s::text[], %(english)s::text[]) WITH ORDINALITY"
        " AS n (code, french, english, number) ON CONFLICT (code) DO NOTHING",
        codes=list(BUILT_IN),
        french=[names[0] for names in BUILT_IN.values()],
        english=[names[1] for names in BUILT_IN.values()],
    )


def _write(stage: Stage) -> LoadResult:
    changed = stage.ids(
        "UPDATE catalog_association x SET quantity = round(w.quantity, 3), source = %(source)s"
        f" FROM {WORK} w WHERE w.stored_id = x.id"
        " AND (x.quantity, x.source) IS DISTINCT FROM (round(w.quantity, 3), %(source)s::varchar)"
        " RETURNING x.product_id"
    )
    new = stage.ids(
        "INSERT INTO catalog_association (product_id, kind_id, other_id, quantity, reason, position, source)"
        " SELECT product_id, kind_id, other_id, round(quantity, 3), '', row_number, %(source)s"
        f" FROM {WORK} w WHERE w.stored_id IS NULL RETURNING product_id"
    )
    gone: list[int] = []
    if stage.context.full:
        gone = stage.ids(
            "DELETE FROM catalog_association x WHERE x.source = %(source)s AND NOT EXISTS"
            f" (SELECT 1 FROM {WORK} w WHERE w.product_id = x.product_id AND w.other_id = x.other_id"
            " AND w.kind_id = x.kind_id) RETURNING x.product_id"
        )
    stage.note(PRODUCTS, "product", [*changed, *new, *gone])
    tell(stage)
    total = stage.number(f"SELECT count(*) FROM {WORK}")
    return LoadResult(
        new=len(new),
        changed=len(changed),
        unchanged=total - len(new) - len(changed),
        archived=len(gone),
        rejected=stage.rejected(),
    )
