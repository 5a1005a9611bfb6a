"""How and when a basket can reach the shopper (ORC-1, ORC-4), and which stores hold it (ORC-2)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import localize
from django.utils.translation import gettext as _

from altazion.lib.money import display
from catalog.enums import ProductKind
from catalog.selectors.bundles import exploded
from logistics import rules
from logistics.enums import DeliveryKind, Level
from logistics.models import DeliveryMode
from logistics.selectors.availability import Availability, Sold, availability, told
from stores.models import SalesChannel, Store

Lines = list[tuple[int, int]]


@dataclass(frozen=True)
class StoreStock:
    """A store and how many units (of a product) or whole baskets (of lines) it can hand over now."""

    store: Store
    quantity: int
    level: Level
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class DeliveryOption:
    """A delivery mode for one basket: what it costs with tax, when it arrives, and why not if it cannot serve."""

    mode: DeliveryMode
    fee: Decimal
    vat_rate: Decimal
    from_date: dt.date
    to_date: dt.date
    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Basket:
    """What the rules of delivery modes look at."""

    lines: Lines
    products: dict[int, Sold]
    stock: dict[int, Availability]
    store: Store | None
    country: str
    value: Decimal
    currency: str

    @property
    def weight_g(self) -> int:
        return sum(self.products[pk].weight_g * quantity for pk, quantity in self.lines if pk in self.products)


def stores_with(
    product_id_or_lines: int | Lines, *, channel: SalesChannel, at: dt.datetime, for_reference: UUID | None = None
) -> list[StoreStock]:
    """All stores that offer pickup, those that can serve first, fullest first. `missing`: products that lack units.

    Three queries.
    """
    lines = [(product_id_or_lines, 1)] if isinstance(product_id_or_lines, int) else product_id_or_lines
    wanted = _merged(lines)
    stores = list(Store.objects.filter(offers_pickup=True, archived=False).select_related("zone").order_by("name"))
    stock = availability(wanted, channel=channel, at=at, stores=stores, for_reference=for_reference)
    found = [_store_stock(store, wanted, stock) for store in stores]
    return sorted(found, key=lambda each: (each.quantity <= 0, len(each.missing), -each.quantity, each.store.name))


def _store_stock(store: Store, wanted: dict[int, int], stock: dict[int, Availability]) -> StoreStock:
    units = {pk: stock[pk].pickup[store.pk] if pk in stock else 0 for pk in wanted}
    missing = tuple(pk for pk, quantity in wanted.items() if units[pk] < quantity)
    baskets = min((units[pk] // quantity for pk, quantity in wanted.items()), default=0)
    levels = [stock[pk].level_at(store.pk) for pk in wanted if pk in stock]
    level = Level.UNAVAILABLE
    if baskets > 0:
        level = Level.LAST_PIECES if Level.LAST_PIECES in levels else Level.AVAILABLE
    return StoreStock(store, baskets, level, missing)


def delivery_options(
    lines: Lines,
    *,
    channel: SalesChannel,
    at: dt.datetime,
    store: Store | None = None,
    country: str = "FR",
    value: Decimal,
    for_reference: UUID | None = None,
) -> list[DeliveryOption]:
    """Every active mode of the channel for this basket, those that serve first; the others say why not.

    value: the goods with tax. Dates are days of the channel's time zone. Two queries.
    Bundles count as what lies in them, which takes four more.
    """
    wanted = _merged(lines)
    stores = [store] if store else []
    products, stock = told(wanted, channel=channel, at=at, stores=stores, for_reference=for_reference)
    if any(products[pk].kind == ProductKind.BUNDLE for pk in wanted if pk in products):
        wanted = exploded(lines)  # a bundle and its products in one basket want the same units
        products, stock = told(wanted, channel=channel, at=at, stores=stores, for_reference=for_reference)
    basket = Basket(list(wanted.items()), products, stock, store, country.upper(), value, channel.currency)
    modes = DeliveryMode.objects.filter(active=True, channels=channel).select_related("vat_rate")
    local = at.astimezone(ZoneInfo(channel.time_zone))
    options = [_option(mode, basket, local) for mode in modes]
    return sorted(options, key=lambda option: not option.ok)


def _merged(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for pk, quantity in lines:
        wanted[pk] = wanted.get(pk, 0) + quantity
    return wanted


def _option(mode: DeliveryMode, basket: Basket, local: dt.datetime) -> DeliveryOption:
    reason = _refusal(mode, basket)
    days = rules.WORKING_DAYS
    if mode.kind == DeliveryKind.PICKUP and basket.store:
        days = rules.open_days_of(basket.store.hours)
    first, last = rules.promise_days(local, mode.cutoff_hour, mode.min_days, mode.max_days, days)
    fee = rules.fee_of(mode.fee, mode.free_from, basket.value)
    return DeliveryOption(mode, fee, mode.vat_rate.rate, first, last, not reason, reason)


def _refusal(mode: DeliveryMode, basket: Basket) -> str:
    """Why this mode cannot serve the basket, in a sentence for the shopper; empty when it can."""
    return _refused_by_store(mode, basket) or _refused_by_size(mode, basket) or _refused_by_stock(mode, basket)


def _refused_by_store(mode: DeliveryMode, basket: Basket) -> str:
    if mode.kind in (DeliveryKind.PICKUP, DeliveryKind.STORE_DELIVERY):
        if basket.store is None:
            return _("Choose a store first.")
        if basket.store.archived or not basket.store.offers_pickup:
            return _("This store does not offer pickup.")
        return ""
    if basket.country not in mode.countries.upper().replace(",", " ").split():
        return _("Does not deliver to this country.")
    return ""


def _refused_by_size(mode: DeliveryMode, basket: Basket) -> str:
    weight = basket.weight_g
    if mode.max_weight_g is not None and weight > mode.max_weight_g:
        return _("Too heavy: %(weight)s kg, at most %(limit)s kg.") % _kilos(weight, mode.max_weight_g)
    if weight < mode.min_weight_g:
        return _("Too light: %(weight)s kg, at least %(limit)s kg.") % _kilos(weight, mode.min_weight_g)
    if basket.value < mode.min_value:
        return _("From a basket of %(amount)s.") % {"amount": display(mode.min_value, basket.currency)}
    if mode.max_value is not None and basket.value > mode.max_value:
        return _("Up to a basket of %(amount)s.") % {"amount": display(mode.max_value, basket.currency)}
    return ""


def _refused_by_stock(mode: DeliveryMode, basket: Basket) -> str:
    at_store = mode.kind == DeliveryKind.PICKUP and basket.store is not None
    short = []
    for pk, quantity in basket.lines:
        found = basket.stock.get(pk)
        units = 0
        if found:
            units = found.pickup[basket.store.pk] if at_store and basket.store else found.delivery
        if units < quantity:
            short.append(basket.products[pk].sku if pk in basket.products else str(pk))
    if not short:
        return ""
    if at_store and basket.store:
        return _("Not in stock at %(store)s: %(items)s.") % {"store": basket.store.name, "items": ", ".join(short)}
    return _("Not in stock for delivery: %(items)s.") % {"items": ", ".join(short)}


def _kilos(weight: int, limit: int) -> dict[str, str]:
    return {"weight": localize(Decimal(weight) / 1000), "limit": localize(Decimal(limit) / 1000)}
