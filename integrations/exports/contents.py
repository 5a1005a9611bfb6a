"""What can be exported: the columns of each kind and where its rows come from."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from integrations.enums import Entity, ExportKind
from integrations.exports import feeds, tables
from integrations.exports.wishes import Refusal, Row, Wish
from integrations.formats.raw import raw_columns
from integrations.models import Export

__all__ = ["Content", "Refusal", "Wish", "content_of"]


@dataclass(frozen=True)
class Content:
    """Columns, rows, how many of their first columns name a row, and what the format is if it is not free."""

    columns: tuple[str, ...]
    rows: Iterator[Row | Refusal]
    key: int = 1
    is_feed: bool = False
    separator: str = ";"
    guarded: bool = True


def content_of(export: Export, wish: Wish) -> Content:
    """The export's content at the instant of the wish."""
    columns, rows, key, is_feed = _KINDS[export.kind]
    google = export.kind in (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL)
    return Content(columns(), rows(wish), key, is_feed, "\t" if google else ";", guarded=not google)


def _raw(entity: str) -> Callable[[], tuple[str, ...]]:
    return lambda: tuple(raw_columns(entity))


_KINDS: dict[str, tuple[Callable[[], tuple[str, ...]], Callable[[Wish], Iterator[Row | Refusal]], int, bool]] = {
    ExportKind.CATALOGUE: (lambda: tables.CATALOGUE, tables.catalogue, 1, False),
    ExportKind.PRICES: (_raw(Entity.PRICES), tables.prices, 9, False),
    ExportKind.STOCK: (_raw(Entity.STOCK), tables.stock, 3, False),
    ExportKind.ORDERS: (lambda: tables.ORDERS, tables.orders, 1, False),
    ExportKind.CUSTOMERS: (lambda: tables.CUSTOMERS, tables.customers, 1, False),
    ExportKind.GOOGLE: (lambda: feeds.GOOGLE, feeds.google, 1, True),
    ExportKind.GOOGLE_LOCAL: (lambda: feeds.LOCAL, feeds.local, 2, True),
    ExportKind.AGGREGATOR: (lambda: feeds.AGGREGATOR, feeds.aggregator, 1, True),
}


def stamp(at: dt.datetime) -> str:
    """An instant in a file name."""
    return f"{at:%Y%m%dT%H%M%S}"
