"""Baskets: what may lie in them, how they meet at sign-in, what leaves them."""

import pytest

from altazion.lib.problems import Refused
from catalog.models import Publication
from customers.services import register_customer
from orders import services
from orders.models import Cart
from orders.selectors import basket, count_in
from tests.builders import AT, Shopfront, a_colleague, a_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Shopfront()


def test_adding_a_product_twice_adds_the_quantities(shop):
    cart = shop.cart((shop.product, 2), (shop.product, 3))
    assert cart.lines.get().quantity == 5
    assert count_in(cart) == 5


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_a_quantity_outside_1_to_999_is_refused(shop, quantity):
    cart = shop.cart()
    with pytest.raises(Refused) as refusal:
        services.add_to_cart(cart, shop.product.pk, quantity, at=AT)
    assert refusal.value.field == "quantity"
    assert cart.lines.get().quantity == 1


def test_a_parent_cannot_be_added_but_its_child_can(shop):
    parent = a_product("PARENT", kind="parent", channel=shop.channel)
    child = a_product("CHILD", parent=parent, price=5)
    cart = services.open_cart(shop.channel, AT)
    with pytest.raises(Refused):
        services.add_to_cart(cart, parent.pk, 1, at=AT)
    services.add_to_cart(cart, child.pk, 1, at=AT)
    assert cart.lines.get().product == child


def test_what_is_not_published_here_or_does_not_exist_cannot_be_added(shop):
    hidden, cart = a_product("HIDDEN", price=5), shop.cart()
    for product_id in (hidden.pk, 99999999):
        with pytest.raises(Refused):
            services.add_to_cart(cart, product_id, 1, at=AT)


def test_setting_zero_takes_a_line_out(shop):
    cart = shop.cart()
    services.set_quantity(cart, shop.product.pk, 0, at=AT)
    assert not cart.lines.exists()


def test_what_is_withdrawn_leaves_the_basket_with_its_name(shop):
    other = shop.another("TOY-2", 5)
    cart = shop.cart((shop.product, 1), (other, 1))
    Publication.objects.filter(product=other).delete()
    assert services.drop_unsold(cart, at=AT) == [other.name]
    assert services.drop_unsold(cart, at=AT) == []
    assert [line.product for line in cart.lines.all()] == [shop.product]


def test_baskets_meet_at_sign_in_and_the_larger_quantity_stays(shop):
    customer = register_customer(a_colleague("lea@example.com"), at=AT)
    other = shop.another("TOY-2", 5)
    old = shop.cart((shop.product, 5), (other, 1))
    Cart.objects.filter(pk=old.pk).update(customer=customer)
    here = shop.cart((shop.product, 2))
    merged = services.merge_at_login(here.token, customer, shop.channel, at=AT)
    assert merged == here
    assert dict(merged.lines.values_list("product", "quantity")) == {shop.product.pk: 5, other.pk: 1}
    again = services.merge_at_login(here.token, customer, shop.channel, at=AT)
    assert again == here
    assert again.lines.count() == 2


def test_somebody_elses_basket_is_not_taken_over(shop):
    lea = register_customer(a_colleague("lea@example.com"), at=AT)
    tom = register_customer(a_colleague("tom@example.com"), at=AT)
    cart = shop.cart()
    Cart.objects.filter(pk=cart.pk).update(customer=lea)
    assert services.merge_at_login(cart.token, tom, shop.channel, at=AT) is None


def test_an_ordered_basket_does_not_change_any_more(shop):
    cart = shop.cart()
    services.place_order(cart, answers=shop.answers(), key="k", at=AT, language="fr")
    with pytest.raises(services.CartIsOrdered):
        services.add_to_cart(cart, shop.product.pk, 1, at=AT)
    with pytest.raises(services.CartIsOrdered):
        services.set_quantity(cart, shop.product.pk, 2, at=AT)


def test_a_basket_costs_the_same_queries_for_one_line_and_for_three(shop, django_assert_max_num_queries):
    small = shop.cart()
    large = shop.cart(*[(shop.another(f"MORE-{n}", 5), 1) for n in range(3)])
    for made in (small, large):
        cart = Cart.objects.select_related("channel").get(pk=made.pk)
        with django_assert_max_num_queries(9):
            basket(cart, at=AT, language="fr", store=shop.store)


def test_a_product_that_lost_its_price_is_left_out_of_the_sums(shop):
    other = shop.another("TOY-2", 5)
    cart = shop.cart((shop.product, 1), (other, 1))
    other.prices.all().delete()
    seen = basket(cart, at=AT, language="fr")
    assert [line.product for line in seen.lines] == [shop.product]
