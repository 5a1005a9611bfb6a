"""How and when a basket can reach the shopper, and for what fee (ORC-1, ORC-4)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from catalog.enums import ProductKind
from catalog.selectors.bundles import exploded
from logistics import rules
from logistics.enums import DeliveryKind
from logistics.models import DeliveryMode
from logistics.selectors.availability import told
from logistics.selectors.goods import bans, facts_of
from logistics.selectors.lead_times import promised, sources_of
from logistics.selectors.refusals import Basket, full_modes, refusal
from logistics.selectors.stores import Lines, merged
from stores.models import SalesChannel, Store

TO_THE_DOOR = (DeliveryKind.HOME, DeliveryKind.RELAY)


@dataclass(frozen=True)
class Fee:
    """What delivery costs, with tax: the table's or the mode's amount, what products add, whether it was waived."""

    amount: Decimal
    base: Decimal
    surcharge: Decimal = rules.FREE
    waived: bool = False
    by_table: bool = False


@dataclass(frozen=True)
class DeliveryOption:
    """A delivery mode for one basket: what it costs with tax, when it arrives, and why not if it cannot serve.

    hidden: it could serve, but another goes before it; shoppers do not see it. links: how the first day came about.
    """

    mode: DeliveryMode
    fee: Decimal
    vat_rate: Decimal
    from_date: dt.date
    to_date: dt.date
    ok: bool
    reason: str = ""
    hidden: bool = False
    fee_parts: Fee = Fee(rules.FREE, rules.FREE)
    links: tuple[rules.Link, ...] = ()


def delivery_options(
    lines: Lines,
    *,
    channel: SalesChannel,
    at: dt.datetime,
    store: Store | None = None,
    country: str = "FR",
    postcode: str = "",
    value: Decimal,
    for_reference: UUID | None = None,
) -> list[DeliveryOption]:
    """Every active mode of the channel for this basket, those that serve first; the others say why not.

    value: the goods with tax. Dates are days of the channel's time zone. Of one carrier and kind only the cheapest
    serves. Nine queries at most whatever the basket, fourteen with bundles.
    """
    wanted = merged(lines)
    stores = [store] if store else []
    products, stock = told(wanted, channel=channel, at=at, stores=stores, for_reference=for_reference)
    if any(products[pk].kind == ProductKind.BUNDLE for pk in wanted if pk in products):
        wanted = exploded(lines)  # a bundle and its products in one basket want the same units
        products, stock = told(wanted, channel=channel, at=at, stores=stores, for_reference=for_reference)
    local = at.astimezone(ZoneInfo(channel.time_zone))
    modes = modes_of(channel)
    facts = facts_of(wanted)
    basket = Basket(
        wanted, facts, stock, store, country.upper(), postcode, value, channel.currency, bans(facts),
        full_modes(modes, local.date()),
    )  # fmt: skip
    sources = sources_of(wanted, stock, local.date())
    options = []
    for mode in modes:
        found = promised(mode, local, goods=list(facts.values()), sources=sources, store=store, country=basket.country)
        options.append(_option(mode, basket, found))
    return sorted(_without_beaten(options), key=lambda option: not option.ok)


def modes_of(channel: SalesChannel) -> list[DeliveryMode]:
    """The active modes of a channel in their order, with headings, carriers, zones and fee tables. Three queries."""
    modes = DeliveryMode.objects.filter(active=True, channels=channel)
    modes = modes.select_related("vat_rate", "carrier", "group").prefetch_related("zones", "bands__zone")
    return [mode for mode in modes if mode.carrier is None or mode.carrier.active]


def _option(mode: DeliveryMode, basket: Basket, found: rules.Promise) -> DeliveryOption:
    reason = refusal(mode, basket)
    fee = _fee(mode, basket)
    if fee is None:
        reason = reason or _("No fee is fixed for this weight and address.")
        fee = Fee(rules.FREE, rules.FREE)
    return DeliveryOption(
        mode, fee.amount, mode.vat_rate.rate, found.first, found.last, not reason, reason, fee_parts=fee,
        links=found.links,
    )  # fmt: skip


def _fee(mode: DeliveryMode, basket: Basket) -> Fee | None:
    """What this mode costs here; None when its fee table has no line for the weight and the address."""
    bands = [rules.Band(band.fee, band.up_to_weight_g, band.from_value, band.zone_id) for band in mode.bands.all()]
    base = mode.fee
    if bands:
        band = rules.band_for(bands, rules.Asked(basket.weight_g, basket.value, basket.fee_zones(mode)))
        if band is None:
            return None
        base = band.fee
    surcharge = rules.FREE
    if mode.kind in TO_THE_DOOR:
        sums = (basket.facts[pk].surcharge * quantity for pk, quantity in basket.wanted.items() if pk in basket.facts)
        surcharge = sum(sums, rules.FREE)
    charged = rules.fee_of(base, mode.free_from, basket.value)
    return Fee(charged + surcharge, base, surcharge, waived=charged != base, by_table=bool(bands))


def _without_beaten(options: Sequence[DeliveryOption]) -> list[DeliveryOption]:
    """Those that lose to another are marked: they say which goes before them, and are not shown to shoppers."""
    able = {option.mode.pk: option for option in options if option.ok}
    ways = [
        rules.Way(pk, option.mode.carrier_id, option.mode.kind, option.fee, option.mode.exceptional)
        for pk, option in able.items()
    ]
    lost = rules.beaten(ways)
    out = []
    for option in options:
        if option.mode.pk not in lost:
            out.append(option)
            continue
        winner = lost[option.mode.pk]
        reason = (
            _("“%(mode)s” of the same carrier goes before it.") % {"mode": able[winner].mode.shown_name}
            if winner
            else _("Kept for baskets that nothing else can serve.")
        )
        out.append(replace(option, ok=False, reason=reason, hidden=True))
    return out
