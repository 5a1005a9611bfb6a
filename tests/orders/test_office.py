"""Orders in Office: what a colleague sees and may do."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders import services
from orders.models import Order
from tests.builders import AT, Shopfront, a_colleague, a_reason, a_store

pytestmark = pytest.mark.django_db
LIST = "admin:orders_order_changelist"


@pytest.fixture
def shop():
    return Shopfront()


def colleague(client, *rights, email="anna@shop.test", **fields):
    user = a_colleague(email, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return user


def page(order):
    return reverse("admin:orders_order_change", args=[order.pk])


def act(client, order, verb, **more):
    return client.post(reverse("admin:orders_order_act", args=[order.pk]), {"verb": verb, **more}, follow=True)


def test_an_order_tells_its_story_in_sentences(client, shop):
    colleague(client, "view_order", "change_order")
    order = shop.order((shop.product, 2))
    services.record_payment(
        order, method=shop.in_store, amount=order.total, key="k", at=AT, store=shop.store, till="7", actor="till"
    )
    text = client.get(page(order)).content.decode()
    for word in (order.number, shop.product.sku, shop.store.name, "25,80", "7", order.email):
        assert word in text
    assert "orders.payment_received" not in text


def test_buttons_lead_an_order_through_its_life(client, shop):
    colleague(client, "view_order", "change_order")
    order = shop.order()
    act(client, order, "ready")
    act(client, order, "hand_over")
    assert Order.objects.get().state == "ready", "not paid yet"
    services.record_payment(order, method=shop.in_store, amount=order.total, key="k", at=AT, store=shop.store)
    act(client, order, "hand_over")
    assert Order.objects.get().state == "done"


def test_cancelling_asks_for_a_reason(client, shop):
    colleague(client, "view_order", "change_order")
    order = shop.order()
    act(client, order, "cancel", reason=" ")
    assert Order.objects.get().state == "placed"
    a_reason("never_collected", "Never collected", description="")
    act(client, order, "cancel", reason="never_collected")
    assert Order.objects.get().state == "cancelled"
    assert "Never collected" in client.get(page(order)).content.decode()


def test_looking_is_not_acting(client, shop):
    colleague(client, "view_order")
    order = shop.order()
    assert "or-cancel" not in client.get(page(order)).content.decode()
    assert act(client, order, "ready").status_code == 403
    assert client.get(reverse("admin:orders_order_act", args=[order.pk])).status_code == 404
    assert Order.objects.get().state == "placed"


def test_a_store_account_sees_the_orders_of_its_stores_only(client, shop):
    user = colleague(client, "view_order", "change_order", "view_payment", "view_cart", kind="store")
    order = shop.order()
    user.stores.add(a_store("PARIS"))
    assert order.number not in client.get(reverse(LIST)).content.decode()
    assert client.get(page(order)).status_code in {302, 404}
    assert act(client, order, "ready").status_code == 404
    user.stores.add(shop.store)
    assert order.number in client.get(reverse(LIST)).content.decode()
    assert client.get(page(order)).status_code == 200
    for name in ("payment", "cart"):
        assert client.get(reverse(f"admin:orders_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("query", ["?q=W26", "?q=lea@example.com", "?q=%00x", "?state__exact=placed", "?store=LYON"])
def test_the_list_can_be_searched_and_filtered(client, shop, query):
    colleague(client, "view_order")
    shop.order()
    assert client.get(reverse(LIST) + query.replace("%00", "")).status_code == 200


def test_orders_of_a_store_are_found_by_typing_its_name(client, shop):
    order = shop.order()
    elsewhere = a_store("NIC", name="Nice")
    colleague(client, "view_order", "view_store")
    page = client.get(reverse(LIST)).content.decode()
    assert "admin-autocomplete" in page
    assert "Nice" not in page  # stores are asked for as one types
    assert order.number in client.get(reverse(LIST), {"store": order.store_id}).content.decode()
    assert order.number not in client.get(reverse(LIST), {"store": elsewhere.pk}).content.decode()
    for odd in ("LYON", "0", "-1", "9" * 30, "%00"):
        assert client.get(reverse(LIST), {"store": odd}).status_code in (200, 302, 400)


def test_the_list_and_the_page_ask_as_often_for_one_order_as_for_three(client, shop):
    colleague(client, "view_order")
    counts = []
    for orders in (1, 2):
        for _ in range(orders):
            order = shop.order(
                *[(shop.product, 1)] if orders == 1 else [(shop.product, 1), (shop.another("X" + str(_), 5), 1)]
            )
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(LIST))
            client.get(page(order))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_payment_methods_refuse_limits_and_providers_that_cannot_be(client, shop):
    client.force_login(a_colleague("boss@shop.test", is_superuser=True))
    address = reverse("admin:orders_paymentmethod_add")
    said = {
        "code": "x",
        "name": "X",
        "kind": "card",
        "provider": "nobody",
        "channels": [shop.channel.pk],
        "min_amount": "10",
        "max_amount": "5",
        "hold_minutes": "30",
        "position": "1",
    }
    errors = client.post(address, said).context["errors"]
    assert len(errors) >= 2
    assert client.post(address, {**said, "provider": "sandbox_card", "max_amount": "50"}).status_code == 302


@pytest.mark.parametrize(
    "model",
    ["orders_order", "orders_payment", "orders_cart", "orders_paymentmethod", "accounting_entry", "accounting_journal"],
)
def test_every_list_of_the_room_opens(client, shop, model):
    client.force_login(a_colleague("boss@shop.test", is_superuser=True))
    order = shop.order(pickup=False)
    services.start_payment(order, return_url="", callback_url="", at=AT)
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
