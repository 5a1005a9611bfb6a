"""Which stores hold a basket (ORC-2)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from logistics.enums import Level
from logistics.selectors.availability import Availability, availability
from stores.models import SalesChannel, Store

Lines = list[tuple[int, int]]


@dataclass(frozen=True)
class StoreStock:
    """A store and how many units (of a product) or whole baskets (of lines) it can hand over now."""

    store: Store
    quantity: int
    level: Level
    missing: tuple[int, ...] = ()


def stores_with(
    product_id_or_lines: int | Lines, *, channel: SalesChannel, at: dt.datetime, for_reference: UUID | None = None
) -> list[StoreStock]:
    """All stores that offer pickup, those that can serve first, fullest first. `missing`: products that lack units.

    Three queries.
    """
    lines = [(product_id_or_lines, 1)] if isinstance(product_id_or_lines, int) else product_id_or_lines
    wanted = merged(lines)
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


def merged(lines: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Units by product; lines of one product are added up."""
    wanted: dict[int, int] = {}
    for pk, quantity in lines:
        wanted[pk] = wanted.get(pk, 0) + quantity
    return wanted
