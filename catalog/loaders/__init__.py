"""Set-based merges of staged files into the catalogue (`altazion.lib.loading` says what a loader gets and gives)."""

from catalog.loaders.articles import merge_articles
from catalog.loaders.associations import merge_associations
from catalog.loaders.brands import merge_brands
from catalog.loaders.categories import merge_categories
from catalog.loaders.definitions import merge_attribute_values, merge_attributes
from catalog.loaders.dimensions import merge_dimensions
from catalog.loaders.labels import merge_label_slots, merge_labels, merge_product_labels
from catalog.loaders.media import merge_media
from catalog.loaders.places import merge_article_categories
from catalog.loaders.prices import merge_prices
from catalog.loaders.publication import publish_complete
from catalog.loaders.references import merge_references
from catalog.loaders.undo import undo_changes
from catalog.loaders.words import merge_translations

__all__ = [
    "merge_article_categories",
    "merge_articles",
    "merge_associations",
    "merge_attribute_values",
    "merge_attributes",
    "merge_brands",
    "merge_categories",
    "merge_dimensions",
    "merge_label_slots",
    "merge_labels",
    "merge_media",
    "merge_prices",
    "merge_product_labels",
    "merge_references",
    "merge_translations",
    "publish_complete",
    "undo_changes",
]
