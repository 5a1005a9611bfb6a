"""The read side of selling, and what merchandisers decide about it."""

from discovery.models.index import FacetValue, IndexEntry, IndexVersion, Lexeme, ListingSet
from discovery.models.merchandising import ListingPolicy, MerchandisingRule, RuleEffect
from discovery.models.relevance import RelevanceTest
from discovery.models.searching import SearchRedirect, SynonymSet

__all__ = [
    "FacetValue",
    "IndexEntry",
    "IndexVersion",
    "Lexeme",
    "ListingPolicy",
    "ListingSet",
    "MerchandisingRule",
    "RelevanceTest",
    "RuleEffect",
    "SearchRedirect",
    "SynonymSet",
]
