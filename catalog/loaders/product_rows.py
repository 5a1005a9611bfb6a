"""The products themselves: what each row makes of its product, what differs, and the two statements that write it."""

from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from altazion.lib.staging import Stage
from catalog.enums import Nature, ProductKind, ProductState, StockType
from catalog.loaders.article_rows import WORK

FINAL, TOUCHED = "load_products", "load_touched"
COLUMNS = [
    "sku",
    "external_id",
    "kind",
    "parent_id",
    "vat_rate_id",
    "family_id",
    "brand_id",
    "name",
    "slug",
    "short_description",
    "description",
    "meta_description",
    "attributes",
    "translations",
    "state",
    "stock_type",
    "weight_g",
    "importance",
    "source",
    "fed_fields",
    "archived_by_run",
]
_MONEY = f"""
UPDATE {WORK} w SET vat_rate_id = found.vat_rate_id,
    gross = CASE WHEN found.variant THEN nullif(found.gross, 0) ELSE found.gross END,
    promo = nullif(found.promo, 0),
    during = CASE WHEN found.promo > 0 THEN tstzrange(found.promo_from, found.promo_to) END
FROM (
    SELECT r.row_number, r.promo_from, r.promo_to, v.id AS vat_rate_id,
        r.parent_id IS NOT NULL OR r.kind = 'parent'
            OR r.product_id IN (SELECT c.parent_id FROM {WORK} c WHERE c.parent_id IS NOT NULL) AS variant,
        coalesce(r.price, round(r.price_net * (1 + v.rate), 2)) AS gross,
        coalesce(r.promo_price, round(r.promo_price_net * (1 + v.rate), 2)) AS promo
    FROM {WORK} r
    LEFT JOIN {WORK} f ON f.product_id = r.parent_id
    LEFT JOIN catalog_product old ON old.id = r.product_id
    LEFT JOIN catalog_product above ON above.id = r.parent_id
    LEFT JOIN LATERAL (SELECT coalesce(r.vat_rate, f.vat_rate) AS said) s ON true
    JOIN catalog_vatrate v ON v.id = coalesce(
        (SELECT min(x.id) FROM catalog_vatrate x WHERE x.rate = s.said), old.vat_rate_id, above.vat_rate_id,
        %(default_rate)s)
) found WHERE found.row_number = w.row_number
"""
# A child lives on its parent's name and price, a parent on a price of any of its children.
_FINAL = f"""
WITH mine AS (
    SELECT w.*, p.id AS old_id, p.kind AS old_kind, p.parent_id AS old_parent, p.state AS old_state,
        p.archived_by_run AS old_run, b.id AS price_id, b.amount AS old_amount,
        coalesce(nullif(w.name, ''), p.name, '') AS new_name, coalesce(w.gross, b.amount, 0) AS amount
    FROM {WORK} w
    LEFT JOIN catalog_product p ON p.id = w.product_id
    LEFT JOIN catalog_baseprice b ON b.product_id = w.product_id AND b.channel_id IS NULL AND b.store_id IS NULL
        AND b.grid = ''
), below AS (
    SELECT parent_id, bool_or(amount > 0) AS priced, bool_or(old_amount > 0) AS was FROM mine
    WHERE parent_id IS NOT NULL GROUP BY 1
), stored_below AS (
    SELECT c.parent_id, bool_or(b.amount > 0) AS priced FROM catalog_product c JOIN catalog_baseprice b
    ON b.product_id = c.id AND b.channel_id IS NULL AND b.store_id IS NULL AND b.grid = ''
    WHERE c.parent_id IN (SELECT product_id FROM {WORK}) AND c.state <> 'archived' GROUP BY 1
), judged AS (
    SELECT m.*,
        CASE WHEN coalesce(m.parent_id, m.old_parent) IS NOT NULL THEN 'child'
             WHEN m.kind = 'parent' OR below.parent_id IS NOT NULL THEN 'parent'
             WHEN m.kind = 'simple' AND m.old_kind IS DISTINCT FROM 'bundle' AND NOT EXISTS
                 (SELECT 1 FROM catalog_product c WHERE c.parent_id = m.product_id)
             THEN 'simple' ELSE coalesce(m.old_kind, 'simple') END AS new_kind,
        (m.new_name <> '' OR coalesce(up.new_name, above.name, '') <> '')
            AND (m.amount > 0 OR coalesce(up.amount, above_price.amount, 0) > 0 OR coalesce(below.priced, false)
                 OR coalesce(stored_below.priced, false)) AS complete,
        (coalesce(old_name.name, '') <> '' OR coalesce(above.name, '') <> '')
            AND (coalesce(m.old_amount, 0) > 0 OR coalesce(above_price.amount, 0) > 0 OR coalesce(below.was, false)
                 OR coalesce(stored_below.priced, false)) AS was_complete,
        coalesce(m.in_preparation, false) OR m.published IS FALSE OR m.validated IS FALSE AS draft,
        coalesce(m.validated, false) OR coalesce(m.published, false) OR m.in_preparation IS FALSE AS said_ready
    FROM mine m
    LEFT JOIN below ON below.parent_id = m.product_id
    LEFT JOIN stored_below ON stored_below.parent_id = m.product_id
    LEFT JOIN mine up ON up.product_id = m.parent_id
    LEFT JOIN catalog_product above ON above.id = coalesce(m.parent_id, m.old_parent)
    LEFT JOIN catalog_baseprice above_price ON above_price.product_id = above.id AND above_price.channel_id IS NULL
        AND above_price.store_id IS NULL AND above_price.grid = ''
    LEFT JOIN catalog_product old_name ON old_name.id = m.product_id
)
SELECT j.row_number, j.product_id, j.is_new, j.price_id, j.old_amount,
    coalesce(j.sku, p.sku) AS sku, coalesce(j.external_id, p.external_id) AS external_id, j.new_kind AS kind,
    coalesce(j.parent_id, p.parent_id) AS parent_id,
    CASE WHEN j.is_new OR j.vat_rate IS NOT NULL THEN j.vat_rate_id ELSE p.vat_rate_id END AS vat_rate_id,
    coalesce(j.family_id, p.family_id) AS family_id, coalesce(j.brand_id, p.brand_id) AS brand_id,
    j.new_name AS name,
    coalesce(nullif(p.slug, ''), nullif(left(btrim(regexp_replace(lower(unaccent(coalesce(nullif(j.new_name, ''),
        j.sku))), '[^a-z0-9]+', '-', 'g'), '-'), 100), ''), '-') AS slug,
    coalesce(left(j.short_description, 500), p.short_description, '') AS short_description,
    coalesce(j.description, p.description, '') AS description,
    coalesce(left(j.meta_description, 320), p.meta_description, '') AS meta_description,
    coalesce(p.attributes || j.attributes, j.attributes, p.attributes, '{{{{}}}}') AS attributes,
    {{translations}} AS translations,
    CASE WHEN j.old_state = 'archived' AND j.old_run IS NULL THEN 'archived'
         WHEN j.draft OR NOT j.complete THEN 'in_preparation'
         WHEN j.is_new OR j.old_state IN ('archived', 'validated') OR j.said_ready OR NOT j.was_complete
             THEN 'validated'
         ELSE j.old_state END AS state,
    coalesce(j.stock_type, p.stock_type, %(stock_type)s)::smallint AS stock_type,
    coalesce(j.weight_g, p.weight_g) AS weight_g,
    coalesce(j.importance, p.importance, 100)::smallint AS importance,
    CASE WHEN coalesce(p.source, '') IN ('', %(source)s) THEN %(source)s ELSE p.source END AS source,
    CASE WHEN coalesce(p.source, '') IN ('', %(source)s)
              AND NOT EXISTS (SELECT 1 FROM load_claims x WHERE x.product_id = j.product_id) THEN fed.names
         WHEN p.fed_fields @> fed.names THEN p.fed_fields
         ELSE ARRAY(SELECT DISTINCT f FROM unnest(p.fed_fields || fed.names) f ORDER BY 1) END AS fed_fields,
    CASE WHEN j.old_state = 'archived' AND j.old_run IS NULL THEN p.archived_by_run END AS archived_by_run
FROM judged j LEFT JOIN catalog_product p ON p.id = j.old_id, LATERAL (
    SELECT %(fed)s::varchar[]
        || coalesce(array_agg(left('attributes.' || k, 60)::varchar ORDER BY k), ARRAY[]::varchar[]) AS names
    FROM jsonb_object_keys(j.attributes) k
) fed
"""
_TRANSLATIONS = """
CASE WHEN j.translations IS NULL THEN coalesce(p.translations, '{}') WHEN p.id IS NULL THEN j.translations
ELSE p.translations ||
    (SELECT coalesce(jsonb_object_agg(t.key, coalesce(p.translations -> t.key, '{}') || t.value), '{}')
    FROM jsonb_each(j.translations) t) END
"""


def refuse_unknown_rates(stage: Stage) -> None:
    """Refuse rows whose tax rate is none of ours."""
    if stage.has("vat_rate"):
        unknown = "w.vat_rate IS NOT NULL AND NOT EXISTS (SELECT 1 FROM catalog_vatrate v WHERE v.rate = w.vat_rate)"
        stage.reject(WORK, "vat_rate", "unknown_vat_rate", value="w.vat_rate", where=unknown)


def prepare_products(stage: Stage) -> None:
    """Work out prices with tax, and what each product is to be. Raises Refused when there is no tax rate at all."""
    default = stage.ids("SELECT id FROM catalog_vatrate ORDER BY is_default DESC, rate DESC, id LIMIT 1")
    if not default:
        raise Refused(
            _("There is no VAT rate yet: make one in Office before articles are imported."), code="no_vat_rate"
        )
    stage.run(_MONEY, default_rate=default[0])
    translations = _TRANSLATIONS if stage.has("translations") else "coalesce(p.translations, '{}')"
    stage.work_table(
        FINAL,
        _FINAL.replace("{translations}", translations.replace("{}", "{{}}")),
        analyze="row_number, product_id, is_new, parent_id, price_id",
        fed=sorted(stage.context.fields),
        stock_type=StockType.AVERAGE.value,
    )
    stage.run(f"CREATE INDEX ON {FINAL} (product_id)")
    stage.run(f"DROP TABLE IF EXISTS {TOUCHED}")
    stage.run(f"CREATE TEMP TABLE {TOUCHED} (product_id bigint) ON COMMIT DROP")


def write_products(stage: Stage) -> int:
    """Insert what is new, update what differs, make parents of products that got children. Returns how many are new."""
    names = ", ".join(COLUMNS)
    new = stage.run(
        f"INSERT INTO catalog_product (id, guid, type_id, created_at, updated_at, {names})"
        f" SELECT f.product_id, gen_random_uuid(), %(type)s, %(at)s, %(at)s, {', '.join('f.' + c for c in COLUMNS)}"
        f" FROM {FINAL} f WHERE f.is_new ORDER BY f.parent_id IS NOT NULL, f.row_number",
        type=_goods(stage),
    )
    old, wanted = (", ".join(f"{alias}.{column}" for column in COLUMNS) for alias in ("p", "f"))
    sets = ", ".join(f"{column} = f.{column}" for column in COLUMNS)
    stage.run(
        f"WITH written AS (UPDATE catalog_product p SET {sets}, updated_at = %(at)s FROM {FINAL} f"
        f" WHERE p.id = f.product_id AND NOT f.is_new AND ({old}) IS DISTINCT FROM ({wanted}) RETURNING p.id)"
        f" INSERT INTO {TOUCHED} SELECT id FROM written"
    )
    if stage.has("parent_external_id", "parent_sku"):
        stage.run(
            "UPDATE catalog_product p SET kind = %(parent)s, updated_at = %(at)s WHERE p.kind = %(simple)s AND p.id IN"
            f" (SELECT f.parent_id FROM {FINAL} f WHERE f.parent_id IS NOT NULL)",
            parent=ProductKind.PARENT.value,
            simple=ProductKind.SIMPLE.value,
        )
        stage.run(
            f"DELETE FROM catalog_publication u USING {FINAL} f WHERE u.product_id = f.product_id"
            " AND f.parent_id IS NOT NULL AND NOT f.is_new"
        )
    return new


def validate_parents(stage: Stage) -> None:
    """Parents outside the file that lacked nothing but a price, and got one through their variants just now."""
    stage.note(
        "catalog.products_changed",
        "product",
        stage.ids(
            "UPDATE catalog_product p SET state = %(validated)s, updated_at = %(at)s WHERE p.state = %(waiting)s"
            " AND p.source <> '' AND p.name <> ''"
            " AND NOT p.fed_fields && ARRAY['validated', 'in_preparation', 'published']::varchar[]"
            f" AND p.id IN (SELECT f.parent_id FROM {FINAL} f WHERE f.price_id IS NULL)"
            f" AND NOT EXISTS (SELECT 1 FROM {FINAL} f WHERE f.product_id = p.id)"
            " AND EXISTS (SELECT 1 FROM catalog_product c JOIN catalog_baseprice b ON b.product_id = c.id"
            " WHERE c.parent_id = p.id AND b.amount > 0) AND NOT EXISTS (SELECT 1 FROM catalog_product c"
            " JOIN catalog_baseprice b ON b.product_id = c.id WHERE c.parent_id = p.id AND b.amount > 0"
            f" AND NOT EXISTS (SELECT 1 FROM {FINAL} f WHERE f.product_id = c.id AND f.price_id IS NULL))"
            " RETURNING p.id",
            validated=ProductState.VALIDATED.value,
            waiting=ProductState.IN_PREPARATION.value,
        ),
    )


def archive_absent(stage: Stage) -> int:
    """A whole file replaces everything: products that this source feeds and the file lacks are archived."""
    absent = stage.ids(
        "UPDATE catalog_product p SET state = %(archived)s, archived_by_run = %(run)s, updated_at = %(at)s"
        " WHERE p.source = %(source)s AND p.state <> %(archived)s"
        f" AND {stage.lacks('p', ('sku', 'sku'), ('external_id', 'external_id'))} RETURNING p.id",
        archived=ProductState.ARCHIVED.value,
    )
    stage.note("catalog.products_changed", "product", absent)
    return len(absent)


def _goods(stage: Stage) -> int:
    found = stage.ids(
        "SELECT id FROM catalog_producttype WHERE nature = %(nature)s ORDER BY code <> 'goods', id LIMIT 1",
        nature=Nature.PRODUCT.value,
    )
    if found:
        return found[0]
    return stage.number(
        "INSERT INTO catalog_producttype (code, name, nature, sales_account, description)"
        " VALUES ('goods', 'Marchandises', %(nature)s, '707000', '') RETURNING id",
        nature=Nature.PRODUCT.value,
    )
