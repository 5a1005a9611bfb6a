"""`/health/`: 200 once database, beat and worker are well; 503 with the name of what is not."""

import datetime as dt

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from altazion.lib.clock import now
from logbook.enums import BEAT_PULSE
from logbook.models import Pulse

SILENT_AFTER = dt.timedelta(seconds=60)


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """The state of web, database, and worker with beat (one pulse proves both)."""
    parts = {"web": "ok", "database": "ok", "worker_and_beat": "ok"}
    try:
        pulse = Pulse.objects.filter(name=BEAT_PULSE).first()
    except DatabaseError as error:
        parts["database"] = f"unreachable: {type(error).__name__}"
        parts["worker_and_beat"] = "unknown"
    else:
        if pulse is None:
            parts["worker_and_beat"] = "no sign of life yet"
        elif now() - pulse.at > SILENT_AFTER:
            parts["worker_and_beat"] = f"silent since {pulse.at.isoformat(timespec='seconds')}"
    well = all(state == "ok" for state in parts.values())
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
