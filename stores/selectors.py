"""Questions about where we sell."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from stores import rules
from stores.models import FormerAddress, SalesChannel, Site, Store
from stores.ports import Target

DEFAULT_ZONE = "Europe/Paris"


def site_for(host: str) -> Site:
    """The site that answers at a host (port and case do not matter), or the one for any host. NotFound if none."""
    name = host.rsplit(":", 1)[0].lower().rstrip(".") if not host.startswith("[") else host.lower()
    sites = Site.objects.select_related("channel").filter(host__in=[name, "*"], channel__active=True)
    found = {site.host: site for site in sites}
    site = found.get(name) or found.get("*")
    if site is None:
        raise NotFound(_("No shop answers at this address."), code="no_site")
    return site


def pickup_stores() -> list[Store]:
    """Living stores where orders can be collected, by name. One query."""
    return list(Store.objects.filter(archived=False, offers_pickup=True).select_related("zone").order_by("name"))


def living_stores() -> list[Store]:
    """All living stores, by name. One query."""
    return list(Store.objects.filter(archived=False).select_related("zone").order_by("name"))


def page_of_stores(*, after: int, size: int, only: int | None = None) -> list[Store]:
    """Living stores after an id, `size` of them; `only` keeps to one. One query."""
    living = Store.objects.filter(archived=False, pk__gt=after).select_related("zone").order_by("pk")
    return list((living.filter(pk=only) if only else living)[:size])


def open_now(store: Store, *, at: dt.datetime, time_zone: str = DEFAULT_ZONE) -> bool:
    """True if the store's doors are open at this instant."""
    return rules.is_open(store.hours, at.astimezone(ZoneInfo(time_zone)))


def opening_text(store: Store, *, at: dt.datetime, time_zone: str = DEFAULT_ZONE) -> str:
    """ "Open until 19:00", "Opens Tuesday at 09:30" or "" when the hours are unknown."""
    local = at.astimezone(ZoneInfo(time_zone))
    if until := rules.closing(store.hours, local):
        return _("Open until %(time)s") % {"time": time_format(until, "TIME_FORMAT")}
    opens = rules.next_opening(store.hours, local)
    if opens is None:
        return ""
    time = time_format(opens.time(), "TIME_FORMAT")
    if opens.date() == local.date():
        return _("Closed, opens today at %(time)s") % {"time": time}
    return _("Closed, opens %(day)s at %(time)s") % {"day": date_format(opens, "l"), "time": time}


def week_of(store: Store) -> list[tuple[str, list[tuple[dt.time, dt.time]]]]:
    """The seven days with their opening spans, Monday first; [] for a store whose hours are unknown."""
    try:
        week = rules.read_hours(store.hours)
    except ValueError:
        return []
    monday = dt.date(2024, 1, 1)
    return [(date_format(monday + dt.timedelta(days=d), "l"), week.get(d + 1, [])) for d in range(7)] if week else []


def living_store(code: str) -> Store | None:
    """The store of this code, unless it is archived or there is none."""
    return Store.objects.filter(code=code, archived=False).select_related("zone").first()


def led_by(path: str, *, language: str, channel: SalesChannel) -> Target | None:
    """What a former address leads to, the channel's own rows and those of this language first. One query."""
    rows = FormerAddress.objects.filter(
        Q(channel=channel) | Q(channel=None), path=rules.bare_path(path)[:300], language__in=[language, ""]
    )
    row = rows.order_by(F("channel").asc(nulls_last=True), "-language").first()
    return Target(row.target_kind, row.target_id, row.target_path) if row else None
