"""The one place that reads the clock. Edges call it and pass `at` down; nothing below asks for the time.

A colleague may walk through the shop at another instant: `pretending` moves this clock for one request, and only there.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_PRETENDED: ContextVar[dt.datetime | None] = ContextVar("pretended instant", default=None)


def now() -> dt.datetime:
    """The present instant, aware, UTC; the pretended one within `pretending`."""
    return _PRETENDED.get() or timezone.now()


@contextmanager
def pretending(at: dt.datetime) -> Iterator[None]:
    """For whatever runs inside, it is `at`. Only for pages that change nothing: writes would carry that date."""
    token = _PRETENDED.set(at)
    try:
        yield
    finally:
        _PRETENDED.reset(token)
