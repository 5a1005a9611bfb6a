"""The fields of each entity: their type, what they may hold, what identifies a row, and who merges them."""

import enum
from dataclasses import dataclass

from catalog.loaders.definitions import TYPE_WORDS
from integrations.enums import Entity


class FieldType(enum.StrEnum):
    """Type of a field once checked; the value is its SQL type."""

    TEXT = "text"
    NUMBER = "numeric"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    MOMENT = "timestamptz"
    JSON = "jsonb"


@dataclass(frozen=True)
class Field:
    """A field of an entity. `choices` are compared without regard to case. `until`: a bare date includes that day."""

    name: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    max_length: int = 0
    choices: tuple[str, ...] = ()
    least: int | None = None
    until: bool = False


@dataclass(frozen=True)
class EntitySpec:
    """An entity: fields, sets of fields that identify a row, fields of which one is needed, and its loader's path."""

    entity: str
    fields: dict[str, Field]
    keys: tuple[tuple[str, ...], ...]
    loader: str
    one_of: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields.values() if field.required)

    @property
    def needed(self) -> set[str]:
        """What tells rows apart, and what every row has: cannot be left out."""
        return {*self.required, *(name for key in self.keys for name in key)}


def _spec(
    entity: Entity, loader: str, keys: tuple[tuple[str, ...], ...], *fields: Field, one_of: tuple[str, ...] = ()
) -> EntitySpec:
    return EntitySpec(entity.value, {field.name: field for field in fields}, keys, loader, one_of)


TEXT, NUMBER, INTEGER = FieldType.TEXT, FieldType.NUMBER, FieldType.INTEGER
BOOLEAN, MOMENT, JSON = FieldType.BOOLEAN, FieldType.MOMENT, FieldType.JSON
_PRICES = (
    Field("price", NUMBER, least=0),
    Field("price_net", NUMBER, least=0),
    Field("promo_price", NUMBER, least=0),
    Field("promo_price_net", NUMBER, least=0),
    Field("promo_from", MOMENT),
    Field("promo_to", MOMENT, until=True),
)
_PAGE = (
    Field("intro", max_length=20_000),
    Field("banner", max_length=500),
    Field("header", max_length=20_000),
    Field("meta_title", max_length=160),
    Field("meta_description", max_length=320),
)
_SIZES = ("weight", "height", "width", "length")
_WHICH = (Field("sku", max_length=60), Field("external_id", max_length=60))

ENTITIES: dict[str, EntitySpec] = {
    spec.entity: spec
    for spec in (
        _spec(
            Entity.ARTICLES,
            "catalog.loaders.merge_articles",
            (("sku",), ("external_id",)),
            *_WHICH,
            Field("parent_external_id", max_length=60),
            Field("parent_sku", max_length=60),
            Field("name", max_length=250),
            Field("kind", choices=("simple", "parent", "child")),
            Field("description"),
            Field("short_description"),
            Field("meta_description"),
            Field("brand", max_length=120),
            Field("family", max_length=120),
            Field("subfamily", max_length=120),
            Field("vat_rate", NUMBER, least=0),
            *_PRICES,
            *(Field(f"segment_{level}", max_length=120) for level in range(1, 7)),
            Field("segment_code"),
            Field("validated", BOOLEAN),
            Field("in_preparation", BOOLEAN),
            Field("published", BOOLEAN),
            Field("importance", INTEGER),
            Field("stock_type", INTEGER),
            Field("weight_g", INTEGER, least=0),
            Field("image"),
            Field("images"),
            Field("attributes", JSON),
            Field("references", JSON),
            Field("keywords"),
            Field("translations", JSON),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.CATEGORIES,
            "catalog.loaders.merge_categories",
            (("code",),),
            Field("code", required=True, max_length=60),
            Field("parent_code", max_length=60),
            Field("path"),
            Field("name", max_length=120),
            Field("slug", max_length=120),
            Field("importance", INTEGER, least=0),
            Field("image"),
            Field("position", INTEGER, least=0),
            Field("kind", max_length=30),
            *_PAGE,
            Field("page_template", max_length=20),
            Field("header_below", BOOLEAN),
            Field("translations", JSON),
        ),
        _spec(
            Entity.BRANDS,
            "catalog.loaders.merge_brands",
            (("code",),),
            Field("code", required=True, max_length=60),
            Field("name", max_length=120),
            Field("slug", max_length=120),
            Field("importance", INTEGER, least=0),
            Field("is_own", BOOLEAN),
            Field("website", max_length=200),
            Field("image", max_length=500),
            *_PAGE,
            Field("translations", JSON),
        ),
        _spec(
            Entity.MEDIA,
            "catalog.loaders.merge_media",
            (("sku", "external_id", "url"),),
            *_WHICH,
            Field("url", max_length=500),
            Field("main_image", max_length=500),
            *(Field(name) for name in ("images", "videos", "documents")),
            Field("kind", choices=("image", "video", "document")),
            Field("mime", max_length=80),
            Field("is_main", BOOLEAN),
            Field("position", INTEGER, least=0),
            Field("title", max_length=160),
            Field("alt", max_length=250),
            Field("is_public", BOOLEAN),
            Field("keep", BOOLEAN),
            Field("document_kind", max_length=30),
            Field("language", max_length=8),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.TRANSLATIONS,
            "catalog.loaders.merge_translations",
            (),
            Field("type", required=True, choices=("SEGMT", "MARQU", "ATTRT", "ATVAL", "CRITR")),
            Field("code", required=True, max_length=60),
            Field("language", required=True, max_length=12),
            Field("value_code", max_length=120),
            Field("name", max_length=200),
        ),
        _spec(
            Entity.ARTICLE_CATEGORIES,
            "catalog.loaders.merge_article_categories",
            (("sku", "external_id", "segment_code"),),
            *_WHICH,
            Field("segment_code", required=True, max_length=60),
            Field("is_primary", BOOLEAN),
            Field("relevance", NUMBER, least=0),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.REFERENCES,
            "catalog.loaders.merge_references",
            (("sku", "external_id", "type", "value"),),
            *_WHICH,
            Field("type", required=True, max_length=30),
            Field("value", required=True, max_length=60),
            Field("is_main", BOOLEAN),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.ATTRIBUTES,
            "catalog.loaders.merge_attributes",
            (("code",),),
            Field("code", required=True, max_length=60),
            Field("name", max_length=120),
            Field("type", choices=TYPE_WORDS),
            Field("group", max_length=80),
            Field("unit", max_length=20),
            Field("is_public", BOOLEAN),
            Field("is_facet", BOOLEAN),
            Field("is_differentiating", BOOLEAN),
            Field("position", INTEGER, least=0),
            Field("translations", JSON),
        ),
        _spec(
            Entity.ATTRIBUTE_VALUES,
            "catalog.loaders.merge_attribute_values",
            (("attribute", "code"),),
            Field("attribute", required=True, max_length=60),
            Field("code", required=True, max_length=120),
            Field("label", max_length=200),
            Field("position", INTEGER, least=0),
            Field("translations", JSON),
        ),
        _spec(
            Entity.LABEL_SLOTS,
            "catalog.loaders.merge_label_slots",
            (("code",),),
            Field("code", required=True, max_length=40),
            Field("name", required=True, max_length=80),
        ),
        _spec(
            Entity.LABELS,
            "catalog.loaders.merge_labels",
            (("slot", "code"),),
            Field("slot", required=True, max_length=40),
            Field("code", required=True, max_length=40),
            Field("name", required=True, max_length=60),
            Field("image", max_length=500),
        ),
        _spec(
            Entity.PRODUCT_LABELS,
            "catalog.loaders.merge_product_labels",
            (("sku", "external_id", "slot", "value"),),
            *_WHICH,
            Field("slot", required=True, max_length=40),
            Field("value", required=True, max_length=40),
            Field("position", INTEGER),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.ASSOCIATIONS,
            "catalog.loaders.merge_associations",
            (("sku", "external_id", "other_sku", "other_external_id", "kind"),),
            *_WHICH,
            Field("other_sku", max_length=60),
            Field("other_external_id", max_length=60),
            Field("kind", max_length=30),
            Field("quantity", NUMBER),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.DIMENSIONS,
            "catalog.loaders.merge_dimensions",
            (("sku", "external_id"),),
            *_WHICH,
            *(Field(f"{kind}_{what}", NUMBER, least=0) for kind in ("gross", "net") for what in _SIZES),
            one_of=("sku", "external_id"),
        ),
        _spec(
            Entity.PRICES,
            "catalog.loaders.merge_prices",
            (("sku", "layer", "destination"),),
            Field("sku", required=True, max_length=60),
            *_PRICES,
            Field("layer", choices=("BASE", "MAGASIN", "GRILLETARIF")),
            Field("destination", max_length=30),
        ),
        _spec(
            Entity.STORES,
            "stores.loaders.merge_stores",
            (("code",),),
            Field("code", required=True, max_length=30),
            Field("name", max_length=120),
            Field("postcode", max_length=12),
            Field("address", max_length=200),
            Field("city", max_length=80),
            Field("phone", max_length=30),
            Field("email", max_length=254),
            Field("country", max_length=3),
            Field("latitude", NUMBER),
            Field("longitude", NUMBER),
            Field("hours", JSON),
            Field("zone", max_length=30),
        ),
        _spec(
            Entity.STOCK,
            "logistics.loaders.merge_stock",
            (("place_kind", "place_code", "sku", "reference_type", "reference"),),
            Field("place_kind", required=True, choices=("DEPOT", "MAG")),
            Field("place_code", max_length=30),
            Field("sku", max_length=60),
            Field("reference", max_length=60),
            Field("reference_type", max_length=30),
            Field("quantity", INTEGER, required=True),
            one_of=("sku", "reference"),
        ),
    )
}
