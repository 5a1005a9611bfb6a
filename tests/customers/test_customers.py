import pytest

from accounts.models import User
from altazion.lib.problems import Invalid
from customers import selectors, services
from customers.models import Customer
from tests.builders import AT

pytestmark = pytest.mark.django_db
HOME = {"recipient": "Ada L", "line1": "1 rue X", "postcode": "69001", "city": "Lyon"}


def test_an_account_has_one_customer():
    account = User.objects.create_user("ada@shop.test", "a long password", first_name="Ada")
    customer = services.register_customer(account, at=AT)
    assert customer.first_name == "Ada"
    assert services.register_customer(account, at=AT) == customer
    assert selectors.customer_of(account) == customer


def test_a_guest_is_known_again_but_never_becomes_someone_with_an_account():
    account = User.objects.create_user("ada@shop.test", "a long password")
    known = services.register_customer(account, at=AT)
    guest = services.guest_customer("Ada@Shop.test", at=AT, first_name="Eve")
    assert guest != known
    assert services.guest_customer("ada@shop.test", at=AT, last_name="L") == guest
    assert Customer.objects.get(pk=known.pk).first_name == ""
    with pytest.raises(Invalid):
        services.guest_customer("nobody", at=AT)


def test_the_first_address_is_the_default_and_the_same_is_not_noted_twice():
    customer = services.guest_customer("ada@shop.test", at=AT)
    first = services.add_address(customer, at=AT, **HOME)
    assert first.is_default
    assert services.add_address(customer, at=AT, **HOME) == first
    second = services.add_address(customer, at=AT, is_default=True, **{**HOME, "city": "Paris"})
    assert selectors.addresses_of(customer) == [second, first]
    with pytest.raises(Invalid) as refusal:
        services.add_address(customer, at=AT, **{**HOME, "city": " "})
    assert refusal.value.field == "city"
