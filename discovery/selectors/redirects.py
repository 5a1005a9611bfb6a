"""Searches that lead straight to a page."""

import datetime as dt

from django.core.cache import cache
from django.db.models import Q

from altazion.lib.text import plain
from discovery.models import SearchRedirect
from discovery.selectors.navigation import KEEP_SECONDS, index_version
from stores.models import SalesChannel


def redirect_for(text: str, *, channel: SalesChannel, at: dt.datetime, version: str = "") -> SearchRedirect | None:
    """Where a search leads at `at`, if it leads anywhere; what a channel says goes before what all say.

    No query while the index has the same version.
    """
    key = f"redirects:{version or index_version(channel)}"
    kept: dict[str, list[SearchRedirect]] | None = cache.get(key)
    if kept is None:
        stored = SearchRedirect.objects.filter(Q(channel=channel) | Q(channel=None), active=True)
        living = (Q(segment=None) | Q(segment__archived=False)) & (Q(brand=None) | Q(brand__archived=False))
        kept = {}
        for one in stored.filter(living).select_related("segment", "brand"):
            kept.setdefault(one.query, []).append(one)
        cache.set(key, kept, KEEP_SECONDS)
    for one in sorted(kept.get(plain(text), []), key=lambda each: each.channel_id is None):
        during = one.during
        starts, ends = (during.lower, during.upper) if during else (None, None)
        if (starts is None or starts <= at) and (ends is None or at < ends):
            return one
    return None
