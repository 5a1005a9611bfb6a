"""Parts of pages that are drawn once for all who see the same: what is kept is found by all that it says.

Nothing is ever old: a part that would say anything else, or in another language, has another key.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from discovery.selectors import Facet, SegmentEntry

register = template.Library()
MOST_KEPT = 2048
Pairs = tuple[tuple[str, Any], ...]


def drawn(name: str, **says: Any) -> SafeString:
    """A template that needs nothing but `says`, whose values are hashable and of plain facts."""
    draw = _draw.__wrapped__ if settings.DEBUG else _draw
    return draw(name, (get_language(), settings.LANGUAGE_CODE), tuple(says.items()))


@lru_cache(maxsize=MOST_KEPT)
def _draw(name: str, _languages: tuple[str | None, str], says: Pairs) -> SafeString:
    return render_to_string(name, dict(says))


@register.simple_tag
def facet_options(facet: Facet) -> SafeString:
    """The choices of a facet, each with how many products it would show."""
    return drawn("storefront/parts/options.html", code=facet.code, options=tuple(facet.options))


@register.simple_tag
def segment_chips(children: Iterable[tuple[SegmentEntry, int]]) -> SafeString:
    """Segments to go on to, each with how many products of the list lie in it."""
    return drawn("storefront/parts/child_chips.html", children=tuple(children))


@register.simple_tag
def departments(roots: Iterable[SegmentEntry], current_path: Iterable[int] | None) -> SafeString:
    """The departments of the header; where one stands is marked."""
    return drawn("storefront/parts/departments.html", roots=tuple(roots), current_path=tuple(current_path or ()))
