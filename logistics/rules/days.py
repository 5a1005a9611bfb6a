"""When goods arrive: a chain of calendars, each link with its days and its reason (operations-domain 2.8)."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

WORKING_DAYS = frozenset({1, 2, 3, 4, 5})  # ISO numbers, Monday first
SHOP_DAYS = frozenset({1, 2, 3, 4, 5, 6})
FARTHEST = 400  # days looked ahead for an open one; a calendar without any counts as always open


@dataclass(frozen=True)
class Calendar:
    """The days on which somebody works: ISO weekdays, less closed dates, more dates opened on purpose."""

    days: Collection[int] = WORKING_DAYS
    closed: Collection[dt.date] = ()
    opened: Collection[dt.date] = ()

    def is_open(self, day: dt.date) -> bool:
        """Does somebody work on this day?"""
        return day in self.opened or (day.isoweekday() in self.days and day not in self.closed)

    def after(self, start: dt.date, days: int = 0) -> dt.date:
        """The date `days` open days after the first open day on or after `start`."""
        day = start
        for _each in range(FARTHEST + days):
            if self.is_open(day):
                if days <= 0:
                    return day
                days -= 1
            day += dt.timedelta(days=1)
        return start


@dataclass(frozen=True)
class Link:
    """One step of the way: `code` says which, `days` how many working days it takes, `day` when it is over."""

    code: str
    days: int
    day: dt.date
    detail: str = ""


@dataclass(frozen=True)
class Route:
    """What the days of a delivery depend on. Delays are working days; `local` times are of the channel."""

    hold_hours: int = 0
    cutoff_hour: int = 24
    product_days: int = 0
    product: str = ""
    not_before: dt.date | None = None
    late: str = ""
    making_days: int = 0
    making: str = ""
    place_days: int = 0
    place: Calendar = field(default_factory=Calendar)
    collection: Calendar = field(default_factory=Calendar)
    transit_days: tuple[int, int] = (0, 0)
    transit: Calendar = field(default_factory=Calendar)
    arrival: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True)
class Promise:
    """Earliest and latest day, and how the earliest came about."""

    first: dt.date
    last: dt.date
    links: tuple[Link, ...] = ()


def promise(local: dt.datetime, route: Route) -> Promise:
    """Hold before launch → cut-off → goods there → made → prepared → collected → carried → handed over.

    Past the cut-off an order counts for the next day. Links that take no time and change nothing are left out.
    """
    launch = local + dt.timedelta(hours=route.hold_hours)
    links = [Link("ordered", 0, local.date())]
    day = launch.date()
    if route.hold_hours:
        links.append(Link("hold", 0, day, str(route.hold_hours)))
    if launch.hour >= route.cutoff_hour:
        day += dt.timedelta(days=1)
        links.append(Link("cutoff", 0, day, str(route.cutoff_hour)))
    if route.not_before and route.not_before > day:
        day = route.not_before
        links.append(Link("not_before", 0, day, route.late))
    for code, days, detail in (
        ("product", route.product_days, route.product),
        ("making", route.making_days, route.making),
        ("prepared", route.place_days, ""),
    ):
        ended = route.place.after(day, days)
        if days or ended != day:
            links.append(Link(code, days, ended, detail))
        day = ended
    collected = route.collection.after(day)
    if collected != day:
        links.append(Link("collected", 0, collected))
    least, most = route.transit_days
    first, last = (route.arrival.after(route.transit.after(collected, days)) for days in (least, max(least, most)))
    carried = route.transit.after(collected, least)
    if least:
        links.append(Link("carried", least, carried))
    links.append(Link("arrives", 0, first))
    return Promise(first, last, tuple(links))


def open_days_of(hours: Mapping[str, object]) -> frozenset[int]:
    """Days on which a store opens, from its hours; a store that tells none opens Monday to Saturday."""
    days = frozenset(int(day) for day, spans in hours.items() if spans and day.isdigit() and 1 <= int(day) <= 7)
    return days or SHOP_DAYS


def days_named(digits: str) -> frozenset[int]:
    """ISO weekdays from their digits: "12345" is Monday to Friday; nothing at all too."""
    return frozenset(int(digit) for digit in digits if digit in "1234567") or WORKING_DAYS
