"""When a basket arrives by a mode, and how that day came about."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.public_holidays import coming
from logistics import rules
from logistics.enums import DeliveryKind, Purpose
from logistics.models import DeliveryMode, Place, PlaceDay
from logistics.selectors.availability import Availability
from logistics.selectors.goods import Facts
from stores.models import Store

TO_STORE = (DeliveryKind.PICKUP, DeliveryKind.STORE_DELIVERY)


@dataclass(frozen=True)
class Sources:
    """The places that a basket would leave from, by purpose, with their planning."""

    places: Mapping[int, Place]
    serving: Mapping[str, frozenset[int]]

    def of(self, purpose: Purpose) -> list[Place]:
        """The places that serve this purpose."""
        return [self.places[pk] for pk in sorted(self.serving.get(purpose, ())) if pk in self.places]


def sources_of(wanted: Mapping[int, int], stock: Mapping[int, Availability], today: dt.date) -> Sources:
    """Where the units of a basket lie, as availability told it. Two queries, none when nothing lies anywhere."""
    serving: dict[str, set[int]] = defaultdict(set)
    for pk, quantity in wanted.items():
        steps = stock[pk].trace if pk in stock else ()
        for purpose in Purpose:
            shelves = [step.shelf for step in steps if step.purpose == purpose and step.product_id == pk]
            serving[purpose] |= set(rules.choose_places(quantity, shelves))
    ids = set().union(*serving.values())
    days = PlaceDay.objects.filter(date__gte=today)
    places = Place.objects.prefetch_related(Prefetch("planning", days)).in_bulk(ids) if ids else {}
    return Sources(places, {purpose: frozenset(found) for purpose, found in serving.items()})


def promised(
    mode: DeliveryMode, local: dt.datetime, *, goods: Collection[Facts], sources: Sources, store: Store | None,
    country: str,
) -> rules.Promise:  # fmt: skip
    """The days of a mode for these goods: of several places the slowest counts. `local` is the channel's time."""
    purpose = Purpose.PICKUP if mode.kind == DeliveryKind.PICKUP else Purpose.DELIVERY
    places: list[Place | None] = [*sources.of(purpose)] or [None]
    routes = [_route(mode, local.date(), goods, place, store, country) for place in places]
    return max((rules.promise(local, route) for route in routes), key=lambda found: (found.first, found.last))


def _route(
    mode: DeliveryMode, today: dt.date, goods: Collection[Facts], place: Place | None, store: Store | None, country: str
) -> rules.Route:
    slowest = max(goods, key=lambda one: one.delay_days, default=None)
    made = max(goods, key=lambda one: one.making_days, default=None)
    late = max((one for one in goods if one.not_before), key=lambda one: one.not_before or today, default=None)
    off = coming(country, today)
    shop = rules.Calendar(rules.open_days_of(store.hours)) if store and mode.kind in TO_STORE else None
    collected = mode.kind == DeliveryKind.PICKUP
    working = _working(place, today, shop if collected else None, off)
    carrier = mode.carrier
    free = off if carrier is None or not carrier.works_on_holidays else ()
    plain = rules.Calendar(closed=off)
    return rules.Route(
        hold_hours=mode.hold_hours,
        cutoff_hour=mode.cutoff_hour,
        product_days=slowest.delay_days if slowest else 0,
        product=slowest.sku if slowest else "",
        not_before=late.not_before if late else None,
        late=late.sku if late else "",
        making_days=made.making_days if made else 0,
        making=made.making if made else "",
        place_days=place.preparation_days if place else 0,
        place=working,
        collection=_of_carrier(carrier.collects_on, free) if carrier else working if collected else plain,
        transit_days=(mode.min_days, mode.max_days),
        transit=_of_carrier(carrier.carries_on, free) if carrier else shop if collected and shop else plain,
        arrival=shop or (_of_carrier(carrier.delivers_on, free) if carrier else plain),
    )


def _of_carrier(days: str, off: Collection[dt.date]) -> rules.Calendar:
    return rules.Calendar(rules.days_named(days), closed=off)


def _working(
    place: Place | None, today: dt.date, shop: rules.Calendar | None, off: Collection[dt.date]
) -> rules.Calendar:
    """Days on which a place prepares: a store when it is open, a warehouse on its own days, each by its planning."""
    if place is None:
        return shop or rules.Calendar(closed=off)
    plans = list(place.planning.all())
    closed = {plan.date for plan in plans if plan.percent == 0} | set(coming(place.holidays, today))
    opened = {plan.date for plan in plans if plan.percent > 0}
    days = shop.days if shop else rules.days_named(place.prepares_on)
    return rules.Calendar(days, closed=closed - opened, opened=opened)


def explained(links: Iterable[rules.Link]) -> list[tuple[dt.date, str]]:
    """The chain of a promise, link by link: until when, and why."""
    return [(link.day, _said(link)) for link in links]


def _said(link: rules.Link) -> str:
    days = ngettext("%(n)s working day", "%(n)s working days", link.days) % {"n": link.days}
    sentences = {
        "ordered": _("Ordered"),
        "hold": _("Waits %(hours)s h, in which the order may change") % {"hours": link.detail},
        "cutoff": _("Ordered after %(hour)s h: counts for the next day") % {"hour": link.detail},
        "not_before": _("%(sku)s is not there earlier") % {"sku": link.detail},
        "product": _("%(sku)s is gathered: %(days)s") % {"sku": link.detail, "days": days},
        "making": _("%(what)s: %(days)s") % {"what": link.detail, "days": days},
        "prepared": _("Prepared: %(days)s") % {"days": days} if link.days else _("Prepared on the next open day"),
        "collected": _("Collected on the carrier's next day"),
        "carried": _("On its way: %(days)s") % {"days": days},
        "arrives": _("Arrives"),
    }
    return sentences[link.code]
