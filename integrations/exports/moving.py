"""A shop as files that can come in again: one kind of file after another, in the order in which they are taken.

Rows stand in the order of their own codes, never of numbers of the database: the same shop gives the same bytes.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from catalog.enums import MediaKind, ProductKind, ProductState
from catalog.models import (
    Association,
    Attribute,
    AttributeOption,
    BasePrice,
    Brand,
    Label,
    LabelSlot,
    MediaFetch,
    Product,
    ProductLabel,
    ProductReference,
    ProductSegment,
    Segment,
)
from integrations.enums import Entity
from integrations.exports.tables import CHUNK, batches, cell
from integrations.exports.wishes import Row
from logistics.enums import PlaceKind
from logistics.models import StockBalance
from stores.models import Store

SIZES = {
    "gross_weight": "weight_g", "gross_height": "height_mm", "gross_width": "width_mm", "gross_length": "length_mm",
    "net_weight": "net_weight_g", "net_height": "net_height_mm", "net_width": "net_width_mm",
    "net_length": "net_length_mm",
}  # fmt: skip
PAGE = ("intro", "banner", "header", "meta_title", "meta_description")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its fields are those of the import, in this order."""

    entity: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


def moved() -> QuerySet[Product]:
    """The products that travel: bundles are made in Office, archived ones stay behind."""
    return Product.objects.exclude(kind=ProductKind.BUNDLE).exclude(state=ProductState.ARCHIVED)


def _stores() -> Iterator[Row]:
    names = ("code", "name", "address", "postcode", "city", "country", "phone", "email", "latitude", "longitude")
    for store in Store.objects.filter(archived=False).select_related("zone").order_by("code"):
        yield _row(*(getattr(store, name) for name in names), _json(store.hours), store.zone.name if store.zone else "")


def _attributes() -> Iterator[Row]:
    for one in Attribute.objects.order_by("code"):
        flags = (one.is_public, one.is_facet, one.is_differentiating)
        yield _row(one.code, one.name, one.type, one.group, one.unit, *flags, one.position, _json(one.translations))


def _attribute_values() -> Iterator[Row]:
    found = AttributeOption.objects.select_related("attribute").order_by("attribute__code", "code")
    for one in found.iterator(chunk_size=CHUNK):
        yield _row(one.attribute.code, one.code, one.label, one.position, _json(one.translations))


def _categories() -> Iterator[Row]:
    for one in Segment.objects.filter(archived=False).select_related("parent").order_by("code"):
        page = (getattr(one, name) for name in PAGE)
        yield _row(
            *(one.code, one.parent.code if one.parent else "", one.name, one.slug, one.importance, one.image),
            *(one.position, one.kind, *page, one.page_template, one.header_below, _json(one.translations)),
        )


def _brands() -> Iterator[Row]:
    for one in Brand.objects.filter(archived=False).order_by("code"):
        page = (getattr(one, name) for name in PAGE)
        yield _row(
            *(one.code, one.name, one.slug, one.importance, one.is_own, one.website, one.image, *page),
            _json(one.translations),
        )


def _articles() -> Iterator[Row]:
    found = moved().select_related("brand", "family__parent", "vat_rate", "parent").order_by("sku")
    found = found.prefetch_related("media", "keyword_links__keyword__category")
    for batch in batches(found.iterator(chunk_size=CHUNK)):
        bases = BasePrice.objects.filter(product__in=batch, channel=None, store=None, grid="")
        prices = {price.product_id: price for price in bases}
        for one in batch:
            price = prices.get(one.pk)
            family, above = one.family, one.family.parent if one.family else None
            words = sorted(f"{k.keyword.category.name}:{k.keyword.name}" for k in one.keyword_links.all())
            pictures = [m.location for m in one.media.all() if m.kind == MediaKind.IMAGE and m.is_public]
            yield _row(
                *(one.sku, one.external_id, one.parent.sku if one.parent else "", one.kind, one.name),
                *(one.description, one.short_description, one.meta_description, one.brand.name if one.brand else ""),
                *(above.name if above else family.name if family else "", family.name if family and above else ""),
                *(_number(one.vat_rate.rate), *_money(price)),
                one.state == ProductState.VALIDATED or "",
                one.state != ProductState.VALIDATED or "",
                *(one.importance, one.stock_type, one.weight_g, "|".join(pictures)),
                *(_json(one.attributes), "|".join(words), _json(one.translations)),
            )


def _places() -> Iterator[Row]:
    found = ProductSegment.objects.filter(product__in=moved(), product__parent=None, segment__archived=False)
    rows = found.order_by("product__sku", "-is_primary", "segment__code")
    wanted = ("product__sku", "segment__code", "is_primary", "relevance")
    for sku, code, primary, relevance in rows.values_list(*wanted).iterator(chunk_size=CHUNK):
        yield _row(sku, code, primary, _number(relevance))


def _references() -> Iterator[Row]:
    rows = ProductReference.objects.filter(product__in=moved()).order_by("product__sku", "type", "value")
    for row in rows.values_list("product__sku", "type", "value", "is_main").iterator(chunk_size=CHUNK):
        yield _row(*row)


def _media() -> Iterator[Row]:
    """What was named by address; files that were sent stay in the media folder."""
    found = MediaFetch.objects.filter(product__in=moved()).select_related("product", "document_kind")
    for one in found.order_by("product__sku", "position", "address").iterator(chunk_size=CHUNK):
        yield _row(
            *(one.product.sku, one.address, one.kind, one.position, one.title, one.alt, one.is_public, one.keep),
            *(one.document_kind.code if one.document_kind else "", one.language),
        )


def _dimensions() -> Iterator[Row]:
    rows = moved().order_by("sku").values_list("sku", *SIZES.values())
    for row in rows.iterator(chunk_size=CHUNK):
        if any(value is not None for value in row[1:]):
            yield _row(*row)


def _label_slots() -> Iterator[Row]:
    for row in LabelSlot.objects.order_by("position", "code").values_list("code", "name"):
        yield _row(*row)


def _labels() -> Iterator[Row]:
    rows = Label.objects.order_by("slot__code", "code")
    for row in rows.values_list("slot__code", "code", "name", "image").iterator(chunk_size=CHUNK):
        yield _row(*row)


def _product_labels() -> Iterator[Row]:
    rows = ProductLabel.objects.filter(product__in=moved()).order_by("product__sku", "label__slot__code", "label__code")
    wanted = ("product__sku", "label__slot__code", "label__code", "position")
    for row in rows.values_list(*wanted).iterator(chunk_size=CHUNK):
        yield _row(*row)


def _associations() -> Iterator[Row]:
    rows = Association.objects.filter(product__in=moved(), other__in=moved())
    rows = rows.order_by("product__sku", "kind__code", "position", "other__sku")
    wanted = ("product__sku", "other__sku", "kind__code", "quantity")
    for sku, other, kind, quantity in rows.values_list(*wanted).iterator(chunk_size=CHUNK):
        yield _row(sku, other, kind, _number(quantity))


def _prices() -> Iterator[Row]:
    found = BasePrice.objects.filter(product__in=moved(), channel=None).select_related("product", "store")
    layers = found.annotate(shop=F("store__code")).order_by("product__sku", "grid", F("shop").asc(nulls_first=True))
    for price in layers.iterator(chunk_size=CHUNK):
        layer = "MAGASIN" if price.store else "GRILLETARIF" if price.grid else "BASE"
        yield _row(price.product.sku, *_money(price), layer, price.store.code if price.store else price.grid)


def _stock() -> Iterator[Row]:
    """What lies there; nothing is nowhere, so rows of zero do not travel."""
    rows = StockBalance.objects.filter(product__in=moved(), place__active=True).exclude(physical=0)
    rows = rows.exclude(product__kind=ProductKind.PARENT).order_by("place__kind", "place__code", "product__sku")
    wanted = ("place__kind", "place__code", "product__sku", "physical")
    for kind, code, sku, physical in rows.values_list(*wanted).iterator(chunk_size=CHUNK):
        yield _row("MAG" if kind == PlaceKind.STORE else "DEPOT", code, sku, physical)


def _translations() -> Iterator[Row]:
    """Names in other languages, for systems that read them here; they travel with their things, too."""
    for one in Segment.objects.filter(archived=False).order_by("code"):
        yield from _names("SEGMT", one.code, "", one.translations, "name")
    for brand in Brand.objects.filter(archived=False).order_by("code"):
        yield from _names("MARQU", brand.code, "", brand.translations, "name")
    for attribute in Attribute.objects.order_by("code"):
        yield from _names("ATTRT", attribute.code, "", attribute.translations, "name")
    for value in AttributeOption.objects.select_related("attribute").order_by("attribute__code", "code"):
        yield from _names("ATVAL", value.attribute.code, value.code, value.translations, "label")


def _names(kind: str, code: str, value: str, words: Any, field: str) -> Iterator[Row]:
    for language, texts in sorted((words or {}).items()):
        if texts.get(field):
            yield _row(kind, code, language, value, texts[field])


_MONEY = ("price", "promo_price", "promo_from", "promo_to")
KINDS = (
    Kind(
        Entity.STORES,
        ("code", "name", "address", "postcode", "city", "country", "phone", "email", "latitude", "longitude", "hours",
         "zone"),
        _stores,
    ),
    Kind(
        Entity.ATTRIBUTES,
        ("code", "name", "type", "group", "unit", "is_public", "is_facet", "is_differentiating", "position",
         "translations"),
        _attributes,
    ),
    Kind(Entity.ATTRIBUTE_VALUES, ("attribute", "code", "label", "position", "translations"), _attribute_values),
    Kind(
        Entity.CATEGORIES,
        ("code", "parent_code", "name", "slug", "importance", "image", "position", "kind", *PAGE, "page_template",
         "header_below", "translations"),
        _categories,
    ),
    Kind(
        Entity.BRANDS,
        ("code", "name", "slug", "importance", "is_own", "website", "image", *PAGE, "translations"),
        _brands,
    ),
    Kind(
        Entity.ARTICLES,
        ("sku", "external_id", "parent_sku", "kind", "name", "description", "short_description", "meta_description",
         "brand", "family", "subfamily", "vat_rate", *_MONEY, "validated", "in_preparation", "importance",
         "stock_type", "weight_g", "images", "attributes", "keywords", "translations"),
        _articles,
    ),
    Kind(Entity.ARTICLE_CATEGORIES, ("sku", "segment_code", "is_primary", "relevance"), _places),
    Kind(Entity.REFERENCES, ("sku", "type", "value", "is_main"), _references),
    Kind(
        Entity.MEDIA,
        ("sku", "url", "kind", "position", "title", "alt", "is_public", "keep", "document_kind", "language"),
        _media,
    ),
    Kind(Entity.DIMENSIONS, ("sku", *SIZES), _dimensions),
    Kind(Entity.LABEL_SLOTS, ("code", "name"), _label_slots),
    Kind(Entity.LABELS, ("slot", "code", "name", "image"), _labels),
    Kind(Entity.PRODUCT_LABELS, ("sku", "slot", "value", "position"), _product_labels),
    Kind(Entity.ASSOCIATIONS, ("sku", "other_sku", "kind", "quantity"), _associations),
    Kind(Entity.PRICES, ("sku", *_MONEY, "layer", "destination"), _prices),
    Kind(Entity.STOCK, ("place_kind", "place_code", "sku", "quantity"), _stock),
    Kind(Entity.TRANSLATIONS, ("type", "code", "language", "value_code", "name"), _translations),
)  # fmt: skip


def _money(price: BasePrice | None) -> tuple[str, ...]:
    if price is None:
        return ("", "", "", "")
    during = price.promo_during if price.promo_amount is not None else None
    ends = (_moment(during.lower), _moment(during.upper)) if during else ("", "")
    return (str(price.amount), cell(price.promo_amount), *ends)


def _moment(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).isoformat() if at else ""


def _number(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


def _row(*cells: Any) -> Row:
    return tuple(cell(value).strip() for value in cells)
