"""A small world for tests: each function makes one thing with sensible values and takes what matters by name."""

import datetime as dt
import itertools
from decimal import Decimal

from accounts.models import User
from accounts.services import issue_key
from catalog.enums import ProductKind, ProductState
from catalog.models import BasePrice, Product, ProductType, Publication, Segment, Selection, SelectionItem, VatRate
from logistics.enums import PlaceKind, Purpose
from logistics.models import Place, StockBalance, SupplySource
from stores.models import SalesChannel, Site, Store

AT = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def a_channel(code="web", **fields):
    channel, _ = SalesChannel.objects.get_or_create(code=code, defaults={"name": code.title(), **fields})
    Site.objects.get_or_create(host="*", defaults={"channel": channel, "name": "Test shop"})
    return channel


def a_store(code=None, **fields):
    code = code or f"S{next(_numbers)}"
    store, _ = Store.objects.get_or_create(code=code, defaults={"name": f"Store {code}", "city": "Lyon", **fields})
    Place.objects.get_or_create(kind=PlaceKind.STORE, code=code, defaults={"name": store.name, "store": store})
    return store


def a_warehouse(code="DEPOT"):
    return Place.objects.get_or_create(kind=PlaceKind.WAREHOUSE, code=code, defaults={"name": code})[0]


def a_vat_rate(rate="0.2"):
    return VatRate.objects.get_or_create(code=f"V{rate}", defaults={"name": rate, "rate": Decimal(rate)})[0]


def a_segment(name="Toys", parent=None, **fields):
    code = fields.pop("code", f"seg{next(_numbers)}")
    segment = Segment.objects.create(
        code=code,
        slug=fields.pop("slug", code),
        name=name,
        parent=parent,
        level=parent.level + 1 if parent else 1,
        **fields,
    )
    segment.path = [*(parent.path if parent else []), segment.pk]
    segment.save()
    return segment


def a_product(sku=None, *, price=None, channel=None, segment=None, parent=None, state=ProductState.VALIDATED, **fields):
    """A validated product; with `channel` it is published there, with `price` it has a base price with tax."""
    sku = sku or f"P{next(_numbers)}"
    product_type, _ = ProductType.objects.get_or_create(code="goods", defaults={"name": "Goods"})
    product = Product.objects.create(
        sku=sku,
        name=fields.pop("name", f"Product {sku}"),
        slug=fields.pop("slug", sku.lower()),
        state=state,
        kind=fields.pop("kind", ProductKind.CHILD if parent else ProductKind.SIMPLE),
        parent=parent,
        type=fields.pop("type", product_type),
        vat_rate=fields.pop("vat_rate", None) or a_vat_rate(),
        created_at=AT,
        updated_at=AT,
        **fields,
    )
    if price is not None:
        a_price(product, price)
    if channel:
        Publication.objects.create(product=product, channel=channel, published_at=AT)
    if segment:
        product.places.create(segment=segment, is_primary=True)
    return product


def a_price(product, amount, **fields):
    return BasePrice.objects.create(product=product, amount=Decimal(str(amount)), **fields)


def a_selection(*products, code=None):
    code = code or f"sel{next(_numbers)}"
    selection = Selection.objects.create(code=code, name=code)
    SelectionItem.objects.bulk_create([SelectionItem(selection=selection, product=product) for product in products])
    return selection


def stock(product, place, physical, *, channel=None, **fields):
    """Units of a product at a place or a store, which then feeds `channel`. Written straight: no ledger line."""
    place = place.place if isinstance(place, Store) else place
    if channel:
        purpose = Purpose.PICKUP if place.kind == PlaceKind.STORE else Purpose.DELIVERY
        SupplySource.objects.get_or_create(channel=channel, place=place, purpose=purpose)
    return StockBalance.objects.create(product=product, place=place, physical=physical, **fields)


def a_colleague(email="anna@shop.test", password="a long password", **fields):
    return User.objects.create_user(email, password, is_staff=True, **fields)


def an_api_key(*scopes, system="erp", store=None):
    """The text of a living API key with these scopes."""
    return issue_key(name=system, system=system, scopes=scopes, at=AT, store=store)[1]
