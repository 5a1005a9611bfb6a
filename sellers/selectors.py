"""What seller tablets read (SEL-1): the catalogue with internal attributes, stock everywhere, prices; and deltas."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from campaigns.selectors import EffectivePrice, prices
from catalog.enums import MediaKind, ProductState
from catalog.models import Media, Product
from catalog.selectors import find_by_reference
from catalog.selectors.lookup import search
from logbook.models import Event
from logistics.models import StockBalance
from logistics.selectors.withdrawn import with_withdrawn
from stores.models import SalesChannel, Store

PRODUCT_EVENTS = ("catalog.products_changed", "catalog.prices_changed", "logistics.stock_changed")
EVENTS_PER_PAGE = 200


@dataclass(frozen=True)
class StockAt:
    """What a place holds of a product, for staff: nothing is hidden by thresholds."""

    kind: str
    code: str
    name: str
    physical: int
    free: int


@dataclass(frozen=True)
class SellerProduct:
    """A product as staff see it."""

    product: Product
    price: EffectivePrice | None
    stock: list[StockAt]

    @property
    def documents(self) -> list[Media]:
        """Its own and its parent's, internal ones too."""
        above = self.product.parent
        return [*self.product.papers, *(above.papers_below if above else [])]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Changes:
    """What changed since a cursor: products to fetch again; what the tablet must forget; where to go on."""

    products: list[SellerProduct]
    gone: list[str]
    campaigns_changed: bool
    cursor: tuple[int, int]
    more: bool


def find_products(query: str, *, limit: int = 50) -> list[Product]:
    """Products behind a SKU or a code (EAN…: all variants that share it), else by words; archived ones left out."""
    if coded := [product.pk for product in find_by_reference(query)]:
        return list(_with_parts(Product.objects.filter(pk__in=coded)).order_by("kind", "pk")[:limit])
    rows = search(Product.objects.exclude(state=ProductState.ARCHIVED), query)
    return list(_with_parts(rows).order_by("-importance", "-pk")[:limit])


def as_sellers_see(
    products: Iterable[Product], *, channel: SalesChannel, at: dt.datetime, store: Store | None
) -> list[SellerProduct]:
    """Prices and stock of all places for products. Five queries at most whatever their number."""
    listed = list(products)
    ids = [product.pk for product in listed]
    known = prices(ids, channel=channel, at=at, store=store)
    stock: dict[int, list[StockAt]] = defaultdict(list)
    rows = with_withdrawn(
        StockBalance.objects.filter(product__in=ids, place__active=True, place__zone=None).select_related("place"), at
    )
    for row in rows.order_by("place__kind", "place__name"):
        free = max(0, row.physical - row.withdrawn - row.safety - row.reserved)
        stock[row.product_id].append(StockAt(row.place.kind, row.place.code, row.place.name, row.physical, free))
    return [SellerProduct(product, known.get(product.pk), stock[product.pk]) for product in listed]


def changes_since(
    cursor: tuple[int, int] | None, *, channel: SalesChannel, at: dt.datetime, store: Store | None
) -> Changes:
    """What happened after `cursor` (transaction, event), nothing skipped that commits late.

    Without a cursor: nothing but the present position, from which a tablet that has just loaded everything goes on.
    """
    if cursor is None:
        return Changes([], [], campaigns_changed=False, cursor=(_horizon() - 1, 2**62), more=False)
    xid, number = cursor
    kinds = [*PRODUCT_EVENTS, "campaigns.campaign_changed"]
    unread = Event.objects.filter(Q(xid=xid, id__gt=number) | Q(xid__gt=xid), xid__lt=_horizon(), kind__in=kinds)
    events = list(unread.order_by("xid", "id")[: EVENTS_PER_PAGE + 1])
    more, events = len(events) > EVENTS_PER_PAGE, events[:EVENTS_PER_PAGE]
    ids = {pk for event in events for pk in event.data.get("ids", [])}
    products = list(_with_parts(Product.objects.filter(pk__in=ids)))
    living = [product for product in products if product.state != ProductState.ARCHIVED]
    return Changes(
        products=as_sellers_see(living, channel=channel, at=at, store=store),
        gone=sorted(product.sku for product in products if product.state == ProductState.ARCHIVED),
        campaigns_changed=any(event.kind == "campaigns.campaign_changed" for event in events),
        cursor=(events[-1].xid, events[-1].pk) if events else cursor,
        more=more,
    )


def _with_parts(products: QuerySet[Product]) -> QuerySet[Product]:
    rows = products.select_related("brand", "family", "parent", "vat_rate")
    papers = Media.objects.filter(kind=MediaKind.DOCUMENT).select_related("document_kind").order_by("position", "pk")
    return rows.prefetch_related(
        "references",
        "parent__references",
        Prefetch("media", papers, to_attr="papers"),
        Prefetch("parent__media", papers, to_attr="papers_below"),
    )


def document(pk: int) -> Media:
    """A document of a living product, internal ones too. Raises NotFound."""
    papers = Media.objects.filter(kind=MediaKind.DOCUMENT).exclude(product__state=ProductState.ARCHIVED)
    found = papers.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such document."), code="no_document")
    return found


def _horizon() -> int:
    """Below this transaction number everything has been decided."""
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(sql.fetchone()[0])
