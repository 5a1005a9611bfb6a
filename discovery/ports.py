"""The door to an external search engine, named by `settings.SEARCH_ENGINE`; nothing here imports it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class SearchAsked:
    """A search: the words as typed, where, in which language; at most `limit` answers are of use."""

    text: str
    channel: str
    language: str
    limit: int = 200


class SearchEngine(Protocol):
    """Finds products for words. Filters, counts, prices, stock and pages stay the shop's own."""

    def search(self, asked: SearchAsked, *, seconds: float) -> Sequence[str]:
        """SKUs (of listings or of their variants), best first; [] when nothing fits. Any error counts as a failure.

        It is called outside the request's thread: it must not use the database. seconds: what is left to answer in.
        """


def search_engine() -> SearchEngine | None:
    """The engine that is plugged in, if one is."""
    path = settings.SEARCH_ENGINE
    return import_string(path)() if path else None
