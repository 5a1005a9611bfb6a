"""Availability: thresholds, sources, parents, immaterial goods, the trace; and how a basket can be delivered."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from catalog.enums import StockType
from logistics.enums import DeliveryKind, Level, Purpose
from logistics.models import DeliveryMode, SupplySource
from logistics.selectors import availability, delivery_options, stores_with
from stores.models import Zone
from tests.builders import AT, a_channel, a_product, a_store, a_vat_rate, a_warehouse, stock

pytestmark = pytest.mark.django_db


def ask(*products, stores=(), **asked):
    found = availability([product.pk for product in products], channel=a_channel(), at=AT, stores=stores, **asked)
    return found[products[0].pk] if len(products) == 1 else found


def test_what_may_be_sold_is_physical_less_safety_less_reserved():
    product = a_product()
    stock(product, a_warehouse(), 10, reserved=3, safety=2, channel=a_channel())
    answer = ask(product)
    assert (answer.delivery, answer.level) == (5, Level.AVAILABLE)
    (step,) = answer.trace
    assert (step.place, step.shelf.physical, step.shelf.reserved, step.shelf.safety, step.units) == (
        "DEPOT",
        10,
        3,
        2,
        5,
    )


def test_a_place_counts_only_for_channels_and_purposes_that_it_serves():
    product, store = a_product(), a_store()
    stock(product, a_warehouse(), 4)
    stock(product, store, 2, channel=a_channel())
    answer = ask(product, stores=[store])
    assert (answer.delivery, answer.pickup) == (0, {store.pk: 2})
    SupplySource.objects.create(channel=a_channel(), place=store.place, purpose=Purpose.DELIVERY)
    assert ask(product).delivery == 2
    store.place.active = False
    store.place.save()
    assert ask(product, stores=[store]).level == Level.UNAVAILABLE


def test_the_zone_of_a_store_hides_its_last_pieces():
    zone = Zone.objects.create(code="large", name="Large", unavailable_below=5)
    large, small = a_store(zone=zone), a_store()
    product = a_product()
    for store in (large, small):
        stock(product, store, 4, channel=a_channel())
    answer = ask(product, stores=[large, small])
    assert answer.pickup == {large.pk: 0, small.pk: 4}
    assert [step.unavailable_below for step in answer.trace] == [5, 1]


def test_below_its_threshold_a_product_has_last_pieces():
    parent = a_product(kind="parent", limited_below=3)
    child = a_product(parent=parent)
    stock(child, a_warehouse(), 2, channel=a_channel())
    assert ask(child).level == Level.LAST_PIECES


def test_a_parent_has_what_its_children_have_together():
    store = a_store()
    parent = a_product(kind="parent")
    for units in (2, 3):
        child = a_product(parent=parent)
        stock(child, a_warehouse(), units, channel=a_channel())
        stock(child, store, 1, channel=a_channel())
    answer = ask(parent, stores=[store])
    assert (answer.delivery, answer.pickup) == (5, {store.pk: 2})


def test_what_lies_on_no_shelf_never_runs_out():
    store = a_store()
    voucher, dropped = a_product(stock_type=StockType.IMMATERIAL), a_product(stock_type=StockType.NOT_STOCKED)
    assert ask(voucher, stores=[store]).level_at(store.pk) == Level.AVAILABLE
    answer = ask(dropped, stores=[store])
    assert (answer.delivery_level, answer.level_at(store.pk)) == (Level.AVAILABLE, Level.UNAVAILABLE)


def test_unknown_products_are_absent():
    assert availability([0], channel=a_channel(), at=AT) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_one_query_whatever_is_asked(django_assert_num_queries, count):
    stores = [a_store() for _ in range(count)]
    products = [a_product() for _ in range(count)]
    for product in products:
        for store in stores:
            stock(product, store, 1, channel=a_channel())
    channel = a_channel()
    with django_assert_num_queries(1):
        availability([product.pk for product in products], channel=channel, at=AT, stores=stores)


def test_stores_that_can_serve_come_first_and_say_what_is_missing():
    near, far, empty = a_store("A"), a_store("B"), a_store("C")
    one, two = a_product(), a_product()
    stock(one, near, 1, channel=a_channel())
    stock(one, far, 4, channel=a_channel())
    stock(two, far, 9, channel=a_channel())
    assert [(s.store.code, s.quantity) for s in stores_with(one.pk, channel=a_channel(), at=AT)] == [
        ("B", 4),
        ("A", 1),
        ("C", 0),
    ]
    found = stores_with([(one.pk, 2), (two.pk, 1)], channel=a_channel(), at=AT)
    assert [(s.store.code, s.quantity) for s in found] == [("B", 2), ("A", 0), ("C", 0)]
    assert found[0].missing == ()
    assert found[-1].missing == (one.pk, two.pk)
    assert found[-1].store == empty


def a_mode(code="home", kind=DeliveryKind.HOME, channel=None, **fields):
    mode = DeliveryMode.objects.create(
        code=code, name=code, kind=kind, vat_rate=a_vat_rate(), **{"fee": Decimal("4.90"), **fields}
    )
    mode.channels.add(channel or a_channel())
    return mode


def option(product, quantity=1, **asked):
    asked = {"value": Decimal(20), "at": AT, **asked}
    with translation.override("en"):
        return delivery_options([(product.pk, quantity)], channel=a_channel(), **asked)[0]


@pytest.fixture
def product():
    made = a_product(weight_g=600)
    stock(made, a_warehouse(), 5, channel=a_channel())
    return made


def test_a_mode_that_serves_tells_fee_and_days(product):
    a_mode(min_days=2, max_days=4, free_from=Decimal(50))
    told = option(product)
    assert (told.ok, told.fee, told.reason) == (True, Decimal("4.90"), "")
    assert (told.from_date, told.to_date) == (dt.date(2026, 3, 12), dt.date(2026, 3, 16))  # Tuesday; the weekend
    assert option(product, value=Decimal(50)).fee == 0


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (dt.datetime(2026, 3, 10, 12, 59, tzinfo=dt.UTC), dt.date(2026, 3, 11)),  # 13:59 in Paris
        (dt.datetime(2026, 3, 10, 13, 0, tzinfo=dt.UTC), dt.date(2026, 3, 12)),  # 14:00: leaves the next day
        (dt.datetime(2026, 3, 13, 15, 0, tzinfo=dt.UTC), dt.date(2026, 3, 17)),  # Friday evening
        (dt.datetime(2026, 3, 14, 8, 0, tzinfo=dt.UTC), dt.date(2026, 3, 17)),  # Saturday
        (dt.datetime(2026, 3, 10, 23, 30, tzinfo=dt.UTC), dt.date(2026, 3, 12)),  # already Wednesday in Paris
    ],
)
def test_orders_after_the_cutoff_leave_a_day_later_and_nobody_delivers_on_weekends(product, at, first):
    a_mode(min_days=1, max_days=1)
    assert option(product, at=at).from_date == first


@pytest.mark.parametrize(
    ("fields", "asked", "reason"),
    [
        ({"max_weight_g": 1000}, {"quantity": 2}, "Too heavy: 1.2 kg, at most 1 kg."),
        ({"min_weight_g": 1000}, {}, "Too light: 0.6 kg, at least 1 kg."),
        ({"min_value": Decimal(30)}, {}, "From a basket of €30.00."),
        ({"max_value": Decimal(10)}, {}, "Up to a basket of €10.00."),
        ({}, {"country": "BE"}, "Does not deliver to this country."),
        ({}, {"quantity": 6}, "Not in stock for delivery"),
        ({"kind": DeliveryKind.PICKUP}, {}, "Choose a store first."),
        ({"kind": DeliveryKind.STORE_DELIVERY}, {}, "Choose a store first."),
    ],
)
def test_a_mode_that_cannot_serve_says_why(product, fields, asked, reason):
    a_mode(**fields)
    told = option(product, **asked)
    assert not told.ok
    assert told.reason.startswith(reason)


def test_pickup_needs_the_whole_basket_on_the_stores_shelves(product):
    store = a_store(hours={"2": [["09:00", "19:00"]], "7": []})
    stock(product, store, 1, channel=a_channel())
    a_mode("pickup", DeliveryKind.PICKUP)
    assert option(product, store=store).ok
    assert option(product, store=store).from_date == AT.date()
    late = AT + dt.timedelta(hours=9)
    assert option(product, store=store, at=late).from_date == dt.date(2026, 3, 17), "it opens on Tuesdays only"
    assert store.name in option(product, 2, store=store).reason
    store.offers_pickup = False
    assert option(product, store=store).reason == "This store does not offer pickup."


def test_modes_of_other_channels_and_sleeping_ones_are_not_offered(product):
    a_mode(channel=a_channel("kiosk"))
    a_mode("asleep", active=False)
    assert delivery_options([(product.pk, 1)], channel=a_channel(), at=AT, value=Decimal(1)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_options_take_the_same_queries_whatever_the_basket(product, django_assert_num_queries, count):
    for number in range(count):
        a_mode(f"m{number}")
    lines = [(a_product().pk, 1) for _ in range(count)]
    channel = a_channel()
    with django_assert_num_queries(6):
        delivery_options(lines, channel=channel, at=AT, value=Decimal(9))
