"""When a trigger of the clock is due: plain arithmetic on the shop's own wall clock."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from integrations.enums import TriggerKind
from integrations.models import FlowTrigger

GRACE = dt.timedelta(minutes=10)  # a call may come this late (a busy worker); after that the slot is let go
FURTHEST_DAYS = 4 * 366  # 29 February
_MINUTE = dt.timedelta(minutes=1)
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))


@dataclass(frozen=True)
class Times:
    """Moments as sets of numbers; all of them must fit. weekdays: 1 Monday … 7 Sunday."""

    minutes: frozenset[int]  # of the day
    days: frozenset[int] = frozenset(range(1, 32))
    months: frozenset[int] = frozenset(range(1, 13))
    weekdays: frozenset[int] = frozenset(range(1, 8))

    def fit(self, day: dt.date) -> bool:
        """Whether there is a moment on this day."""
        return day.day in self.days and day.month in self.months and day.isoweekday() in self.weekdays


def last_slot(trigger: FlowTrigger, at: dt.datetime) -> tuple[str, dt.datetime] | None:
    """The moment that a call at `at` is meant for, with its key; None when none is due. Raises Invalid."""
    if trigger.kind in (TriggerKind.INTERVAL, TriggerKind.FILES):
        seconds = (trigger.every_minutes or 5) * 60
        number = int(at.timestamp()) // seconds
        return f"{seconds}:{number}", dt.datetime.fromtimestamp(number * seconds, dt.UTC)
    times = times_of(trigger)
    moment = at.replace(second=0, microsecond=0)
    while at - moment <= GRACE:
        local = timezone.localtime(moment)
        if times.fit(local.date()) and local.hour * 60 + local.minute in times.minutes:
            # the wall clock's own words: the hour that comes twice in autumn is one slot
            return f"{local:%Y-%m-%dT%H:%M}", moment
        moment -= _MINUTE
    return None


def next_slot(trigger: FlowTrigger, at: dt.datetime) -> dt.datetime | None:
    """The next moment after `at`; None when there is none, ever."""
    if trigger.kind in (TriggerKind.INTERVAL, TriggerKind.FILES):
        seconds = (trigger.every_minutes or 5) * 60
        return dt.datetime.fromtimestamp((int(at.timestamp()) // seconds + 1) * seconds, dt.UTC)
    return next((moment for moment in _moments(times_of(trigger), at) if moment > at), None)


def times_of(trigger: FlowTrigger) -> Times:
    """The moments of a cron line or a weekly window. Raises Invalid with the field at fault."""
    return _cron(trigger.cron) if trigger.kind == TriggerKind.CRON else _window(trigger)


def _moments(times: Times, at: dt.datetime) -> Iterator[dt.datetime]:
    zone, first = timezone.get_current_timezone(), timezone.localtime(at).date()
    for number in range(FURTHEST_DAYS):
        day = first + dt.timedelta(days=number)
        if times.fit(day):
            for minute in sorted(times.minutes):
                wall = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), zone)
                moment = wall.astimezone(dt.UTC)
                if moment.astimezone(zone).replace(fold=0) == wall.replace(fold=0):  # not in the hour spring leaves out
                    yield moment


def _cron(text: str) -> Times:
    parts = text.split()
    if len(parts) != 5:
        raise Invalid(
            _("Give five parts: minute hour day month weekday, as in “30 6 * * 1-5”."), code="bad_cron", field="cron"
        )
    sets = [_numbers(part, low, high, "cron") for part, (_name, low, high) in zip(parts, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = sets
    return Times(
        frozenset(hour * 60 + minute for hour in hours for minute in minutes),
        days,
        months,
        frozenset(day or 7 for day in weekdays),
    )


def _window(trigger: FlowTrigger) -> Times:
    weekdays = _numbers(trigger.weekdays or "1-7", 1, 7, "weekdays")
    start = _minute(trigger.from_time) if trigger.from_time else 0
    end = _minute(trigger.to_time) if trigger.to_time else (start if trigger.from_time else 24 * 60 - 1)
    if end < start:
        raise Invalid(_("“Until” lies before “from”."), code="bad_window", field="to_time")
    return Times(frozenset(range(start, end + 1, trigger.every_minutes or 24 * 60)), weekdays=weekdays)


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _numbers(text: str, low: int, high: int, field: str) -> frozenset[int]:
    """“*”, “5”, “1-5”, “*/15”, “1-30/2”, and lists of them."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        span, _slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            start, end = (low, high) if span == "*" else (int(first), int(last) if dash else int(first))
            width = int(step) if step else 1
        except ValueError:
            start, end, width = 1, 0, 1
        if step and not dash and span != "*":
            end = high
        if not low <= start <= end <= high or width < 1:
            raise Invalid(
                _("“%(part)s” is none of %(low)d to %(high)d, a range or a step.")
                % {"part": part[:20], "low": low, "high": high},
                code="bad_numbers",
                field=field,
            )
        found.update(range(start, end + 1, width))
    return frozenset(found)
