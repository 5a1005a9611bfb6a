"""A small world for tests: each function makes one thing with sensible values and takes what matters by name."""

import datetime as dt
import itertools
from decimal import Decimal

from accounting.models import Company
from accounts.models import User
from accounts.services import issue_key
from catalog.enums import ProductKind, ProductState
from catalog.models import BasePrice, Product, ProductType, Publication, Segment, Selection, SelectionItem, VatRate
from logistics.enums import PlaceKind, Purpose
from logistics.models import DeliveryMode, Place, StockBalance, SupplySource
from orders.models import CancelReason, PaymentMethod
from orders.services import CheckoutAnswers, add_to_cart, open_cart, place_order
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


def a_company(**fields):
    """Who invoices."""
    said = {
        "code": "main", "name": "Étoile SAS", "line1": "2 quai Bas", "postcode": "69002", "city": "Lyon",
        "siren": "732829320", "vat_number": "FR44732829320", "register": "RCS Lyon 732 829 320",
    }  # fmt: skip
    return Company.objects.update_or_create(code="main", defaults={**said, **fields})[0]


def a_delivery_mode(channel, code="home", kind="DOMI", fee="4.90", **fields):
    mode, _is_new = DeliveryMode.objects.get_or_create(
        code=code,
        defaults={"name": code.title(), "kind": kind, "fee": Decimal(fee), "vat_rate": a_vat_rate(), **fields},
    )
    mode.channels.add(channel)
    return mode


def a_payment_method(channel, code="store", kind="pay_in_store", **fields):
    provider = fields.pop("provider", "pay_in_store" if kind == "pay_in_store" else "sandbox_card")
    method, _is_new = PaymentMethod.objects.get_or_create(
        code=code, defaults={"name": code.title(), "kind": kind, "provider": provider, **fields}
    )
    method.channels.add(channel)
    return method


def a_reason(code="never_collected", name="Never collected", **fields):
    """A reason of cancellation below the heading `commercial` (`parent=None`: a heading itself)."""
    if "parent" not in fields:
        fields["parent"] = a_reason("commercial", "Commercial service", parent=None)
    return CancelReason.objects.update_or_create(code=code, defaults={"name": name, **fields})[0]


class Shopfront:
    """A channel that delivers from a warehouse and hands over in a store, with one product of 12.90 and ways to pay."""

    def __init__(self, *, units=10, price="12.90", **product):
        self.channel = a_channel()
        self.store = a_store("LYON")
        self.warehouse = a_warehouse()
        self.product = a_product("TOY-1", price=price, channel=self.channel, **product)
        stock(self.product, self.warehouse, units, channel=self.channel)
        stock(self.product, self.store, units, channel=self.channel)
        self.home = a_delivery_mode(self.channel)
        self.pickup = a_delivery_mode(self.channel, "pickup", "RETR", "0")
        self.in_store = a_payment_method(self.channel)
        self.card = a_payment_method(self.channel, "card", "card", hold_minutes=30)

    def another(self, sku, price, *, units=10, **fields):
        product = a_product(sku, price=price, channel=self.channel, **fields)
        stock(product, self.warehouse, units)
        stock(product, self.store, units)
        return product

    def cart(self, *lines, at=AT):
        cart = open_cart(self.channel, at)
        for product, quantity in lines or [(self.product, 1)]:
            add_to_cart(cart, product.pk, quantity, at=at)
        return cart

    def answers(self, *, pickup=True, **fields):
        where = (
            {"delivery_mode": "pickup", "store": self.store, "payment_method": "store"}
            if pickup
            else {
                "delivery_mode": "home",
                "payment_method": "card",
                "address": {"line1": "1 rue Haute", "postcode": "69001", "city": "Lyon", "country": "FR"},
            }
        )
        who = {"email": "lea@example.com", "first_name": "Léa", "last_name": "Petit", "phone": ""}
        return CheckoutAnswers(**{**who, **where, **fields})

    def order(self, *lines, at=AT, pickup=True, **fields):
        cart = self.cart(*lines, at=at)
        return place_order(cart, answers=self.answers(pickup=pickup, **fields), key="k", at=at, language="fr")
