"""Many at once: one basket is one order, one unit is sold once."""

import threading

import pytest
from django.db import connections

from altazion.lib.problems import Refused
from catalog.services import save_bundle
from logistics.models import StockBalance
from orders import services
from orders.models import Order
from tests.builders import AT, Shopfront, a_product

pytestmark = pytest.mark.django_db(transaction=True)


def together(works):
    results, gate = [], threading.Barrier(len(works))

    def run(work):
        try:
            gate.wait(20)
            results.append(work())
        except Refused as refusal:
            results.append(refusal)
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def wide_pool():
    """As many connections as there are buyers."""
    pool = connections["default"].settings_dict["OPTIONS"]["pool"]
    connections.close_all()
    connections["default"].close_pool()
    before = pool["max_size"]
    pool["max_size"] = 24
    yield
    connections["default"].close_pool()
    pool["max_size"] = before


def test_eight_tabs_place_one_basket_and_get_one_order(wide_pool):
    shop = Shopfront()
    cart = shop.cart()
    placed = together([lambda: services.place_order(cart, answers=shop.answers(), key="k", at=AT, language="fr")] * 8)
    assert len({order.pk for order in placed}) == 1
    assert Order.objects.count() == 1
    assert StockBalance.objects.get(place=shop.store.place).reserved == 1


def test_sixteen_buyers_of_the_last_three_units_make_three_orders(wide_pool):
    shop = Shopfront(units=3)
    carts = [shop.cart() for _ in range(16)]

    def buyer(number):
        answers = shop.answers(email=f"buyer{number}@example.com")
        return lambda: services.place_order(carts[number], answers=answers, key="k", at=AT, language="fr")

    results = together([buyer(number) for number in range(16)])
    orders = [result for result in results if isinstance(result, Order)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert (len(orders), len(refused)) == (3, 13), results
    left = StockBalance.objects.get(place=shop.store.place)
    assert (left.physical, left.reserved) == (3, 3)
    assert len({order.number for order in orders}) == 3


def test_a_till_that_tells_a_payment_eight_times_at_once_is_paid_once(wide_pool):
    shop = Shopfront()
    order = shop.order()
    told = together(
        [
            lambda: services.record_payment(
                order, method=shop.in_store, amount=order.total, key="t", at=AT, store=shop.store
            )
        ]
        * 8
    )
    assert len({payment.pk for payment in told}) == 1
    order.refresh_from_db()
    assert order.paid_total == order.total


def test_two_buyers_of_the_last_unit_of_what_lies_in_a_bundle_make_one_order(wide_pool):
    shop = Shopfront(units=1)
    bundle = a_product("LOT", name="Gift box", price="20.00", channel=shop.channel)
    save_bundle(bundle, [(shop.product, 1)], at=AT)
    carts = [shop.cart((bundle, 1)), shop.cart((shop.product, 1)), shop.cart((bundle, 1))]

    def buyer(number):
        answers = shop.answers(email=f"buyer{number}@example.com")
        return lambda: services.place_order(carts[number], answers=answers, key="k", at=AT, language="fr")

    results = together([buyer(number) for number in range(len(carts))])
    assert sum(isinstance(result, Order) for result in results) == 1
    assert all(isinstance(result, Order | Refused) for result in results), results
    assert list(StockBalance.objects.filter(reserved__gt=0).values_list("product__sku", "reserved")) == [
        (shop.product.sku, 1)
    ]
