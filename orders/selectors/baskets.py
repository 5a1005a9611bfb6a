"""A basket as its shopper sees it: lines with prices, availability and reasons, asked in batches."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from altazion.lib.money import ZERO
from altazion.lib.problems import Refused
from campaigns.selectors import EffectivePrice, Quote, quote
from catalog.models import Product
from catalog.selectors.channel_text import speak_for
from logistics.selectors import availability
from orders.models import Cart
from orders.selectors.products import Picture, name_of, pictures, sellable
from stores.models import SalesChannel, Store


@dataclass(frozen=True)
class BasketLine:
    """A product of the basket. `delivery` and `in_store` are units to be had now; `in_store` None without a store."""

    product: Product
    name: str
    quantity: int
    price: EffectivePrice
    total: Decimal
    picture: Picture | None
    delivery: int
    in_store: int | None
    most: int | None = None

    @property
    def slug_product(self) -> Product:
        """The product whose page shows this one."""
        return self.product.parent or self.product

    @property
    def best(self) -> int:
        """Units to be had in the better of the two ways."""
        return max(self.delivery, self.in_store or 0)

    @property
    def is_over(self) -> bool:
        """More are wanted than one order may hold."""
        return self.most is not None and self.quantity > self.most

    @property
    def is_short(self) -> bool:
        """More are wanted than there are."""
        return self.quantity > self.best


@dataclass(frozen=True)
class Basket:
    """Lines and sums, tax included."""

    cart: Cart | None
    lines: tuple[BasketLine, ...] = ()
    total: Decimal = ZERO
    discount_total: Decimal = ZERO
    currency: str = "EUR"

    @property
    def count(self) -> int:
        """How many things."""
        return sum(line.quantity for line in self.lines)

    @property
    def before_discount(self) -> Decimal:
        """What the basket would come to without any discount."""
        return self.total + self.discount_total

    @property
    def wanted(self) -> list[tuple[int, int]]:
        """(product id, quantity) of each line."""
        return [(line.product.pk, line.quantity) for line in self.lines]

    @property
    def is_short(self) -> bool:
        """Is any line short?"""
        return any(line.is_short for line in self.lines)


def cart_by_token(token: UUID | str, channel: SalesChannel) -> Cart | None:
    """The basket behind a browser's secret, ordered or not."""
    return Cart.objects.filter(token=token, channel=channel).select_related("channel", "store").first()


def count_in(cart: Cart | None) -> int:
    """How many things lie in a basket: one query."""
    if cart is None or cart.ordered_at is not None:
        return 0
    return cart.lines.aggregate(n=Sum("quantity"))["n"] or 0


def basket(cart: Cart | None, *, at: dt.datetime, language: str, store: Store | None = None) -> Basket:
    """What lies in a basket, priced at `at`, with tax.

    Lines that the channel does not sell, or that have no price, are left out. Nine queries, however many lines.
    """
    if cart is None or cart.ordered_at is not None:
        return Basket(None)
    wanted = dict(cart.lines.order_by("id").values_list("product_id", "quantity"))
    products = sellable(wanted, channel=cart.channel)
    speak_for(products.values(), cart.channel)
    asked = [(pk, quantity) for pk, quantity in wanted.items() if pk in products]
    if not asked:
        return Basket(cart, currency=cart.channel.currency)
    priced = _quote(asked, cart.channel, at, store)
    if priced is None:
        return Basket(cart, currency=cart.channel.currency)
    stores = [store] if store else []
    units = availability([pk for pk, _quantity in asked], channel=cart.channel, at=at, stores=stores)
    seen = pictures(products.values())
    lines = []
    for line in priced.lines:
        there = units.get(line.product_id)
        lines.append(
            BasketLine(
                product=products[line.product_id],
                name=name_of(products[line.product_id], language),
                quantity=line.quantity,
                price=line.price,
                total=line.total,
                picture=seen.get(line.product_id),
                delivery=there.delivery if there else 0,
                in_store=(there.pickup.get(store.pk, 0) if there else 0) if store else None,
                most=there.most if there else None,
            )
        )
    return Basket(cart, tuple(lines), priced.total, priced.discount_total, cart.channel.currency)


def _quote(asked: list[tuple[int, int]], channel: SalesChannel, at: dt.datetime, store: Store | None) -> Quote | None:
    """The price of all lines that have one."""
    try:
        return quote(asked, channel=channel, at=at, store=store)
    except Refused as refusal:
        dear = [line for line in asked if line[0] not in refusal.details.get("products", [])]
    return quote(dear, channel=channel, at=at, store=store) if dear else None
