"""Catalogue, prices, stock, orders, customers as rows, read by a cursor on the server: memory stays flat."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from catalog.enums import ProductState
from catalog.models import BasePrice, Product
from catalog.selectors.tree import breadcrumbs
from customers.models import Customer
from integrations.exports.wishes import Row, Wish
from integrations.selectors.orders import ORDER_COLUMNS, order_rows
from logistics.enums import PlaceKind
from logistics.models import StockBalance
from orders.models import Order

CHUNK = 1000
CATALOGUE = (
    *("sku", "external_id", "parent_sku", "kind", "name", "description", "short_description", "brand", "family"),
    *("vat_rate", "segment_1", "segment_2", "segment_3", "segment_4", "segment_5", "segment_6", "validated"),
    *("importance", "stock_type", "weight_g", "meta_description", "images"),
)
ORDERS = ("key", *ORDER_COLUMNS)
CUSTOMERS = (
    *("guid", "erp_code", "kind", "email", "first_name", "last_name", "company", "phone", "accepts_news", "since"),
    *("recipient", "line1", "line2", "postcode", "city", "country"),
)


def products(wish: Wish) -> QuerySet[Product]:
    """The products that are meant, in the order of their numbers."""
    found = Product.objects.all()
    if wish.only_validated:
        found = found.filter(state=ProductState.VALIDATED)
    if wish.segment:
        inside = Q(places__segment__path__contains=[wish.segment])
        found = found.filter(Q(pk__in=Product.objects.filter(inside)) | Q(parent__in=Product.objects.filter(inside)))
    return found.order_by("pk")


def batches(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Rows in handfuls, so that what belongs to them is asked for once a handful."""
    walk = iter(rows)
    while batch := list(itertools.islice(walk, size)):
        yield batch


def catalogue(wish: Wish) -> Iterator[Row]:
    """One row a product, in the words of the articles import: what comes out can go in again."""
    found = products(wish).select_related("brand", "family", "vat_rate", "parent").prefetch_related("media")
    for batch in batches(found.iterator(chunk_size=CHUNK)):
        trails = breadcrumbs(batch)
        for product in batch:
            path = [segment.name for segment in trails.get(product.pk, [])][:6]
            yield tuple(
                cell(value)
                for value in (
                    product.sku,
                    product.external_id,
                    product.parent.sku if product.parent else "",
                    product.kind,
                    product.name,
                    product.description,
                    product.short_description,
                    product.brand.name if product.brand else "",
                    product.family.name if product.family else "",
                    product.vat_rate.rate,
                    *path,
                    *[""] * (6 - len(path)),
                    product.state == ProductState.VALIDATED,
                    product.importance,
                    product.stock_type,
                    product.weight_g,
                    product.meta_description,
                    "|".join(media.location for media in product.media.all() if media.kind == "image"),
                )
            )


def prices(wish: Wish) -> Iterator[Row]:
    """The stored layers as the price import reads them; of the wish's channel, or those of none."""
    found = BasePrice.objects.filter(product__in=products(wish)).select_related("product", "store").order_by("pk")
    found = found.filter(Q(channel=wish.channel) | Q(channel=None))
    for price in found.iterator(chunk_size=CHUNK):
        during = price.promo_during
        layer = "MAGASIN" if price.store else "GRILLETARIF" if price.grid else "BASE"
        yield tuple(
            cell(value)
            for value in (
                *(price.product.sku, "", price.promo_amount if price.promo_amount is not None else price.amount, ""),
                *(price.amount, during.lower if during else "", during.upper if during else ""),
                *(layer, price.store.code if price.store else price.grid),
            )
        )


def stock(wish: Wish) -> Iterator[Row]:
    """What lies where, as the stock import reads it."""
    found = StockBalance.objects.filter(product__in=products(wish)).order_by("pk")
    rows = found.values_list("place__kind", "place__code", "product__sku", "physical").iterator(chunk_size=CHUNK)
    for kind, code, sku, physical in rows:
        yield ("MAG" if kind == PlaceKind.STORE else "DEPOT", code, sku, "", str(physical))


def orders(wish: Wish) -> Iterator[Row]:
    """A row for each line of each order; the key names order and line."""
    found = Order.objects.select_related("channel", "store", "customer", "payment_method", "delivery_mode")
    if wish.channel:
        found = found.filter(channel=wish.channel)
    for order in found.prefetch_related("lines").order_by("pk").iterator(chunk_size=500):
        for number, row in enumerate(order_rows(order), 1):
            yield (f"{order.number}-{number}", *row)


def customers(wish: Wish) -> Iterator[Row]:
    """A row a customer with the default address."""
    found = Customer.objects.prefetch_related("addresses").order_by("pk")
    for customer in found.iterator(chunk_size=CHUNK):
        address = next((one for one in customer.addresses.all() if one.is_default), None)
        yield tuple(
            cell(value)
            for value in (
                *(customer.guid, customer.erp_code, customer.kind, customer.email, customer.first_name),
                *(customer.last_name, customer.company, customer.phone, customer.accepts_news, customer.created_at),
                *(getattr(address, name, "") for name in CUSTOMERS[10:]),
            )
        )


def cell(value: Any) -> str:
    """A value as text: dates ISO, yes and no as true and false, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
