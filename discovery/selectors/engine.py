"""An external engine answers within its time, or the built-in one does: the shop is never slower than the budget.

After some failures in a row the engine is left alone for a while: a circuit breaker, kept in the cache that all
processes share, so that each does not try for itself. Two that fail at the same instant may count as one.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches

from catalog.models import Product
from discovery.ports import SearchAsked, search_engine
from discovery.selectors.text import TextMatch
from stores.models import SalesChannel

log = logging.getLogger(__name__)
FAILURES, REST_SECONDS, REMEMBER = 3, 30, 3600
MOST = 500
SHARED = "shared"
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="search-engine")


@dataclass(frozen=True)
class EngineState:
    """How the plugged-in engine does. rests: it failed so often that nobody asks it at the moment."""

    name: str
    answered: int
    failed: int
    rests: bool
    last_error: str


def engine_state() -> EngineState | None:
    """What all processes saw of the engine in the last hour; None without one."""
    if not settings.SEARCH_ENGINE:
        return None
    cache = caches[SHARED]
    return EngineState(
        name=settings.SEARCH_ENGINE.rsplit(".", 1)[-1],
        answered=cache.get("engine:answered", 0),
        failed=cache.get("engine:failed", 0),
        rests=bool(cache.get("engine:rests")),
        last_error=cache.get("engine:error", ""),
    )


def found_outside(text: str, *, channel: SalesChannel, language: str) -> TextMatch | None:
    """What the external engine finds, as a lane of its own; None when there is none, it rests or it fails."""
    if not settings.SEARCH_ENGINE or caches[SHARED].get("engine:rests"):
        return None
    seconds = float(settings.SEARCH_ENGINE_SECONDS)
    started = time.monotonic()
    try:
        engine = search_engine()
        if engine is None:
            return None
        asked = SearchAsked(text[:200], channel.code, language)
        skus = list(_POOL.submit(engine.search, asked, seconds=seconds).result(timeout=seconds))[:MOST]
        skus = [sku for sku in skus if isinstance(sku, str) and "\0" not in sku]
    except Exception as error:
        _failed(error, time.monotonic() - started)
        return None
    caches[SHARED].delete("engine:row")
    _add("engine:answered")
    rows = {row[0]: row[1] or row[2] for row in Product.objects.filter(sku__in=skus).values_list("sku", "parent", "pk")}
    ids = list(dict.fromkeys(rows[sku] for sku in skus if sku in rows))
    if not ids:
        return TextMatch("engine", "false", "0", {})
    return TextMatch(
        "engine",
        "e.listing_id = ANY(%(engine)s::bigint[])",
        "1.0 / array_position(%(engine)s::bigint[], e.listing_id)",
        {"engine": ids},
    )


def _failed(error: Exception, seconds: float) -> None:
    cache = caches[SHARED]
    text = f"{type(error).__name__} {error}".strip()[:200]
    log.warning("search engine failed after %.2f s: %s", seconds, text)
    cache.set("engine:error", text, REMEMBER)
    _add("engine:failed")
    if _add("engine:row") >= FAILURES:
        cache.set("engine:rests", True, REST_SECONDS)
        cache.delete("engine:row")


def _add(key: str) -> int:
    cache = caches[SHARED]
    cache.add(key, 0, REMEMBER)
    return int(cache.incr(key))
