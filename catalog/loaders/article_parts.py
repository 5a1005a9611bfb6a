"""What hangs on articles: base prices, references, pictures. Each writes its difference and notes whom it touched."""

from altazion.lib.staging import Stage
from catalog import rules
from catalog.enums import MediaKind, ReferenceType
from catalog.loaders.article_rows import WORK
from catalog.loaders.product_rows import FINAL, TOUCHED

CHECKED = (ReferenceType.EAN13.value, ReferenceType.GTIN.value, ReferenceType.ISBN.value)
_TOUCH = f"INSERT INTO {TOUCHED} SELECT product_id FROM written"
# A file that speaks of promotions and gives a price without one ends the one there was.
_PRICES = f"""
SELECT w.product_id, f.price_id, coalesce(w.gross, b.amount) AS amount,
    CASE WHEN w.promo IS NOT NULL THEN w.promo WHEN %(speaks)s AND w.gross IS NOT NULL THEN NULL
         ELSE b.promo_amount END AS promo_amount,
    CASE WHEN w.promo IS NOT NULL THEN w.during WHEN %(speaks)s AND w.gross IS NOT NULL THEN NULL
         ELSE b.promo_during END AS promo_during
FROM {WORK} w JOIN {FINAL} f ON f.product_id = w.product_id LEFT JOIN catalog_baseprice b ON b.id = f.price_id
WHERE (w.gross IS NOT NULL OR w.promo IS NOT NULL) AND coalesce(w.gross, b.amount) IS NOT NULL
    AND (f.price_id IS NULL OR (b.amount, b.promo_amount, b.promo_during) IS DISTINCT FROM (
        coalesce(w.gross, b.amount),
        CASE WHEN w.promo IS NOT NULL THEN w.promo WHEN %(speaks)s AND w.gross IS NOT NULL THEN NULL
             ELSE b.promo_amount END,
        CASE WHEN w.promo IS NOT NULL THEN w.during WHEN %(speaks)s AND w.gross IS NOT NULL THEN NULL
             ELSE b.promo_during END))
"""


def write_prices(stage: Stage) -> None:
    """Base prices with tax and their dated promotion."""
    if not stage.has("price", "price_net", "promo_price", "promo_price_net"):
        return
    stage.work_table("load_prices", _PRICES, speaks=stage.has("promo_price", "promo_price_net"))
    stage.run(
        "WITH written AS (UPDATE catalog_baseprice b SET amount = n.amount, promo_amount = n.promo_amount,"
        " promo_during = n.promo_during, source = %(source)s FROM load_prices n WHERE n.price_id = b.id"
        " RETURNING b.product_id), made AS (INSERT INTO catalog_baseprice"
        " (product_id, grid, amount, promo_amount, promo_during, source) SELECT product_id, '', amount, promo_amount,"
        " promo_during, %(source)s FROM load_prices WHERE price_id IS NULL) " + _TOUCH
    )
    stage.note("catalog.prices_changed", "product", stage.ids("SELECT product_id FROM load_prices"))


def write_references(stage: Stage) -> list[str]:
    """References by type. Codes of the trade that fail their check digit are left out and returned."""
    if not stage.has("references"):
        return []
    stage.work_table(
        "load_references",
        "SELECT DISTINCT w.product_id, left(r.key, 20) AS type, CASE WHEN r.key = ANY(%(checked)s::text[])"
        " THEN upper(regexp_replace(r.value, '[^0-9A-Za-z]', '', 'g')) ELSE left(btrim(r.value), 60) END AS value"
        f" FROM {WORK} w, jsonb_each_text(w.\"references\") r WHERE btrim(r.value) <> ''",
        checked=list(CHECKED),
    )
    wrong = _drop_wrong_codes(stage)
    stage.run(
        "WITH written AS (DELETE FROM catalog_productreference r WHERE r.source = %(source)s AND EXISTS"
        " (SELECT 1 FROM load_references n WHERE n.product_id = r.product_id AND n.type = r.type) AND NOT EXISTS"
        " (SELECT 1 FROM load_references n WHERE n.product_id = r.product_id AND n.type = r.type"
        " AND n.value = r.value) RETURNING r.product_id) " + _TOUCH
    )
    # What is missing is looked up before it is added: a statement would walk over what it adds itself.
    stage.work_table(
        "load_new_references",
        "SELECT n.product_id, n.type, n.value, NOT EXISTS (SELECT 1 FROM catalog_productreference m"
        " WHERE m.product_id = n.product_id AND m.type = n.type AND m.is_main) AS is_main FROM load_references n"
        " WHERE NOT EXISTS (SELECT 1 FROM catalog_productreference r WHERE r.product_id = n.product_id"
        " AND r.type = n.type AND r.value = n.value)",
    )
    stage.run(
        "WITH written AS (INSERT INTO catalog_productreference (product_id, type, value, is_main, source)"
        " SELECT product_id, type, value, is_main, %(source)s FROM load_new_references RETURNING product_id) " + _TOUCH
    )
    return wrong


def _drop_wrong_codes(stage: Stage) -> list[str]:
    candidates = stage.rows(
        "SELECT DISTINCT n.type, n.value FROM load_references n WHERE n.type = ANY(%(checked)s::text[]) AND NOT EXISTS"
        " (SELECT 1 FROM catalog_productreference r WHERE r.product_id = n.product_id AND r.type = n.type"
        " AND r.value = n.value)",
        checked=list(CHECKED),
    )
    wrong = [pair for pair in candidates if not is_right_code(*pair)]
    if wrong:
        stage.run(
            "DELETE FROM load_references n USING unnest(%(types)s::text[], %(values)s::text[]) AS x (type, value)"
            " WHERE n.type = x.type AND n.value = x.value",
            types=[kind for kind, _ in wrong],
            values=[value for _, value in wrong],
        )
    return sorted(value for _, value in wrong)


def is_right_code(kind: str, value: str) -> bool:
    """True unless the reference is a code of the trade whose check digit does not fit."""
    try:
        rules.clean_reference(kind, value)
    except ValueError:
        return False
    return True


def write_media(stage: Stage) -> None:
    """Pictures in the order of the file; pictures of this source that it no longer names go, those of people stay."""
    if not stage.has("image", "images"):
        return
    stage.work_table(
        "load_media",
        "SELECT w.product_id, btrim(l.location) AS location, (min(l.place) - 1)::int AS position"
        f" FROM {WORK} w, unnest(string_to_array(concat_ws('|', w.image, w.images), '|'))"
        " WITH ORDINALITY AS l (location, place) WHERE btrim(l.location) <> '' GROUP BY 1, 2",
    )
    stage.run(
        "WITH written AS (DELETE FROM catalog_media m WHERE m.source = %(source)s AND m.kind = %(image)s AND EXISTS"
        " (SELECT 1 FROM load_media n WHERE n.product_id = m.product_id) AND NOT EXISTS (SELECT 1 FROM load_media n"
        " WHERE n.product_id = m.product_id AND n.location = m.location) RETURNING m.product_id) " + _TOUCH,
        image=MediaKind.IMAGE.value,
    )
    stage.run(
        "WITH written AS (UPDATE catalog_media m SET position = n.position FROM load_media n WHERE m.source ="
        " %(source)s"
        " AND n.product_id = m.product_id AND n.location = m.location AND m.position <> n.position"
        " RETURNING m.product_id) " + _TOUCH
    )
    stage.work_table(
        "load_new_media",
        "SELECT n.* FROM load_media n WHERE NOT EXISTS (SELECT 1 FROM catalog_media m"
        " WHERE m.product_id = n.product_id AND m.location = n.location)",
    )
    stage.run(
        "WITH written AS (INSERT INTO catalog_media (product_id, kind, location, title, alt, position,"
        " is_public, source)"
        " SELECT product_id, %(image)s, location, '', '', position, true, %(source)s FROM load_new_media"
        " RETURNING product_id) " + _TOUCH,
        image=MediaKind.IMAGE.value,
    )
