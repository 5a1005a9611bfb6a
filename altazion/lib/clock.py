"""The one place that reads the clock. Edges call it and pass `at` down; nothing below asks for the time."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware, UTC."""
    return timezone.now()
