"""Verbs of the logbook: record what happened, hand it to its readers."""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from logbook.models import Cursor, Event, FailedDelivery, Pulse
from logbook.ports import CONSUMERS, Consumer

log = logging.getLogger(__name__)
IDS_PER_EVENT = 1000
RETRY_AFTER_SECONDS = (30, 120, 600, 3600)
FAILED, RECOVERED = "logbook.delivery_failed", "logbook.delivery_recovered"


def record(
    kind: str, *, at: dt.datetime, subject_kind: str = "", subject_id: object = "", actor: str = "", **data: Any
) -> Event:
    """Write an event in the caller's transaction and have its readers told once that commits.

    kind: "room.what_happened" in the past tense. at: aware instant. data: JSON-ready facts.
    """
    event = Event.objects.create(
        kind=kind, at=at, subject_kind=subject_kind, subject_id=str(subject_id), actor=actor, data=data
    )
    announce()
    return event


def record_many(
    kind: str, ids: Iterable[int], *, at: dt.datetime, subject_kind: str, actor: str = "", **data: Any
) -> int:
    """Write events about many things, a thousand ids in each (`data["ids"]`); returns how many events."""
    numbers = list(ids)
    events = [
        Event(
            kind=kind,
            at=at,
            subject_kind=subject_kind,
            actor=actor,
            data={**data, "ids": numbers[start : start + IDS_PER_EVENT]},
        )
        for start in range(0, len(numbers), IDS_PER_EVENT)
    ]
    Event.objects.bulk_create(events)
    if events:
        announce()
    return len(events)


def announce() -> None:
    """After commit, tell the dispatcher (by name, `LOGBOOK_NUDGE`). If that fails the sweep finds the event."""
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    import_string(settings.LOGBOOK_NUDGE)()


def deliver(name: str, *, at: dt.datetime, batch: int = 200) -> int:
    """Hand a consumer the events it has not read yet, at most `batch`; returns how many it took.

    Reads only below the oldest running transaction, so that an event which commits late is not passed over. An event
    that the consumer cannot take becomes a FailedDelivery and does not stop those behind it.
    """
    reader = CONSUMERS[name]
    with transaction.atomic():
        Cursor.objects.get_or_create(consumer=name)
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(consumer=name).first()
        if cursor is None:
            return 0  # somebody else is reading for this consumer
        with connection.cursor() as sql:
            sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            horizon = sql.fetchone()[0]
        unread = Event.objects.filter(
            Q(xid=cursor.xid, id__gt=cursor.event_id) | Q(xid__gt=cursor.xid), xid__lt=horizon
        )
        events = list(unread.filter(kind__in=reader.kinds).order_by("xid", "id")[:batch])
        for event in events:
            _hand_over(reader, event, at)
        if events:
            cursor.xid, cursor.event_id, cursor.moved_at = events[-1].xid, events[-1].pk, at
            cursor.save()
    return len(events)


def retry_failed(*, at: dt.datetime, limit: int = 100) -> int:
    """Try again what is due; returns how many deliveries succeeded."""
    due = (
        FailedDelivery.objects.filter(resolved_at=None, retry_at__lte=at)
        .order_by("retry_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(retry(pk, at=at) for pk in list(due))


def retry(pk: int, *, at: dt.datetime) -> bool:
    """Try one failed delivery again now; True if the consumer took it."""
    with transaction.atomic():
        failure = (
            FailedDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=pk, resolved_at=None)
            .first()
        )
        if failure is None or failure.consumer not in CONSUMERS:
            return False
        try:
            with transaction.atomic():
                CONSUMERS[failure.consumer].handle(failure.event)
        except Exception as error:  # whatever a consumer raises is kept for a person to see
            failure.attempts += 1
            failure.error = _words(error)
            failure.retry_at = at + _pause(failure.attempts)
            failure.save()
            return False
        failure.resolved_at, failure.retry_at = at, None
        failure.save()
        record(RECOVERED, at=at, subject_kind="consumer", subject_id=failure.consumer)
        return True


def beat(name: str, *, at: dt.datetime) -> None:
    """Note a sign of life."""
    Pulse.objects.update_or_create(name=name, defaults={"at": at})


def _hand_over(reader: Consumer, event: Event, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            reader.handle(event)
    except Exception as error:
        log.exception("consumer %s could not take event %s", reader.name, event.pk)
        _new, made = FailedDelivery.objects.get_or_create(
            consumer=reader.name,
            event=event,
            defaults={"error": _words(error), "first_failed_at": at, "retry_at": at + _pause(1)},
        )
        if made and event.kind not in {FAILED, RECOVERED}:  # a failure to hear of failures must not breed more
            record(FAILED, at=at, subject_kind="consumer", subject_id=reader.name, error=_words(error))


def _pause(attempts: int) -> dt.timedelta:
    return dt.timedelta(seconds=RETRY_AFTER_SECONDS[min(attempts, len(RETRY_AFTER_SECONDS)) - 1])


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]
