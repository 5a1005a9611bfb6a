"""Office pages about the order of lists."""

from discovery.admin.relevance import RelevanceTestAdmin
from discovery.admin.rules import MerchandisingRuleAdmin
from discovery.admin.searching import SearchRedirectAdmin, SynonymSetAdmin

__all__ = ["MerchandisingRuleAdmin", "RelevanceTestAdmin", "SearchRedirectAdmin", "SynonymSetAdmin"]
