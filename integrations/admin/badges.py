"""A state as a coloured word."""

import datetime as dt

from django.utils.translation import gettext as _

from altazion.lib.office import badge
from integrations.enums import RunState

TONES = {
    RunState.DONE: "good",
    RunState.DONE_WITH_REJECTIONS: "warn",
    RunState.FAILED: "bad",
    RunState.RUNNING: "busy",
    RunState.HELD: "warn",
}


def state_badge(state: str) -> str:
    """A run's state, coloured."""
    return badge(RunState(state).label, TONES.get(RunState(state), "none")) if state else "—"


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
