"""Buying in the shop, as a browser without JavaScript does it."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.services.parties import buyer_of, delivery_of
from catalog.models import BasePrice, Publication
from logistics.models import StockBalance
from orders.models import Cart, Order, Payment
from orders.services import issue_voucher
from tests.builders import AT, Shopfront

pytestmark = pytest.mark.django_db
WHO = {"email": "lea@example.com", "first_name": "Léa", "last_name": "Petit", "phone": "06 12 34 56 78", "terms": "on"}
HOME = {"delivery_mode": "home", "payment_method": "card", "line1": "1 rue Haute", "postcode": "69001", "city": "Lyon"}
PICKUP = {"delivery_mode": "pickup", "store": "LYON", "payment_method": "store"}


@pytest.fixture
def shop():
    return Shopfront()


def fill(client, shop, quantity=1):
    return client.post(reverse("storefront:basket_add"), {"product": shop.product.pk, "quantity": quantity})


def seen(client, **answers):
    """What the checkout shows for these answers."""
    page = client.post(reverse("storefront:checkout"), {**WHO, **answers, "update": "1"})
    assert page.status_code == 200
    return re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]


def order(client, **answers):
    return client.post(
        reverse("storefront:checkout"), {**WHO, "country": "FR", **answers, "seen": seen(client, **answers)}
    )


def test_a_guest_orders_for_pickup_and_pays_in_the_store(client, shop):
    assert fill(client, shop, 2).status_code == 302
    basket = client.get(reverse("storefront:basket")).content.decode()
    assert "25,80" in basket
    assert client.get(reverse("storefront:checkout")).status_code == 200
    answer = order(client, **PICKUP)
    placed = Order.objects.get()
    assert answer.url == f"{reverse('storefront:order', args=[placed.guid])}?thanks=1"
    page = client.get(answer.url).content.decode()
    assert placed.number in page
    assert shop.store.name in page
    assert client.get(reverse("storefront:basket")).context["basket"].lines == ()
    assert placed.email == "lea@example.com"
    assert not Payment.objects.exists()


def test_a_guest_orders_for_delivery_and_pays_by_card_at_the_sandbox_bank(client, shop):
    fill(client, shop)
    answer = order(client, **HOME)
    placed = Order.objects.get()
    assert str(placed.total) == "17.80"
    assert "/sandbox-bank/" in answer.url
    assert client.get(answer.url).status_code == 200
    back = client.post(answer.url, {"outcome": "decline"})
    assert "declin" in client.get(back.url).content.decode() or "refus" in client.get(back.url).content.decode()
    placed.refresh_from_db()
    assert placed.payment_state == "due"
    again = client.post(reverse("storefront:order_pay", args=[placed.guid]))
    assert "/sandbox-bank/" in again.url
    assert again.url != answer.url
    client.post(again.url, {"outcome": "pay"})
    placed.refresh_from_db()
    assert placed.payment_state == "paid"
    assert placed.hold_until is None


def test_coming_back_from_the_bank_proves_nothing(client, shop):
    fill(client, shop)
    order(client, **HOME)
    placed = Order.objects.get()
    page = client.get(reverse("storefront:order", args=[placed.guid]) + "?bank=1&outcome=paid&status=success")
    assert page.status_code == 200
    placed.refresh_from_db()
    assert placed.payment_state == "due"


def test_a_double_click_and_a_second_tab_give_the_same_order(client, shop):
    fill(client, shop)
    first = order(client, **PICKUP)
    second = client.post(reverse("storefront:checkout"), {**WHO, **PICKUP, "seen": "whatever"})
    assert Order.objects.count() == 1
    assert str(Order.objects.get().guid) in first.url
    assert str(Order.objects.get().guid) in second.url


def test_a_changed_price_is_shown_before_anything_is_ordered(client, shop):
    fill(client, shop)
    word = seen(client, **PICKUP)
    BasePrice.objects.update(amount=20)
    answer = client.post(reverse("storefront:checkout"), {**WHO, **PICKUP, "seen": word})
    assert answer.status_code == 422
    assert "20,00" in answer.content.decode()
    assert not Order.objects.exists()
    again = re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]
    client.post(reverse("storefront:checkout"), {**WHO, **PICKUP, "seen": again})
    assert Order.objects.get().total == 20


def test_units_that_went_meanwhile_are_told_of_and_answers_stay(client, shop):
    fill(client, shop, 3)
    word = seen(client, **PICKUP)
    StockBalance.objects.update(physical=1)
    answer = client.post(reverse("storefront:checkout"), {**WHO, **PICKUP, "seen": word})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert shop.product.sku in page
    assert 'value="Petit"' in page
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": ""}, "email"),
        ({"first_name": " "}, "first_name"),
        ({"phone": "call me"}, "phone"),
        ({"postcode": "ABC"}, "postcode"),
        ({"line1": ""}, "line1"),
        ({"terms": ""}, "terms"),
        ({"payment_method": ""}, "payment_method"),
        ({"first_name": "x" * 300}, "first_name"),
    ],
)
def test_each_error_stands_at_its_field_and_is_told_to_those_who_listen(client, shop, answers, field):
    fill(client, shop)
    answer = client.post(reverse("storefront:checkout"), {**WHO, **HOME, "country": "FR", **answers})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert 'id="error-summary"' in page
    if field != "payment_method":
        assert 'aria-invalid="true"' in page
        assert "autofocus" in page
    assert not Order.objects.exists()


@pytest.mark.parametrize("product", ["", "x", "-1", "999999", "1" * 30, "1; DROP TABLE"])
def test_adding_nonsense_is_a_message_and_never_an_error(client, shop, product):
    assert client.post(reverse("storefront:basket_add"), {"product": product, "quantity": 1}).status_code == 302
    htmx = {"HTTP_HX_REQUEST": "true"}
    answer = client.post(reverse("storefront:basket_add"), {"product": product, "quantity": "many"}, **htmx)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_htmx_gets_the_basket_alone_and_the_new_count(client, shop):
    fill(client, shop)
    answer = client.post(
        reverse("storefront:basket_line"), {"product": shop.product.pk, "quantity": 3}, HTTP_HX_REQUEST="true"
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page
    assert "38,70" in page


def test_what_was_withdrawn_leaves_the_basket_with_a_word(client, shop):
    fill(client, shop)
    Publication.objects.all().delete()
    assert shop.product.name in client.get(reverse("storefront:basket")).content.decode()
    assert client.get(reverse("storefront:checkout")).url == reverse("storefront:basket")


def test_the_same_can_be_ordered_again(client, shop):
    fill(client, shop, 2)
    order(client, **PICKUP)
    placed = Order.objects.get()
    answer = client.post(reverse("storefront:order_again", args=[placed.guid]))
    assert answer.url == reverse("storefront:basket")
    assert Cart.objects.get(ordered_at=None).lines.get().quantity == 2


def test_checkout_without_a_basket_leads_to_the_basket(client, shop):
    for call in (client.get, client.post):
        assert call(reverse("storefront:checkout")).url == reverse("storefront:basket")


def test_a_forged_cookie_is_no_basket(client, shop):
    for value in ("nonsense", "00000000-0000-0000-0000-000000000000", "x" * 5000):
        client.cookies["cart"] = value
        assert client.get(reverse("storefront:basket")).status_code == 200


@pytest.mark.parametrize("page", ["storefront:basket", "storefront:checkout"])
def test_a_page_asks_as_often_for_one_line_as_for_four(client, shop, page):
    fill(client, shop)
    client.get(reverse(page))
    counts = []
    for more in ([], ["A", "B", "C"]):
        for sku in more:
            client.post(reverse("storefront:basket_add"), {"product": shop.another(sku, 5).pk, "quantity": 1})
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(page))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 26


def test_an_address_without_a_number_is_asked_about_once_and_may_have_none(client, shop):
    fill(client, shop)
    castle = {**HOME, "line1": "Château du Haut"}
    page = order(client, **castle)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["line1"]
    assert 'name="no_number"' in page.content.decode()
    assert 'name="no_number"' not in client.get(reverse("storefront:checkout")).content.decode()
    assert order(client, **castle, no_number="on").status_code == 302
    assert Order.objects.get().address["line1"] == "Château du Haut"


@pytest.mark.parametrize("way", [HOME, PICKUP])
def test_a_company_stands_on_the_order_for_its_invoice(client, shop, way):
    fill(client, shop)
    page = order(client, **way, company="Crèche SARL", vat_number="FR00 123")
    assert list(page.context["form"].errors) == ["vat_number"]
    page = order(client, **way, vat_number="FR44732829320")
    assert list(page.context["form"].errors) == ["company"]
    assert "<details open>" in page.content.decode()
    assert order(client, **way, company="Crèche SARL", vat_number="FR44 732829320").status_code == 302
    placed = Order.objects.get()
    assert (placed.address["company"], placed.address["vat_number"]) == ("Crèche SARL", "FR44732829320")
    buyer = buyer_of(placed)
    assert (buyer.name, buyer.contact, buyer.vat_number) == ("Crèche SARL", "Léa Petit", "FR44732829320")
    assert (delivery_of(placed).name == "Store LYON") == (way is PICKUP)
    assert client.get(reverse("storefront:order", args=[placed.guid])).status_code == 200


def test_a_gift_card_pays_its_part_in_the_checkout_and_the_bank_is_asked_for_the_rest(client, shop):
    cache.clear()
    _card, code = issue_voucher(Decimal(5), reason="sold", key="c", at=AT, actor="anna")
    fill(client, shop)
    wrong = order(client, **HOME, gift_code="NO-SUCH-CODE")
    assert wrong.status_code == 422
    assert 'id="gift_code-error"' in wrong.content.decode()
    assert not Order.objects.exists()
    answer = order(client, **HOME, gift_code=code)
    assert "/sandbox-bank/" in answer.url
    client.post(answer.url, {"outcome": "pay"})
    placed = Order.objects.get()
    assert placed.payment_state == "paid"
    assert sorted(placed.payments.values_list("amount", flat=True)) == [Decimal("5.00"), Decimal("12.80")]
