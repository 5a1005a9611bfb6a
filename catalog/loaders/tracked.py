"""The tables of this room that remember what imports change in them, and what becomes of their rows when undone.

A table that is added here is made to remember by a migration of the flows' room (`TrackTables`).
"""

from altazion.lib.tracking import Tracked

_SKU = "SELECT p.sku FROM catalog_product p WHERE p.id = r.product_id"
PRODUCT = Tracked("product", "catalog_product", "r.sku", summary="r.name")
PRICE = Tracked(
    "price",
    "catalog_baseprice",
    _SKU,
    "SELECT coalesce((SELECT s.code FROM stores_store s WHERE s.id = r.store_id), r.grid)",
)
SEGMENT = Tracked("segment", "catalog_segment", "r.code", summary="r.name")
BRAND = Tracked("brand", "catalog_brand", "r.code", summary="r.name")
FAMILY = Tracked("family", "catalog_family", "r.code", summary="r.name")
ATTRIBUTE = Tracked("attribute", "catalog_attribute", "r.code")
OPTION = Tracked(
    "option", "catalog_attributeoption", "SELECT a.code FROM catalog_attribute a WHERE a.id = r.attribute_id", "r.code"
)
SLOT = Tracked("slot", "catalog_labelslot", "r.code")
LABEL = Tracked("label", "catalog_label", "SELECT s.code FROM catalog_labelslot s WHERE s.id = r.slot_id", "r.code")
PARTS = (
    Tracked("reference", "catalog_productreference", _SKU, "r.type"),
    Tracked("media", "catalog_media", _SKU, "r.location"),
    Tracked(
        "place",
        "catalog_productsegment",
        _SKU,
        "SELECT s.code FROM catalog_segment s WHERE s.id = r.segment_id",
    ),
    Tracked(
        "product_label",
        "catalog_productlabel",
        _SKU,
        "SELECT s.code || ' ' || l.code FROM catalog_label l JOIN catalog_labelslot s ON s.id = l.slot_id"
        " WHERE l.id = r.label_id",
    ),
    Tracked("association", "catalog_association", _SKU, "SELECT q.sku FROM catalog_product q WHERE q.id = r.other_id"),
    Tracked(
        "keyword", "catalog_productkeyword", _SKU, "SELECT k.name FROM catalog_keyword k WHERE k.id = r.keyword_id"
    ),
)
_SOURCE = "SELECT s.code FROM catalog_source s WHERE s.id = r.source_id"
CLAIM = Tracked("claim", "catalog_claim", _SKU, _SOURCE, summary=_SOURCE)  # remembers since a migration of its own
TRACKED = (PRODUCT, PRICE, SEGMENT, BRAND, FAMILY, ATTRIBUTE, OPTION, SLOT, LABEL, *PARTS)
