"""The read side of selling, and what merchandisers decide about it."""

from discovery.models.index import CommonWord, FacetValue, IndexEntry, IndexVersion, Lexeme, ListingSet
from discovery.models.merchandising import DecisionVersion, ListingPolicy, MerchandisingRule, RuleEffect
from discovery.models.relevance import RelevanceCall, RelevanceTest
from discovery.models.searching import SearchRedirect, SynonymSet

__all__ = [
    "CommonWord",
    "DecisionVersion",
    "FacetValue",
    "IndexEntry",
    "IndexVersion",
    "Lexeme",
    "ListingPolicy",
    "ListingSet",
    "MerchandisingRule",
    "RelevanceCall",
    "RelevanceTest",
    "RuleEffect",
    "SearchRedirect",
    "SynonymSet",
]
