"""What starts flows: kept, shown, and fired once for each of its moments."""

import datetime as dt
import json
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from altazion.lib.problems import Invalid
from integrations.enums import Direction, TriggerKind
from integrations.models import Flow, FlowTrigger, TriggerSlot
from integrations.services.flow_versions import keep_first, keep_version
from integrations.services.slots import last_slot, next_slot, times_of
from integrations.services.together import read_needs
from logbook.services import record

CLOCKS = (TriggerKind.INTERVAL, TriggerKind.CRON, TriggerKind.WEEKLY, TriggerKind.FILES)
LOST_AFTER = dt.timedelta(seconds=30)
KEPT = dt.timedelta(days=40)


@dataclass(frozen=True)
class Start:
    """What will start a flow, in words; `at`: the next time, when the clock decides."""

    says: str
    at: dt.datetime | None = None
    active: bool = True


@transaction.atomic
def save_trigger(trigger: FlowTrigger, *, at: dt.datetime, actor: str = "", keep: bool = True) -> None:
    """Keep a trigger, with its row of django-celery-beat; the default schedule gives way to it. Raises Invalid.

    keep: as a version of its flow, unless the caller keeps one of all that it changes.
    """
    check_trigger(trigger)
    if keep:
        keep_first(trigger.flow, at=at)
    trigger.save()
    if trigger.kind in CLOCKS:
        _keep_pulse(trigger)
        PeriodicTask.objects.filter(name=default_name(trigger.flow)).delete()
    else:
        PeriodicTask.objects.filter(name=_pulse_name(trigger)).delete()
    record(
        "integrations.trigger_changed",
        at=at,
        subject_kind="flow",
        subject_id=trigger.flow_id,
        actor=actor,
        flow=trigger.flow.code,
        trigger=trigger.pk,
        says=says(trigger),
    )
    if keep:
        keep_version(trigger.flow, at=at, actor=actor)


@transaction.atomic
def delete_trigger(trigger: FlowTrigger, *, at: dt.datetime, actor: str = "", keep: bool = True) -> None:
    """Take a trigger away."""
    pk = trigger.pk
    if keep:
        keep_first(trigger.flow, at=at)
    PeriodicTask.objects.filter(name=_pulse_name(trigger)).delete()
    trigger.delete()
    record(
        "integrations.trigger_removed",
        at=at,
        subject_kind="flow",
        subject_id=trigger.flow_id,
        actor=actor,
        flow=trigger.flow.code,
        trigger=pk,
    )
    if keep:
        keep_version(trigger.flow, at=at, actor=actor)


def check_trigger(trigger: FlowTrigger) -> None:
    """Raises Invalid, at the field, for a trigger that can never start anything or would never end."""
    kind = trigger.kind
    if kind == TriggerKind.INTERVAL and not trigger.every_minutes:
        raise Invalid(_("Say every how many minutes."), code="no_interval", field="every_minutes")
    if kind in (TriggerKind.CRON, TriggerKind.WEEKLY):
        times_of(trigger)
    if kind == TriggerKind.EVENT and not trigger.event_kind:
        raise Invalid(_("Choose the event."), code="no_event", field="event_kind")
    if kind == TriggerKind.FILES:
        if trigger.flow.direction != Direction.IN:
            raise Invalid(_("Only an import waits for files."), code="not_an_import", field="kind")
        read_needs(trigger)
    if kind == TriggerKind.AFTER:
        if trigger.after is None:
            raise Invalid(_("Choose the flow that goes before."), code="no_flow", field="after")
        _check_circle(trigger)


def fire(trigger_pk: int, *, at: dt.datetime) -> FlowTrigger | None:
    """The clock calls: the trigger, if a moment of it is due that was not used yet; else None."""
    trigger = _living(trigger_pk)
    if trigger is None:
        return None
    slot = last_slot(trigger, at)
    if slot is None or not _use(trigger, slot[0], at, started=True):
        return None
    return trigger


def something_happened(kind: str, event_pk: int, flow_code: str, *, at: dt.datetime) -> int:
    """An event was read, or a flow has finished: ask for what that starts; returns how many. Twice asks once.

    While a start is still asked for, further events join it: a thousand orders are one export.
    """
    if kind == "integrations.run_finished":
        found = FlowTrigger.objects.filter(kind=TriggerKind.AFTER, after__code=flow_code)
    else:
        found = FlowTrigger.objects.filter(kind=TriggerKind.EVENT, event_kind=kind)
    asked = 0
    for trigger in found.filter(active=True, flow__active=True).select_related("flow"):
        waits = TriggerSlot.objects.filter(trigger=trigger, started_at=None, at__gt=at - dt.timedelta(hours=1))
        if not waits.exists() and _use(trigger, f"event:{event_pk}", at, started=False):
            _ask(trigger)
            asked += 1
    return asked


def take_up(trigger_pk: int, *, at: dt.datetime) -> FlowTrigger | None:
    """A worker takes what was asked for; None when another did."""
    trigger = _living(trigger_pk)
    taken = TriggerSlot.objects.filter(trigger_id=trigger_pk, started_at=None).update(started_at=at)
    return trigger if taken else None


def lost_starts(*, at: dt.datetime) -> list[int]:
    """Triggers whose start was asked for and taken by nobody; old moments are forgotten on the way."""
    TriggerSlot.objects.filter(at__lt=at - KEPT).delete()
    waiting = TriggerSlot.objects.filter(started_at=None, at__lt=at - LOST_AFTER)
    return list(waiting.order_by("trigger_id").values_list("trigger_id", flat=True).distinct())


def starts_of(flow: Flow, at: dt.datetime) -> list[Start]:
    """Everything that will start a flow, the soonest first."""
    starts = []
    for trigger in FlowTrigger.objects.filter(flow=flow).select_related("after"):
        due = next_slot(trigger, at) if trigger.active and flow.active and trigger.kind in CLOCKS else None
        starts.append(Start(says(trigger), due, trigger.active))
    default = PeriodicTask.objects.select_related("interval").filter(name=default_name(flow)).first()
    if default is not None and default.interval is not None:
        every = default.interval.every * (60 if default.interval.period == IntervalSchedule.HOURS else 1)
        due = (default.last_run_at + dt.timedelta(minutes=every)) if default.last_run_at else None
        text = _("every %d minutes (the schedule it came with)") % every
        starts.append(Start(text, max(due, at) if due and default.enabled else None, default.enabled))
    return sorted(starts, key=lambda start: (start.at is None, start.at or at))


def says(trigger: FlowTrigger) -> str:
    """A trigger in words."""
    match trigger.kind:
        case TriggerKind.INTERVAL:
            return _("every %d minutes") % (trigger.every_minutes or 0)
        case TriggerKind.CRON:
            return _("at “%s”") % trigger.cron
        case TriggerKind.WEEKLY:
            return _weekly(trigger)
        case TriggerKind.EVENT:
            return _("when this happens: %s") % trigger.get_event_kind_display()
        case TriggerKind.AFTER:
            return _("after the flow %s went well") % (trigger.after.name if trigger.after else "?")
    needed = ", ".join(pattern for pattern, _flow in read_needs(trigger))
    return _("when all of these files are there: %s") % needed


def default_name(flow: Flow) -> str:
    """The row of django-celery-beat that a flow without triggers has."""
    return f"Flow {flow.code}"


def _weekly(trigger: FlowTrigger) -> str:
    facts = {
        "days": trigger.weekdays or "1-7",
        "start": f"{trigger.from_time:%H:%M}" if trigger.from_time else "00:00",
        "end": f"{trigger.to_time:%H:%M}" if trigger.to_time else "",
        "every": trigger.every_minutes or 0,
    }
    if not trigger.every_minutes:
        return _("on days %(days)s at %(start)s") % facts
    facts["end"] = facts["end"] or ("23:59" if not trigger.from_time else facts["start"])
    return _("on days %(days)s from %(start)s to %(end)s, every %(every)d minutes") % facts


def _living(trigger_pk: int) -> FlowTrigger | None:
    trigger = FlowTrigger.objects.select_related("flow__connection").filter(pk=trigger_pk, active=True).first()
    return trigger if trigger is not None and trigger.flow.active else None


def _use(trigger: FlowTrigger, key: str, at: dt.datetime, *, started: bool) -> bool:
    """True for the first who uses this moment; whoever comes second, or at the same time, gets False."""
    defaults = {"at": at, "started_at": at if started else None}
    return TriggerSlot.objects.get_or_create(trigger=trigger, key=key, defaults=defaults)[1]


def _ask(trigger: FlowTrigger) -> None:
    nudge = getattr(settings, "TRIGGERS_NUDGE", "integrations.tasks.nudge_trigger")
    transaction.on_commit(lambda: import_string(nudge)(trigger.pk), robust=True)


def _check_circle(trigger: FlowTrigger) -> None:
    """A flow that, by way of others, would start itself for ever."""
    seen: set[int | None] = set()
    ask = [trigger.after_id]
    links = list(FlowTrigger.objects.filter(kind=TriggerKind.AFTER).exclude(pk=trigger.pk).values_list("flow", "after"))
    while ask:
        flow = ask.pop()
        if flow == trigger.flow_id:
            raise Invalid(_("These flows would start each other for ever."), code="circle", field="after")
        ask += [before for after, before in links if after == flow and before not in seen]
        seen.add(flow)


def _pulse_name(trigger: FlowTrigger) -> str:
    return f"Trigger {trigger.pk} of flow {trigger.flow.code}"


def _keep_pulse(trigger: FlowTrigger) -> None:
    """The row that calls the trigger: as often as its interval, or every minute for times (its slots decide)."""
    interval = crontab = None
    if trigger.kind in (TriggerKind.INTERVAL, TriggerKind.FILES):
        every = trigger.every_minutes or 5
        interval = IntervalSchedule.objects.filter(every=every, period=IntervalSchedule.MINUTES).first()
        interval = interval or IntervalSchedule.objects.create(every=every, period=IntervalSchedule.MINUTES)
    else:
        minutes = sorted({minute % 60 for minute in times_of(trigger).minutes})
        text = "*" if len(minutes) == 60 else ",".join(map(str, minutes))
        crontab = CrontabSchedule.objects.filter(minute=text, hour="*", day_of_week="*", day_of_month="*").first()
        crontab = crontab or CrontabSchedule.objects.create(minute=text, timezone=settings.TIME_ZONE)
    PeriodicTask.objects.update_or_create(
        name=_pulse_name(trigger),
        defaults={
            "task": "integrations.tasks.fire_trigger",
            "interval": interval,
            "crontab": crontab,
            "kwargs": json.dumps({"trigger": trigger.pk}),
            "enabled": trigger.active,
            "expire_seconds": 540,
        },
    )
