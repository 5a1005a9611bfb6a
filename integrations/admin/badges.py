"""A state as a coloured word."""

import datetime as dt

from django.utils.html import format_html
from django.utils.translation import gettext as _

from integrations.enums import RunState

TONES = {
    RunState.DONE: "is-good",
    RunState.DONE_WITH_REJECTIONS: "is-warn",
    RunState.FAILED: "is-bad",
    RunState.RUNNING: "is-busy",
}


def badge(word: object, tone: str = "") -> str:
    """A coloured word."""
    return format_html('<span class="of-badge {}">{}</span>', tone, word)


def state_badge(state: str) -> str:
    """A run's state, coloured."""
    return badge(RunState(state).label, TONES.get(RunState(state), "")) if state else "—"


def length(start: dt.datetime | None, end: dt.datetime | None) -> str:
    """How long something took, in words."""
    if start is None or end is None:
        return ""
    seconds = max((end - start).total_seconds(), 0)
    if seconds < 1:
        return _("less than a second")
    if seconds < 90:
        return _("%d s") % round(seconds)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // 60, "seconds": round(seconds % 60)}
