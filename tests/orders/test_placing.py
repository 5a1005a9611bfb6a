"""From basket to order: frozen content, exact sums, nothing placed that was not seen."""

import datetime as dt
from decimal import Decimal

import pytest

from altazion.lib.problems import Refused
from catalog.models import BasePrice, Publication
from customers.models import Customer
from customers.services import register_customer
from logbook.models import Event
from logistics.models import Carrier, DeliveryGroup, DeliveryZone, FeeBand, ModeUse, Reservation, StockBalance
from orders import rules, services
from orders.models import Order
from orders.selectors import basket, checkout
from tests.builders import AT, Shopfront, a_colleague, a_delivery_mode, a_vat_rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Shopfront()


def place(shop, cart, at=AT, **fields):
    return services.place_order(cart, answers=shop.answers(**fields), key="k", at=at, language="fr")


def test_a_pickup_order_holds_stock_at_its_store_until_it_is_cancelled(shop):
    order = shop.order((shop.product, 2))
    held = Reservation.objects.get(reference=order.guid)
    assert (held.place.store, held.quantity, held.expires_at) == (shop.store, 2, None)
    assert StockBalance.objects.get(product=shop.product, place=shop.store.place).reserved == 2
    assert order.number.startswith("W26-")
    assert order.payment_state == "due"


def test_a_card_order_holds_stock_for_its_time_only(shop):
    order = shop.order(pickup=False)
    held = Reservation.objects.get(reference=order.guid)
    assert held.place == shop.warehouse
    assert order.hold_until == AT + dt.timedelta(minutes=30)
    assert held.expires_at > order.hold_until, "the order ends before its goods do"


def test_lines_freeze_price_tax_and_reasons_and_sums_are_exact(shop):
    book = shop.another("BOOK", "7.99", vat_rate=a_vat_rate("0.055"))
    order = shop.order((shop.product, 3), (book, 2), pickup=False)
    lines = list(order.lines.all())
    assert [line.kind for line in lines] == ["product", "product", "shipping"]
    assert order.total == Decimal("38.70") + Decimal("15.98") + Decimal("4.90")
    assert sum(line.total for line in lines) == order.total
    assert sum(line.net_total for line in lines) == order.net_total
    assert sum(Decimal(rate["gross"]) for rate in order.vat) == order.total
    assert sum(Decimal(rate["net"]) + Decimal(rate["tax"]) for rate in order.vat) == order.total
    assert lines[0].reasons[0]["kind"] == "base"
    BasePrice.objects.update(amount=99)
    assert Order.objects.get(pk=order.pk).lines.first().unit == Decimal("12.90")


def test_the_same_basket_twice_is_one_order(shop):
    cart = shop.cart()
    assert place(shop, cart) == place(shop, cart, pickup=False)
    assert Order.objects.count() == 1
    assert Event.objects.filter(kind="orders.order_placed").count() == 1


def test_an_empty_basket_cannot_be_ordered(shop):
    with pytest.raises(Refused, match=r".") as refusal:
        place(shop, services.open_cart(shop.channel, AT))
    assert refusal.value.code == "empty_cart"


def test_a_price_that_changed_since_it_was_shown_is_shown_again(shop):
    cart = shop.cart()
    seen = checkout(
        basket(cart, at=AT, language="fr", store=shop.store),
        channel=shop.channel,
        at=AT,
        mode="pickup",
        store=shop.store,
    ).seen
    BasePrice.objects.filter(product=shop.product).update(amount=Decimal("13.90"))
    with pytest.raises(services.Changed):
        place(shop, cart, seen=seen)
    assert not Order.objects.exists()
    BasePrice.objects.filter(product=shop.product).update(amount=Decimal("12.90"))
    assert place(shop, cart, seen=seen).total == Decimal("12.90")


def test_what_was_withdrawn_is_not_ordered(shop):
    cart = shop.cart()
    Publication.objects.all().delete()
    with pytest.raises(services.Changed):
        place(shop, cart)


def test_too_few_units_place_nothing_at_all(shop):
    other = shop.another("RARE", 5, units=1)
    cart = shop.cart((shop.product, 1), (other, 2))
    with pytest.raises(Refused):
        place(shop, cart)
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()
    assert not Event.objects.filter(kind="orders.order_placed").exists()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"delivery_mode": "balloon"}, "delivery_mode"),
        ({"store": None}, "store"),
        ({"payment_method": "gold"}, "payment_method"),
        ({"pickup": False, "payment_method": "store"}, "payment_method"),
        ({"pickup": False, "address": {}}, "line1"),
    ],
)
def test_answers_that_do_not_go_together_are_refused_at_their_field(shop, answers, field):
    with pytest.raises(Refused) as refusal:
        place(shop, shop.cart(), **answers)
    assert refusal.value.field == field
    assert not Order.objects.exists()


def test_a_method_outside_its_limits_is_not_offered(shop):
    shop.in_store.max_amount = Decimal("10.00")
    shop.in_store.save()
    with pytest.raises(Refused) as refusal:
        place(shop, shop.cart())
    assert refusal.value.field == "payment_method"


def test_a_guest_who_gives_an_accounts_address_stays_a_guest(shop):
    lea = register_customer(a_colleague("lea@example.com"), at=AT)
    order = shop.order()
    assert order.customer != lea
    assert order.customer.account is None
    assert Customer.objects.filter(account=None).count() == 1
    assert shop.order().customer == order.customer, "a guest is recognised by a guest's past"


def test_numbers_follow_one_another(shop):
    first, second = shop.order(), shop.order()
    assert int(second.number.split("-")[1]) > int(first.number.split("-")[1])
    assert rules.order_number(2026, 123) == "W26-000123"


def test_the_postcode_decides_the_fee_and_a_fee_that_was_not_seen_is_shown_again(shop):
    corsica = DeliveryZone.objects.create(code="corsica", name="Corsica", areas="FR 20")
    FeeBand.objects.create(mode=shop.home, fee=Decimal("4.90"))
    FeeBand.objects.create(mode=shop.home, fee=Decimal("9.90"), zone=corsica)
    cart = shop.cart((shop.product, 1))
    filled = basket(cart, at=AT, language="fr")
    seen = checkout(filled, channel=shop.channel, at=AT, mode="home").seen
    island = {"line1": "1 quai", "postcode": "20000", "city": "Ajaccio", "country": "FR"}
    with pytest.raises(services.Changed):
        place(shop, cart, delivery_mode="home", payment_method="card", address=island, seen=seen)
    there = checkout(filled, channel=shop.channel, at=AT, mode="home", postcode="20000")
    order = place(shop, cart, delivery_mode="home", payment_method="card", address=island, seen=there.seen)
    assert order.lines.get(kind="shipping").total == Decimal("9.90")


def test_a_mode_that_stands_back_is_not_shown_and_cannot_be_forced(shop):
    post = Carrier.objects.create(code="post", name="Post")
    a_delivery_mode(shop.channel, "dear", fee="20", carrier=post)
    type(shop.home).objects.filter(pk=shop.home.pk).update(carrier=post)
    cart = shop.cart((shop.product, 1))
    offer = checkout(basket(cart, at=AT, language="fr"), channel=shop.channel, at=AT)
    assert "dear" not in {option.mode.code for option in offer.options}
    address = {"line1": "1 rue", "postcode": "69001", "city": "Lyon", "country": "FR"}
    with pytest.raises(Refused) as refused:
        place(shop, cart, delivery_mode="dear", payment_method="card", address=address)
    assert refused.value.field == "delivery_mode"


def test_the_last_place_of_a_mode_goes_to_one_order_and_comes_back_with_its_cancellation(shop):
    type(shop.home).objects.filter(pk=shop.home.pk).update(quota=1)
    first = shop.order((shop.product, 1), pickup=False)
    with pytest.raises(Refused) as refused:
        shop.order((shop.product, 1), pickup=False)
    assert refused.value.field == "delivery_mode"
    assert Order.objects.count() == 1
    services.cancel(first, "changed mind", AT, "anna")
    services.cancel(Order.objects.get(), "again", AT, "anna")
    assert ModeUse.objects.get().used == 0
    assert shop.order((shop.product, 1), pickup=False).number


def test_options_stand_under_their_headings(shop):
    at_home = DeliveryGroup.objects.create(code="h", name="At home")
    type(shop.home).objects.filter(pk=shop.home.pk).update(group=at_home)
    a_delivery_mode(shop.channel, "express", fee="9", group=at_home)
    offer = checkout(basket(shop.cart((shop.product, 1)), at=AT, language="fr"), channel=shop.channel, at=AT)
    found = {heading.name if heading else "": [o.mode.code for o in options] for heading, options in offer.headings}
    assert found["At home"] == ["home", "express"] or found["At home"] == ["express", "home"]
    assert found[""] == ["pickup"]
