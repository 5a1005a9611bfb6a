"""What imports changed of a product is found from the product."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from catalog.models import Product
from integrations.selectors import changes_of_product
from tests.builders import a_colleague, a_vat_rate
from tests.integrations.test_proposals import flow_of, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def bear(send):
    a_vat_rate()
    flow = flow_of("articles", ["sku", "name", "price", "brand"])
    for name, price, brand in (("Bear", 10, "Ours"), ("Bear", 10, "Ours"), ("Big <b>bear", 12, "Theirs")):
        send(flow, lines("sku;name;price;brand", [("A", name, price, brand), ("B", "Duck", price, "Ours")]))
    return Product.objects.get(sku="A")


def address(product):
    return reverse("admin:integrations_run_product", args=[product.pk])


def test_old_and_new_values_stand_with_their_run(client, bear):
    (last, changed), (_first, made) = changes_of_product("A")
    said = {(one.old, one.new) for one in changed}
    assert {("Bear", "Big <b>bear"), ("10.00", "12.00"), ("Ours", "Theirs")} <= said
    assert all(one.label == "A" for one in (*changed, *made))
    client.force_login(a_colleague(is_superuser=True, language="en"))
    html = client.get(address(bear)).content.decode()
    assert "Big &lt;b&gt;bear" in html
    assert reverse("admin:integrations_run_change", args=[last.pk]) in html
    assert address(bear) in client.get(reverse("admin:catalog_product_change", args=[bear.pk])).content.decode()


def test_an_untouched_product_says_what_will_stand_there(client, bear):
    Product.objects.filter(pk=bear.pk).update(sku="Other")
    client.force_login(a_colleague(is_superuser=True, language="en"))
    assert "changed nothing of this product" in client.get(address(bear)).content.decode()
    assert changes_of_product("") == []


def test_who_may_see_no_runs_sees_no_page(client, bear):
    user = a_colleague("bob@shop.test")
    user.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(user)
    assert client.get(address(bear)).status_code == 403
    assert address(bear) not in client.get(reverse("admin:catalog_product_change", args=[bear.pk])).content.decode()


@pytest.mark.parametrize("runs", [1, 3])
def test_the_page_takes_the_same_queries(bear, send, runs, django_assert_max_num_queries):
    flow = flow_of("prices", ["sku", "price"])
    for number in range(runs):
        send(flow, f"sku;price\nA;{20 + number}\n")
    with django_assert_max_num_queries(3):
        assert len(changes_of_product("A")) == 2 + runs
