"""Why a delivery mode cannot serve a basket, in a sentence for the shopper."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import localize
from django.utils.translation import gettext as _

from altazion.lib.money import display
from logistics import rules
from logistics.enums import DeliveryKind, Period
from logistics.models import DeliveryMode, ModeUse
from logistics.selectors.availability import Availability
from logistics.selectors.goods import Ban, Facts
from logistics.selectors.lead_times import TO_STORE
from stores.models import Store


@dataclass(frozen=True)
class Basket:
    """What the rules of delivery modes look at. `value` is with tax; without a postcode the country decides."""

    wanted: Mapping[int, int]
    facts: Mapping[int, Facts]
    stock: Mapping[int, Availability]
    store: Store | None
    country: str
    postcode: str
    value: Decimal
    currency: str
    bans: Mapping[int, Ban]
    full: Collection[int]

    @property
    def goods(self) -> list[rules.Good]:
        return [self.facts[pk].good(quantity) for pk, quantity in self.wanted.items() if pk in self.facts]

    @property
    def weight_g(self) -> int:
        return sum(good.weight_g * good.quantity for good in self.goods)

    def reached_by(self, mode: DeliveryMode) -> bool:
        """Does one of the mode's zones hold the address, or may it, while no postcode is typed?"""
        return any(rules.lies_in(rules.areas(zone.areas), self.country, self.postcode) for zone in mode.zones.all())

    def fee_zones(self, mode: DeliveryMode) -> frozenset[int]:
        """The zones of the mode's fee table that surely hold the address: a fee is not guessed."""
        named = {band.zone.pk: rules.areas(band.zone.areas) for band in mode.bands.all() if band.zone}
        return frozenset(
            pk for pk, found in named.items() if rules.lies_in(found, self.country, self.postcode, surely=True)
        )


def refusal(mode: DeliveryMode, basket: Basket) -> str:
    """Why this mode cannot serve the basket; empty when it can."""
    return (
        _by_place(mode, basket)
        or _by_product(mode, basket)
        or _by_size(mode, basket)
        or _by_stock(mode, basket)
        or _by_quota(mode, basket)
    )


def period_start(period: str, day: dt.date) -> dt.date:
    """The first day of the period that holds `day`; weeks begin on Monday."""
    if period == Period.WEEK:
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if period == Period.MONTH else day


def full_modes(modes: Collection[DeliveryMode], today: dt.date) -> frozenset[int]:
    """Modes that have taken all the orders of their period. One query, none when no mode has a quota."""
    limited = {mode.pk: mode for mode in modes if mode.quota is not None}
    if not limited:
        return frozenset()
    starts = {pk: period_start(mode.quota_period, today) for pk, mode in limited.items()}
    uses = ModeUse.objects.filter(mode__in=limited, period__in=set(starts.values()))
    used = {(mode, period): count for mode, period, count in uses.values_list("mode_id", "period", "used")}
    return frozenset(pk for pk, mode in limited.items() if used.get((pk, starts[pk]), 0) >= (mode.quota or 0))


def _by_place(mode: DeliveryMode, basket: Basket) -> str:
    if mode.kind in TO_STORE:
        if basket.store is None:
            return _("Choose a store first.")
        if basket.store.archived or not basket.store.offers_pickup:
            return _("This store does not offer pickup.")
        return ""
    if mode.zones.all():
        return "" if basket.reached_by(mode) else _("Does not deliver to this address.")
    if basket.country not in mode.countries.upper().replace(",", " ").split():
        return _("Does not deliver to this country.")
    return ""


def _by_product(mode: DeliveryMode, basket: Basket) -> str:
    ban = basket.bans.get(mode.pk)
    if ban is None:
        return ""
    return ban.reason or _("%(sku)s does not travel this way.") % {"sku": ban.sku}


def _by_size(mode: DeliveryMode, basket: Basket) -> str:
    limits = rules.Limits(
        min_weight_g=mode.min_weight_g,
        max_weight_g=mode.max_weight_g,
        max_volume_cm3=mode.max_volume_l * 1000 if mode.max_volume_l is not None else None,
        volume_margin=mode.volume_margin,
        max_sides_mm=(mode.max_length_mm, mode.max_width_mm, mode.max_height_mm),
        max_girth_mm=mode.max_girth_mm,
        several_parcels=mode.several_parcels,
        min_value=mode.min_value,
        max_value=mode.max_value,
    )
    passed = rules.passed_limit(basket.goods, basket.value, limits)
    return _said(passed, basket.currency) if passed else ""


def _said(passed: rules.TooMuch, currency: str) -> str:
    found, limit = passed.found, passed.limit
    if passed.code == "too_heavy":
        return _("Too heavy: %(weight)s kg, at most %(limit)s kg.") % _thousandths(found, limit)
    if passed.code == "too_light":
        return _("Too light: %(weight)s kg, at least %(limit)s kg.") % _thousandths(found, limit)
    if passed.code == "too_cheap":
        return _("From a basket of %(amount)s.") % {"amount": display(Decimal(limit), currency)}
    if passed.code == "too_dear":
        return _("Up to a basket of %(amount)s.") % {"amount": display(Decimal(limit), currency)}
    if passed.code == "too_voluminous":
        if not passed.sku:
            return _("Too large together: %(weight)s litres, at most %(limit)s.") % _thousandths(found, limit)
        return _("%(sku)s is too large: %(weight)s litres, at most %(limit)s.") % {
            "sku": passed.sku, **_thousandths(found, limit)
        }  # fmt: skip
    centimetres = {"sku": passed.sku, "found": localize(Decimal(found) / 10), "limit": localize(Decimal(limit) / 10)}
    if passed.code == "too_long":
        return _("%(sku)s is too long: %(found)s cm, at most %(limit)s cm.") % centimetres
    return _("The three sides of %(sku)s make %(found)s cm, at most %(limit)s cm.") % centimetres


def _by_stock(mode: DeliveryMode, basket: Basket) -> str:
    at_store = basket.store if mode.kind == DeliveryKind.PICKUP else None
    short = []
    for pk, quantity in basket.wanted.items():
        found = basket.stock.get(pk)
        units = 0
        if found and found.most is not None and quantity > found.most:
            sku = basket.facts[pk].sku if pk in basket.facts else str(pk)
            return _("At most %(n)s of %(sku)s in one order.") % {"n": found.most, "sku": sku}
        if found:
            units = found.pickup[at_store.pk] if at_store else found.delivery
        if units < quantity:
            short.append(basket.facts[pk].sku if pk in basket.facts else str(pk))
    if not short:
        return ""
    if at_store:
        return _("Not in stock at %(store)s: %(items)s.") % {"store": at_store.name, "items": ", ".join(short)}
    return _("Not in stock for delivery: %(items)s.") % {"items": ", ".join(short)}


def _by_quota(mode: DeliveryMode, basket: Basket) -> str:
    if mode.pk not in basket.full:
        return ""
    sentences = {
        Period.DAY: _("Fully booked for today."),
        Period.WEEK: _("Fully booked for this week."),
        Period.MONTH: _("Fully booked for this month."),
    }
    return sentences[Period(mode.quota_period)]


def _thousandths(found: int | Decimal, limit: int | Decimal) -> dict[str, str]:
    return {"weight": localize(Decimal(found) / 1000), "limit": localize(Decimal(limit) / 1000)}
