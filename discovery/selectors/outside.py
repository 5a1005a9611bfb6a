"""What other systems ask about how lists are made: page by page, a constant number of queries."""

from typing import TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from discovery.models import MerchandisingRule, SearchRedirect, SynonymSet

One = TypeVar("One", bound=Model)
MOST_NUMBER = 2**63 - 1
_NAMES = ("channel", "segment", "brand")
_AIMS = ("effects__product", "effects__selection", "effects__brand")


def page_of_synonyms(*, after: int, size: int) -> list[SynonymSet]:
    """Sets of synonyms after one's number. One query."""
    return list(SynonymSet.objects.filter(pk__gt=after).order_by("pk")[:size])


def page_of_redirects(*, after: int, size: int) -> list[SearchRedirect]:
    """Searches that lead to a page after one's number. One query."""
    return list(SearchRedirect.objects.filter(pk__gt=after).select_related(*_NAMES).order_by("pk")[:size])


def page_of_rules(*, after: int, size: int) -> list[MerchandisingRule]:
    """Rules after one's number, with their effects. Five queries at most."""
    found = MerchandisingRule.objects.filter(pk__gt=after).select_related("channel", "segment", "selection")
    return list(found.prefetch_related(*_AIMS).order_by("pk")[:size])


def synonyms_numbered(pk: int) -> SynonymSet:
    """A set of synonyms, or NotFound."""
    return _there(SynonymSet.objects.filter(pk=min(pk, MOST_NUMBER)).first())


def redirect_numbered(pk: int) -> SearchRedirect:
    """A search that leads to a page, or NotFound."""
    return _there(SearchRedirect.objects.filter(pk=min(pk, MOST_NUMBER)).select_related(*_NAMES).first())


def rule_numbered(pk: int) -> MerchandisingRule:
    """A rule, or NotFound."""
    found = MerchandisingRule.objects.filter(pk=min(pk, MOST_NUMBER))
    return _there(found.select_related("channel", "segment", "selection").prefetch_related(*_AIMS).first())


def _there(found: One | None) -> One:
    if found is None:
        raise NotFound(_("There is no such thing."), code="not_found")
    return found
