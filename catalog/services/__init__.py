"""Verbs of the catalogue. Each is one transaction and leaves one event."""

from catalog.services.associations import ensure_association_kinds, save_associations
from catalog.services.attributes import save_attribute, save_options, save_uses
from catalog.services.brands import replace_brand, save_brand
from catalog.services.bundles import save_bundle
from catalog.services.cells import save_cells
from catalog.services.channel_texts import save_channel_texts
from catalog.services.children import make_children
from catalog.services.claims import give_back, take_value
from catalog.services.cleaning import clean_files
from catalog.services.completeness import refresh_completeness, refresh_family, save_requirements
from catalog.services.copying import copy_product
from catalog.services.criteria import delete_criterion, save_choices, save_criterion
from catalog.services.fetching import AT_ONCE as FETCHED_AT_ONCE
from catalog.services.fetching import fetch_again, fetch_waiting
from catalog.services.history import undo_field, undo_of_arrangement
from catalog.services.keywords import (
    delete_keyword,
    link_keyword,
    link_named,
    save_category,
    save_keyword,
    set_keywords,
)
from catalog.services.labels import (
    delete_label,
    give_label,
    save_label,
    save_mark,
    save_product_labels,
    save_slot,
    take_label,
)
from catalog.services.lifecycle import archive, publish, publish_ready, restore, unpublish, validate, withdraw
from catalog.services.locks import end_locks, lock_field, lock_fields_of, unlock
from catalog.services.log import add_note
from catalog.services.media import check_address, ensure_document_kinds, make_all_sizes, make_sizes, save_media
from catalog.services.parts import place_in_segments, save_prices, save_references
from catalog.services.products import change_product, create_product
from catalog.services.ranking import (
    give_back_to_relevance,
    place_among_siblings,
    place_in_segment,
    rate_in_segment,
)
from catalog.services.segments import delete_segment, move_segment, save_segment
from catalog.services.selecting import follow_all, follow_products, refresh_selection, save_rule
from catalog.services.selections import (
    add_to_selection,
    exclude_from_selection,
    keep_selection,
    put_selection,
    save_selection,
)
from catalog.services.sources import delete_order, delete_source, order_sources, save_order, save_source, settle_all
from catalog.services.written import write_product

__all__ = [
    "FETCHED_AT_ONCE",
    "add_note",
    "add_to_selection",
    "archive",
    "change_product",
    "check_address",
    "clean_files",
    "copy_product",
    "create_product",
    "delete_criterion",
    "delete_keyword",
    "delete_label",
    "delete_order",
    "delete_segment",
    "delete_source",
    "end_locks",
    "ensure_association_kinds",
    "ensure_document_kinds",
    "exclude_from_selection",
    "fetch_again",
    "fetch_waiting",
    "follow_all",
    "follow_products",
    "give_back",
    "give_back_to_relevance",
    "give_label",
    "keep_selection",
    "link_keyword",
    "link_named",
    "lock_field",
    "lock_fields_of",
    "make_all_sizes",
    "make_children",
    "make_sizes",
    "move_segment",
    "order_sources",
    "place_among_siblings",
    "place_in_segment",
    "place_in_segments",
    "publish",
    "publish_ready",
    "put_selection",
    "rate_in_segment",
    "refresh_completeness",
    "refresh_family",
    "refresh_selection",
    "replace_brand",
    "restore",
    "save_associations",
    "save_attribute",
    "save_brand",
    "save_bundle",
    "save_category",
    "save_cells",
    "save_channel_texts",
    "save_choices",
    "save_criterion",
    "save_keyword",
    "save_label",
    "save_mark",
    "save_media",
    "save_options",
    "save_order",
    "save_prices",
    "save_product_labels",
    "save_references",
    "save_requirements",
    "save_rule",
    "save_segment",
    "save_selection",
    "save_slot",
    "save_source",
    "save_uses",
    "set_keywords",
    "settle_all",
    "take_label",
    "take_value",
    "undo_field",
    "undo_of_arrangement",
    "unlock",
    "unpublish",
    "validate",
    "withdraw",
    "write_product",
]
