"""Questions about the catalogue. Each takes a constant number of queries, however many products it is asked about."""

from catalog.selectors.addresses import LANGUAGES, named_so, word_of
from catalog.selectors.facts import Refusal, product_refusals, refusals_to_validate, with_facts
from catalog.selectors.lookup import find_by_reference, find_many, page_of_products, product_named, sellable
from catalog.selectors.tree import Node, breadcrumbs, segment_tree

__all__ = [
    "LANGUAGES",
    "Node",
    "Refusal",
    "breadcrumbs",
    "find_by_reference",
    "find_many",
    "named_so",
    "page_of_products",
    "product_named",
    "product_refusals",
    "refusals_to_validate",
    "segment_tree",
    "sellable",
    "with_facts",
    "word_of",
]
