"""Who looks at the shop at another date, and at which."""

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

PREVIEW_COOKIE = "preview"  # says only that the session is worth a look; shoppers never have it
PREVIEW_DOORS = ("/preview/start/", "/preview/stop/")
PREVIEW_KEY = "preview_at"
RIGHT = "campaigns.preview_shop"


def may_preview(request: HttpRequest) -> bool:
    """Whether this person may see what shoppers do not see yet."""
    user = request.user
    return bool(user.is_authenticated and user.is_staff and user.has_perm(RIGHT))


def preview_of(request: HttpRequest) -> dt.datetime | None:
    """The instant at which this colleague looks at the shop; None for everybody else."""
    said = request.session.get(PREVIEW_KEY, "")
    return instant(said) if said and may_preview(request) else None


def instant(text: str) -> dt.datetime | None:
    """An instant as a browser or a link says it, in local time when it names no zone; None when it is none."""
    try:
        found = parse_datetime(text.strip().replace(" ", "+"))
    except ValueError:
        return None
    if found is None or not 2000 <= found.year <= 2200:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
