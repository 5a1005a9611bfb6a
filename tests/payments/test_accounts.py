"""Accounts with payment providers in Office: secrets go in, never out; a button tries them."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from altazion.lib.problems import Refused
from altazion.lib.sealing import unseal
from integrations.models import PaymentAccount
from integrations.services import reseal_secrets, save_payment_account
from orders import services
from tests.builders import AT, Shopfront, a_colleague
from tests.payments.strict_bank import PROOF, StrictBank

pytestmark = pytest.mark.django_db
ADD = "admin:integrations_paymentaccount_add"


@pytest.fixture
def bank(settings):
    made = StrictBank()
    settings.STRIPE_API = made.address
    yield made
    made.close()


def colleague(client, *rights):
    user = a_colleague()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)


def change(account):
    return reverse("admin:integrations_paymentaccount_change", args=[account.pk])


def try_it(account):
    return reverse("admin:integrations_paymentaccount_test", args=[account.pk])


def test_secrets_go_in_sealed_and_never_come_out(client, bank):
    colleague(client, "add_paymentaccount", "change_paymentaccount", "view_paymentaccount")
    said = {"name": "Stripe", "provider": "stripe_card", "active": "on"}
    for wrong in ({"key": "pk_live_1"}, {"proof": "sk_1"}):
        assert client.post(reverse(ADD), said | wrong).status_code == 200
    assert client.post(reverse(ADD), {**said, "key": "sk_test_strict", "proof": PROOF}).status_code == 302
    account = PaymentAccount.objects.get()
    assert unseal(account.sealed_key) == "sk_test_strict"
    text = client.get(change(account)).content.decode()
    assert "sk_test_strict" not in text
    assert PROOF not in text
    assert account.sealed_key not in text
    assert "/api/v1/payments/callback/stripe_card" in text
    client.post(change(account), {"name": "Stripe France", "active": "on"})
    account.refresh_from_db()
    assert (account.name, unseal(account.sealed_key)) == ("Stripe France", "sk_test_strict")
    client.post(try_it(account))
    account.refresh_from_db()
    assert account.test_passed is True
    client.post(change(account), {"name": "Stripe", "active": "on", "key": "sk_test_other"})
    client.post(try_it(account))
    account.refresh_from_db()
    assert account.test_passed is False
    assert account.test_message


def test_looking_is_not_trying(client):
    colleague(client, "view_paymentaccount")
    account = PaymentAccount.objects.create(provider="stripe_card", name="Stripe")
    assert client.post(try_it(account)).status_code == 403
    assert client.get(try_it(account)).status_code == 405


def test_an_account_without_keys_is_told_to_the_shopper_and_nothing_is_lost(client):
    shop = Shopfront()
    shop.card.provider = "stripe_card"
    shop.card.save()
    order = shop.order(pickup=False)
    answer = client.post(reverse("storefront:order_pay", args=[order.guid]), follow=True)
    assert answer.status_code == 200
    assert order.payments.get().state == "started"
    assert (
        client.post("/api/v1/payments/callback/stripe_card", b"{}", content_type="application/json").status_code == 503
    )


def test_secrets_move_to_the_newest_key_with_the_others(client, settings):
    account = PaymentAccount(provider="stripe_card", name="Stripe")
    save_payment_account(account, key="sk_test_1", proof=PROOF, at=AT)
    settings.SECRETS_KEYS = ["a new long key", *settings.SECRETS_KEYS]
    assert reseal_secrets(at=AT) == (1, [])
    settings.SECRETS_KEYS = ["a new long key"]
    account.refresh_from_db()
    assert (unseal(account.sealed_key), unseal(account.sealed_proof)) == ("sk_test_1", PROOF)


def test_pages_that_a_silent_bank_does_not_open_are_tried_again(bank):
    save_payment_account(PaymentAccount(provider="stripe_card", name="S"), key="sk_test_strict", proof=PROOF, at=AT)
    shop = Shopfront()
    shop.card.provider = "stripe_card"
    shop.card.save()
    order = shop.order(pickup=False)
    bank.silent = 9
    with pytest.raises(Refused) as refusal:
        services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=AT)
    assert refusal.value.status == 503
    bank.silent = 0
    assert services.start_payment(order, return_url="https://x/", callback_url="https://x/", at=AT)
    assert len(bank.sessions) == 1
