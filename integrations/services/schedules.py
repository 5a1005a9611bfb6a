"""What runs by itself, as rows of django-celery-beat that people may change in Office."""

import datetime as dt
import json

from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from integrations.enums import Direction, Entity
from integrations.models import Flow
from logbook.services import record

_ALWAYS = (
    ("Heartbeat", "logbook.tasks.pulse", 10),
    ("Events that were not announced", "logbook.tasks.sweep", 30),
    ("Recovery of runs", "integrations.tasks.recover_runs", 60),
    ("Lists taken away", "integrations.tasks.look_after_lists", 60),
    ("Health of flows", "integrations.tasks.check_flows", 60),
    ("Reservations that ran out", "logistics.tasks.release_expired", 60),
    ("Proof of the stock ledger", "logistics.tasks.prove_stock", 86_400),
    ("Slips that nobody prepared", "logistics.tasks.look_after_slips", 60),
    ("Orders not paid in time", "orders.tasks.expire_unpaid", 60),
    ("Money that providers were asked for", "orders.tasks.watch_money", 60),
    ("Selections by rule, all products", "catalog.tasks.follow_selections", 86_400),
    ("Selections by rule, novelties", "catalog.tasks.age_selections", 3600),
    ("Locks of fields that end", "catalog.tasks.end_locks", 60),
    ("Smaller copies of pictures", "catalog.tasks.make_all_sizes", 86_400),
    ("Files that nothing names any more", "catalog.tasks.clean_files", 86_400),
    ("Files named by address", "catalog.tasks.fetch_media", 120),
    ("Products bought together", "orders.tasks.learn_bought_together", 86_400),
    ("Differences of runs", "integrations.tasks.forget_changes", 86_400),
    ("Prices that begin or end", "discovery.tasks.follow_the_clock", 60),
    ("Relevance tests", "discovery.tasks.follow_relevance", 60),
)
STOCK_EVERY, OTHERS_EVERY, EXPORT_EVERY = 300, 900, 300


@transaction.atomic
def ensure_schedules(at: dt.datetime) -> int:
    """Make the schedules that are missing; those that exist stay as people made them. Returns how many are new.

    Every active import flow with a folder is polled (stock every 5 minutes, others every 15), every active order
    export runs every 5 minutes.
    """
    made = sum(_ensure(name, task, seconds) for name, task, seconds in _ALWAYS)
    for flow in Flow.objects.filter(active=True, triggers=None, export=None):
        arguments = {"flow": flow.code}
        if flow.direction == Direction.IN and (flow.folder or flow.connection_id):
            seconds = STOCK_EVERY if flow.entity == Entity.STOCK else OTHERS_EVERY
            made += _ensure(f"Flow {flow.code}", "integrations.tasks.poll_flow", seconds, arguments)
        elif flow.direction == Direction.OUT and flow.entity == Entity.ORDERS:
            made += _ensure(f"Flow {flow.code}", "integrations.tasks.export_orders", EXPORT_EVERY, arguments)
    if made:
        record("integrations.schedules_made", at=at, made=made)
    return made


def _ensure(name: str, task: str, seconds: int, arguments: dict[str, str] | None = None) -> int:
    every, period = (
        (seconds // 60, IntervalSchedule.MINUTES) if seconds % 60 == 0 else (seconds, IntervalSchedule.SECONDS)
    )
    interval = IntervalSchedule.objects.filter(every=every, period=period).first()
    if interval is None:
        interval = IntervalSchedule.objects.create(every=every, period=period)
    _row, is_new = PeriodicTask.objects.get_or_create(
        name=name,
        defaults={
            "task": task,
            "interval": interval,
            "kwargs": json.dumps(arguments or {}),
            "expire_seconds": max(seconds, 30),
        },
    )
    return int(is_new)
