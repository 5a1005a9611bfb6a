"""Orders on their way in the demonstration: one to gather, one packed for its carrier, one that has left."""

import datetime as dt

from catalog.enums import ProductKind
from logistics.enums import PlaceKind
from logistics.models import Preparation, StockBalance
from logistics.services.parcels import Box, pack
from orders.models import Order, PaymentMethod
from orders.services import CheckoutAnswers, add_to_cart, open_cart, place_order, record_payment
from orders.services.preparing import prepare
from orders.services.routing import route_order
from orders.services.shipping import ship
from stores.models import SalesChannel

WHO = (
    ("Léa", "Fontaine", "lea.fontaine@example.com", "4 rue des Lilas", "69003", "Lyon"),
    ("Hugo", "Marchand", "hugo.marchand@example.com", "18 avenue Foch", "57000", "Metz"),
    ("Zoé", "Perrin", "zoe.perrin@example.com", "2 place du Marché", "33000", "Bordeaux"),
)


def make_sending(at: dt.datetime, actor: str) -> None:
    """Three deliveries from the warehouse, each a step further."""
    if Preparation.objects.exists():
        return
    slips = []
    for number, who in enumerate(WHO):
        order = _order(who, at, number)
        card = PaymentMethod.objects.get(code="card")
        record_payment(order, method=card, amount=order.total, key=f"demo:{order.number}", at=at, actor=actor)
        slips += route_order(order, at=at, actor=actor)[:1]
    for number, slip in enumerate(slips[1:], 1):
        ready = prepare(slip, None, at=at, actor=actor)
        pack(ready, None, Box(tracking=f"6A0123456789{number}", weight_g=640), at=at, actor=actor)
    if len(slips) > 2:
        ship(slips[2], at=at, actor=actor)


def _order(who: tuple[str, ...], at: dt.datetime, number: int) -> Order:
    first, last, email, line1, postcode, city = who
    channel = SalesChannel.objects.get(code="web")
    there = StockBalance.objects.filter(
        place__kind=PlaceKind.WAREHOUSE, physical__gte=20, product__kind=ProductKind.SIMPLE
    )
    toy = there.select_related("product").order_by("product__sku")[number].product
    cart = open_cart(channel, at)
    add_to_cart(cart, toy.pk, 2, at=at)
    answers = CheckoutAnswers(
        email=email, first_name=first, last_name=last, phone="", delivery_mode="home", payment_method="card",
        address={"line1": line1, "postcode": postcode, "city": city, "country": "FR"},
    )  # fmt: skip
    return place_order(cart, answers=answers, key=f"demo-sending-{number}", at=at, language="fr")
