"""Differences are kept for a while and up to a size; their figures stay with the run."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Sum, Window
from django.db.models.functions import Coalesce

from integrations import engine
from integrations.enums import RunState
from integrations.models import Run

KEPT_FOR = dt.timedelta(days=30)
MOST_KEPT = 5_000_000


def forget_changes(*, at: dt.datetime, most: int = MOST_KEPT) -> int:
    """Remove the differences of runs that are older than 30 days, and of the oldest when there are more than `most`.

    Held runs and the last one of each flow keep theirs. Returns how many runs were forgotten.
    """
    size = F("last_change") - F("first_change")
    newer = Window(Sum(size), order_by=F("pk").desc())
    keepers = Run.objects.filter(first_change__isnull=False)
    last = keepers.order_by("flow_id", "-pk").distinct("flow_id").values_list("pk", flat=True)
    listed = keepers.annotate(total=newer, since=Coalesce("finished_at", "queued_at")).values_list(
        "pk", "total", "since", "state"
    )
    spared = set(last)
    gone = [
        pk
        for pk, total, since, state in listed.iterator()
        if pk not in spared and state != RunState.HELD and (total > most or since < at - KEPT_FOR)
    ]
    for run in Run.objects.filter(pk__in=gone):
        with transaction.atomic():
            engine.forget(run.pk, run.first_change, run.last_change)
            Run.objects.filter(pk=run.pk).update(first_change=None, last_change=None)
    return len(gone)
