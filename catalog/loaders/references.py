"""References of articles, one a row; codes of the trade must have the right check digit (2.7, A16)."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.enums import ReferenceType
from catalog.loaders.article_parts import CHECKED, is_right_code
from catalog.loaders.events import PRODUCTS, tell

WORK = "load_reference_rows"
_ALIASES = {"EAN": ReferenceType.EAN13.value, "GTIN": ReferenceType.GTIN.value, "GTIN13": ReferenceType.EAN13.value}
_MATCH = """
SELECT r.*, p.id AS product_id, k.id AS stored_id, k.is_main AS stored_main FROM (
    SELECT s.row_number, {sku} AS sku, {external_id} AS external_id, left(coalesce(a.type, upper(s.type)), 20) AS type,
        CASE WHEN coalesce(a.type, upper(s.type)) = ANY(%(checked)s::text[])
             THEN upper(regexp_replace(s.value, '[^0-9A-Za-z]', '', 'g')) ELSE btrim(s.value) END AS value,
        {is_main} AS is_main
    FROM {staged} s
    LEFT JOIN unnest(%(known_as)s::text[], %(types)s::text[]) AS a (word, type) ON a.word = upper(s.type)
    WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)
) r
LEFT JOIN catalog_product p ON p.id = coalesce((SELECT id FROM catalog_product b WHERE b.sku = r.sku),
    (SELECT id FROM catalog_product e WHERE r.sku IS NULL AND e.external_id = r.external_id))
LEFT JOIN catalog_productreference k ON k.product_id = p.id AND k.type = r.type AND k.value = r.value
"""


def merge_references(context: LoadContext) -> LoadResult:
    """Merge references. The same code may stand at several articles; a main one takes the place of the main before it.

    Refused: unknown articles, wrong check digits of EAN, GTIN and ISBN, the same reference twice at one article.
    Whole file: references of this source that the file lacks go.
    """
    with Stage(context) as stage:
        types = {"sku": "text", "external_id": "text", "is_main": "boolean"}
        stage.work_table(
            WORK,
            _MATCH,
            {name: stage.column(name, kind) for name, kind in types.items()},
            checked=list(CHECKED),
            known_as=list(_ALIASES),
            types=list(_ALIASES.values()),
        )
        _reject(stage)
        return _write(stage)


def _reject(stage: Stage) -> None:
    article = "coalesce(w.sku, w.external_id)"
    stage.reject(WORK, "sku", "unknown_product", value=article, where="w.product_id IS NULL")
    twice = (
        f"EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number AND o.product_id = w.product_id"
        " AND o.type = w.type AND o.value = w.value)"
    )
    stage.reject(WORK, "value", "duplicate_key", value="w.value", where=twice)
    codes = stage.rows(
        f"SELECT DISTINCT type, value FROM {WORK} WHERE stored_id IS NULL AND type = ANY(%(c)s::text[])",
        c=list(CHECKED),
    )
    wrong = [value for kind, value in codes if not is_right_code(kind, value)]
    if wrong:
        bad = "w.type = ANY(%(checked)s::text[]) AND w.value = ANY(%(wrong)s::text[])"
        stage.reject(WORK, "value", "bad_check_digit", value="w.value", where=bad, checked=list(CHECKED), wrong=wrong)


def _write(stage: Stage) -> LoadResult:
    touched: set[int] = set()
    main = "coalesce(w.is_main, false)"
    demoted = (
        "UPDATE catalog_productreference r SET is_main = false WHERE r.is_main AND EXISTS"
        f" (SELECT 1 FROM {WORK} w WHERE {main} AND w.product_id = r.product_id AND w.type = r.type"
        " AND w.value <> r.value) RETURNING r.product_id"
    )
    touched.update(stage.ids(demoted))
    changed = stage.ids(
        f"UPDATE catalog_productreference r SET is_main = w.is_main FROM {WORK} w WHERE w.stored_id = r.id"
        " AND w.is_main IS NOT NULL AND w.is_main <> w.stored_main RETURNING r.product_id"
    )
    new = stage.ids(
        "INSERT INTO catalog_productreference (product_id, type, value, is_main, source)"
        f" SELECT w.product_id, w.type, w.value, {main}, %(source)s FROM {WORK} w WHERE w.stored_id IS NULL"
        " RETURNING product_id"
    )
    gone: list[int] = []
    if stage.context.full:
        gone = stage.ids(
            "DELETE FROM catalog_productreference r WHERE r.source = %(source)s AND NOT EXISTS"
            f" (SELECT 1 FROM {WORK} w WHERE w.product_id = r.product_id AND w.type = r.type AND w.value = r.value)"
            " RETURNING r.product_id"
        )
    touched.update(changed, new, gone)
    stage.note(PRODUCTS, "product", touched)
    tell(stage)
    total = stage.number(f"SELECT count(*) FROM {WORK}")
    return LoadResult(
        new=len(new),
        changed=len(changed),
        unchanged=total - len(new) - len(changed),
        archived=len(gone),
        rejected=stage.rejected(),
    )
