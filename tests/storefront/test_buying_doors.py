"""Whose order is it, who may sign in, what the pages never tell (COM-6)."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from customers.services import register_customer
from orders.models import Cart
from tests.builders import AT, Shopfront, a_colleague

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def shop():
    cache.clear()
    return Shopfront()


def a_shopper(email):
    user = User.objects.create_user(email, PASSWORD, kind="shopper", first_name="Léa", last_name="Petit")
    return user, register_customer(user, at=AT)


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(reverse("storefront:login"), {"username": email, "password": password, **more})


def test_an_accounts_order_opens_for_its_owner_alone(client, shop):
    lea, customer = a_shopper("lea@example.com")
    tom, _other = a_shopper("tom@example.com")
    order = shop.order(customer=customer)
    paths = [reverse(f"storefront:{name}", args=[order.guid]) for name in ("order", "order_state")]
    posts = [reverse(f"storefront:{name}", args=[order.guid]) for name in ("order_pay", "order_again")]
    for stranger in (None, tom, a_colleague()):
        client.logout()
        if stranger:
            client.force_login(stranger)
        asked = [client.get(path) for path in paths]
        assert [answer.status_code for answer in asked] == [404 if stranger else 302, 404]
        assert order.number not in "".join(answer.content.decode() for answer in asked)
        assert [client.post(path).status_code for path in posts] == [404, 404]
    client.force_login(lea)
    assert [client.get(path).status_code for path in paths] == [200, 200]


def test_a_guests_order_opens_for_whoever_knows_its_address(client, shop):
    order = shop.order()
    assert client.get(reverse("storefront:order", args=[order.guid])).status_code == 200
    assert client.get(reverse("storefront:order", args=["00000000-0000-4000-8000-000000000000"])).status_code == 404


def test_an_account_lists_its_own_orders_only(client, shop):
    lea, hers = a_shopper("lea@shop.test")
    _tom, his = a_shopper("tom@shop.test")
    mine = shop.order(customer=hers, email="lea@shop.test")
    theirs = shop.order(customer=his, email="lea@shop.test")
    client.force_login(lea)
    page = client.get(reverse("storefront:account_orders")).content.decode()
    assert mine.number in page
    assert theirs.number not in page


def test_somebody_elses_address_is_not_found(client, shop):
    lea, _hers = a_shopper("lea@shop.test")
    _tom, his = a_shopper("tom@shop.test")
    address = his.addresses.create(recipient="Tom", line1="1", postcode="69001", city="Lyon")
    client.force_login(lea)
    assert client.get(reverse("storefront:account_address", args=[address.pk])).status_code == 404
    assert client.post(reverse("storefront:account_address_remove", args=[address.pk])).status_code == 404
    assert his.addresses.exists()


@pytest.mark.parametrize("name", ["account", "account_orders", "account_profile", "account_addresses"])
def test_the_account_asks_who_one_is(client, name):
    answer = client.get(reverse(f"storefront:{name}"))
    assert answer.status_code == 302
    assert reverse("storefront:login") in answer.url


def test_signing_in_joins_the_baskets(client, shop):
    _lea, customer = a_shopper("lea@example.com")
    client.post(reverse("storefront:basket_add"), {"product": shop.product.pk, "quantity": 2})
    assert sign_in(client, "LEA@example.com").status_code == 302
    assert Cart.objects.get(ordered_at=None).customer == customer
    client.post(reverse("storefront:logout"))
    assert client.get(reverse("storefront:basket")).context["basket"].lines == ()


def test_signing_in_leads_only_to_our_own_pages(client):
    a_shopper("lea@example.com")
    answer = sign_in(client, "lea@example.com", next="https://evil.example/")
    assert "evil" not in answer.url


def test_a_wrong_password_and_an_unknown_address_look_the_same(client):
    a_shopper("lea@example.com")
    pages = [
        re.sub(r'(value|nonce)="[^"]*"', "", sign_in(client, email, "wrong").content.decode())
        for email in ("lea@example.com", "nobody@example.com")
    ]
    different = [(a, b) for a, b in zip(*(page.splitlines() for page in pages), strict=True) if a != b]
    assert different == []


def test_the_seventh_wrong_try_must_wait_and_is_told_how_long(client):
    a_shopper("lea@example.com")
    for _ in range(6):
        assert sign_in(client, "lea@example.com", "wrong").status_code == 422
    answer = sign_in(client, "lea@example.com")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "15" in answer.content.decode()
    a_shopper("tom@example.com")
    assert sign_in(client, "tom@example.com").status_code == 302


def register(client, email):
    return client.post(reverse("storefront:register"), {"email": email, "first_name": "Léa", "last_name": "Petit"})


def test_an_account_is_opened_through_the_mailbox_and_signed_in_at_once(client):
    answer = register(client, "new@example.com")
    assert answer.url == reverse("storefront:password_reset_done")
    link = re.search(r"https?://testserver(\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    assert client.post(address, {"new_password1": "short", "new_password2": "short"}).status_code == 422
    done = client.post(address, {"new_password1": "tall blue tree", "new_password2": "tall blue tree"})
    assert done.url == reverse("storefront:account")
    assert client.get(done.url).status_code == 200
    assert client.get(link, follow=True).context["validlink"] is False


def test_registering_a_known_address_says_the_same_and_changes_nothing(client):
    lea, _customer = a_shopper("lea@example.com")
    assert register(client, "lea@example.com").url == register(client, "new@example.com").url
    lea.refresh_from_db()
    assert lea.check_password(PASSWORD)
    assert User.objects.filter(email__iexact="lea@example.com").count() == 1


@pytest.mark.parametrize("email", ["lea@example.com", "nobody@example.com"])
def test_a_forgotten_password_never_tells_whether_the_address_is_known(client, email):
    a_shopper("lea@example.com")
    answer = client.post(reverse("storefront:password_reset"), {"email": email})
    assert answer.url == reverse("storefront:password_reset_done")
    assert len(mail.outbox) == (email == "lea@example.com")


def test_profile_and_address_book_keep_what_is_typed_and_refuse_what_cannot_be(client):
    lea, customer = a_shopper("lea@example.com")
    client.force_login(lea)
    profile = reverse("storefront:account_profile")
    assert client.post(profile, {"first_name": "", "last_name": "P", "phone": "x"}).status_code == 422
    client.post(profile, {"first_name": "Lea", "last_name": "Grand", "phone": "0612345678", "accepts_news": "on"})
    customer.refresh_from_db()
    assert (customer.last_name, customer.accepts_news) == ("Grand", True)
    book = reverse("storefront:account_addresses")
    home = {"recipient": "Léa", "line1": "1 rue Haute", "postcode": "69001", "city": "Lyon", "country": "FR"}
    assert client.post(book, {**home, "postcode": "x"}).status_code == 422
    assert client.post(book, home).status_code == 302
    first = customer.addresses.get()
    assert first.is_default
    change = reverse("storefront:account_address", args=[first.pk])
    client.post(change, {**home, "city": "Villeurbanne"})
    client.post(book, {**home, "line1": "2 rue Basse", "is_default": "on"})
    assert customer.addresses.get(is_default=True).line1 == "2 rue Basse"
    client.post(reverse("storefront:account_address_remove", args=[customer.addresses.get(is_default=True).pk]))
    assert customer.addresses.get().is_default


def test_a_shopper_with_an_account_orders_with_what_is_known(client, shop):
    lea, customer = a_shopper("lea@example.com")
    customer.addresses.create(recipient="L", line1="1 rue Haute", postcode="69001", city="Lyon", is_default=True)
    client.force_login(lea)
    client.post(reverse("storefront:basket_add"), {"product": shop.product.pk, "quantity": 1})
    page = client.get(reverse("storefront:checkout")).content.decode()
    assert 'value="lea@example.com"' in page
    assert 'value="1 rue Haute"' in page
