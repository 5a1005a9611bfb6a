"""Articles: products with their structure, prices, references, pictures and places, merged in sets (annex A, ISO-1)."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from altazion.lib.told import told as _
from altazion.lib.told import told_many as ngettext
from catalog.loaders.article_parts import write_media, write_prices, write_references
from catalog.loaders.article_rows import WORK, prepare, remember
from catalog.loaders.attributes import prepare_attributes
from catalog.loaders.claims import hear_articles
from catalog.loaders.copied import copy_to_variants
from catalog.loaders.events import PRODUCTS, tell
from catalog.loaders.keywords import write_keywords
from catalog.loaders.names import resolve_names
from catalog.loaders.places import check_segment_codes, write_places
from catalog.loaders.product_rows import (
    FINAL,
    TOUCHED,
    archive_absent,
    prepare_products,
    refuse_unknown_rates,
    validate_parents,
    write_products,
)
from catalog.loaders.publication import publish_complete
from catalog.loaders.settling import settle_withdrawn

MANY_NEW = 1000


def merge_articles(context: LoadContext) -> LoadResult:
    """Merge a staged article file; children may stand before their parents.

    Brands, families, segments (by names) and attribute definitions that do not exist are made. Prices are with tax;
    net ones are converted by the row's VAT rate. A row with an impossible parent, a taken
    identifier, an unknown VAT rate or segment is refused. Rows that differ in nothing write nothing. A complete
    product is validated (named and priced, A23b), a draft stays in preparation; then channels that publish imports
    get what satisfies their rule. With `full`, products of this source that the file lacks are archived, and come
    back validated when a later file names them. Raises Refused when no VAT rate exists at all.
    """
    with Stage(context) as stage:
        prepare(stage)
        check_segment_codes(stage)
        long = prepare_attributes(stage) if stage.has("attributes") else []
        refuse_unknown_rates(stage)
        resolve_names(stage)
        kept = hear_articles(stage)
        prepare_products(stage)
        result = _write(stage)
        result.notes += kept
        if long:
            result.notes.append(_long_words(long))
        return result


def _long_words(codes: list[str]) -> str:
    text = _("Texts longer than 250 characters were kept; lists and filters read the beginning only: %(codes)s.")
    return text % {"codes": ", ".join(codes[:10])}


def _left_parents(stage: Stage) -> list[int]:
    """Parents that variants are about to leave: what is said of them may change, too."""
    if not stage.has("parent_external_id", "parent_sku"):
        return []
    return stage.ids(
        f"SELECT DISTINCT p.parent_id FROM {WORK} w JOIN catalog_product p ON p.id = w.product_id"
        " WHERE p.parent_id IS NOT NULL AND w.parent_id IS NOT NULL AND p.parent_id <> w.parent_id"
    )


def _write(stage: Stage) -> LoadResult:
    left = _left_parents(stage)
    new = write_products(stage)
    settle_withdrawn(stage, TOUCHED)
    if new > MANY_NEW:  # what follows joins on these tables: the planner must know that they are no longer small
        stage.run("ANALYZE catalog_product (id, sku, external_id, kind, parent_id, state, brand_id, family_id)")
    write_prices(stage)
    if stage.has("parent_external_id", "parent_sku"):
        validate_parents(stage)
    wrong_codes = write_references(stage)
    write_media(stage)
    write_places(stage)
    write_keywords(stage)
    archived = archive_absent(stage) if stage.context.full else 0
    remember(stage)
    total = stage.number("SELECT count(*) FROM {staged}")
    rejected = stage.rejected()
    total -= stage.number("SELECT count(DISTINCT r.row_number) FROM {rejects} r JOIN {staged} s USING (row_number)")
    touched = stage.ids(f"SELECT product_id FROM {FINAL} WHERE is_new UNION SELECT product_id FROM {TOUCHED}")
    if new > MANY_NEW:
        stage.run("ANALYZE catalog_baseprice, catalog_media, catalog_productsegment")
    published = [product_id for product_id, _channel in publish_complete(touched, at=stage.context.at)]
    copied = copy_to_variants(touched) if stage.has("attributes") and touched else []
    stage.note(PRODUCTS, "product", [*touched, *published, *copied, *left])
    tell(stage)
    notes: list[str] = []
    if wrong_codes:
        shown = ", ".join(wrong_codes[:5])
        text = ngettext(
            "%(count)d reference with a wrong check digit was left out: %(codes)s.",
            "%(count)d references with a wrong check digit were left out, among them %(codes)s.",
            len(wrong_codes),
        )
        notes.append(text % {"count": len(wrong_codes), "codes": shown})
    return LoadResult(
        new=new,
        changed=len(touched) - new,
        unchanged=total - len(touched),
        archived=archived,
        rejected=rejected,
        notes=notes,
    )
