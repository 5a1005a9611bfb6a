"""Names of what runs change, and which fields of a file feed it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.enums import Entity

ABOUTS: dict[str, Any] = {
    "product": _("article"),
    "price": _("price"),
    "stock": _("stock"),
    "segment": _("segment"),
    "brand": _("brand"),
    "family": _("family"),
    "attribute": _("attribute"),
    "option": _("attribute value"),
    "slot": _("slot of labels"),
    "label": _("label"),
    "reference": _("reference"),
    "media": _("picture"),
    "place": _("place in a segment"),
    "product_label": _("label of an article"),
    "association": _("association"),
    "keyword": _("keyword"),
    "store": _("store"),
    "claim": _("kept aside for a source"),
}
FIELDS: dict[str, Any] = {
    "amount": _("price with tax"),
    "promo_amount": _("promotional price"),
    "promo_during": _("dates of the promotion"),
    "quantity": _("quantity"),
    "name": _("name"),
    "state": _("state"),
    "description": _("description"),
    "short_description": _("short description"),
    "meta_description": _("description for search engines"),
    "brand_id": _("brand"),
    "family_id": _("family"),
    "vat_rate_id": _("VAT rate"),
    "parent_id": _("parent"),
    "kind": _("kind"),
    "weight_g": _("weight"),
    "importance": _("importance"),
    "stock_type": _("how much stock is shown"),
    "position": _("position"),
    "archived": _("archived"),
    "is_main": _("main"),
    "is_primary": _("primary"),
    "external_id": _("outside identifier"),
}
# Kept for the way back, of no interest to people.
HIDDEN = ("source", "fed_fields", "archived_by_run", "slug", "path", "level", "guid", "digest")
# What an entity's files make of a thing that did not exist.
MAIN: dict[str, str] = {
    Entity.ARTICLES: "product",
    Entity.CATEGORIES: "segment",
    Entity.ARTICLE_CATEGORIES: "place",
    Entity.REFERENCES: "reference",
    Entity.LABEL_SLOTS: "slot",
    Entity.LABELS: "label",
    Entity.PRODUCT_LABELS: "product_label",
    Entity.ASSOCIATIONS: "association",
    Entity.DIMENSIONS: "product",
    Entity.ATTRIBUTES: "attribute",
    Entity.ATTRIBUTE_VALUES: "option",
    Entity.PRICES: "price",
    Entity.STORES: "store",
    Entity.STOCK: "stock",
    Entity.BRANDS: "brand",
    Entity.MEDIA: "media",
}
_PROMOTION = ("promo_price", "promo_price_net", "promo_from", "promo_to")
_FEEDS: dict[str, tuple[str, ...]] = {
    "price.amount": ("price", "price_net"),
    "price.promo_amount": _PROMOTION,
    "price.promo_during": _PROMOTION,
    "product.brand_id": ("brand",),
    "product.family_id": ("family", "subfamily"),
    "product.vat_rate_id": ("vat_rate",),
    "product.state": ("validated", "in_preparation", "published"),
    "store.zone_id": ("zone",),
}
_PARTS = {
    "media": ("image", "images"),
    "place": ("segment_code", *(f"segment_{level}" for level in range(1, 7))),
    "reference": ("references",),
    "keyword": ("keywords",),
}


def key_of(about: str, field: str) -> str:
    """One word for a kind of difference: what a person chooses and filters by."""
    return f"{about}.{field}"


def name_of(about: str, field: str) -> str:
    """What people call it."""
    thing = str(ABOUTS.get(about, about))
    if not field:
        return thing
    _column, dot, inner = field.partition(".")
    word = f"{inner}" if dot else str(FIELDS.get(field, field.removesuffix("_id").replace("_", " ")))
    return gettext("%(thing)s: %(field)s") % {"thing": thing, "field": word}


def feeding(entity: str, key: str, given: set[str]) -> tuple[str, ...]:
    """The fields of a file without which this would not change; empty when it cannot be left out by itself."""
    about, _dot, field = key.partition(".")
    if entity == Entity.ARTICLES and about in _PARTS:
        found: tuple[str, ...] = _PARTS[about]
    elif key in _FEEDS:
        found = _FEEDS[key]
    elif about == MAIN.get(entity) or (entity == Entity.ARTICLES and about == "product"):
        found = (field.partition(".")[0],)
    else:
        found = ()
    return tuple(name for name in found if name in given)
