"""Who changed what from what to what, and the way back for one field."""

import pytest

from altazion.lib.problems import NotFound, Refused
from catalog import services
from catalog.models import Attribute, BasePrice, Brand, Product
from logbook.models import Event
from tests.builders import AT, a_colleague, a_price, a_product

pytestmark = pytest.mark.django_db


def last():
    return Event.objects.order_by("-id").first()


def test_a_change_keeps_old_and_new_of_what_differs_only():
    product = a_product("P", name="Old")
    services.change_product(product, {"name": "New", "importance": 100}, at=AT, actor="anna")
    assert last().data["was"] == {"name": ["Old", "New"]}


@pytest.mark.parametrize("field", ["name", "description", "importance", "brand", "attributes.age"])
def test_one_field_goes_back(field):
    Attribute.objects.create(code="age", name="Age", type="N")
    product = a_product("P", name="Old", attributes={"age": 4})
    brand = Brand.objects.create(code="b", slug="b", name="B")
    before = Product.objects.get(pk=product.pk)
    everything = {"name": "New", "description": "<p>x</p>", "importance": 300, "brand": brand, "attributes": {"age": 6}}
    services.change_product(product, everything, at=AT)
    services.undo_field(product, last().pk, field, at=AT)
    after = Product.objects.get(pk=product.pk)
    if field == "attributes.age":
        assert after.attributes == {"age": 4}
        assert after.name == "New"
    else:
        assert getattr(after, field) == getattr(before, field)
        assert after.attributes == {"age": 6}


def test_a_price_goes_back():
    product = a_product("P", price=10)
    price = product.prices.get()
    price.amount = 12
    services.save_prices(product, [price], at=AT)
    assert last().data["was"] == {"price": ["10.00", "12.00"]}
    services.undo_field(product, last().pk, "price", at=AT)
    assert str(BasePrice.objects.get().amount) == "10.00"


def test_undo_is_refused_when_changed_since_fed_gone_cut_or_of_another():
    product = a_product("P", name="One")
    services.change_product(product, {"name": "Two"}, at=AT)
    event = last()
    services.change_product(product, {"name": "Three"}, at=AT)
    with pytest.raises(Refused) as refusal:
        services.undo_field(product, event.pk, "name", at=AT)
    assert refusal.value.code == "changed_since"
    latest = last()
    Product.objects.update(fed_fields=["name"], source="erp")
    with pytest.raises(Refused) as refusal:
        services.undo_field(product, latest.pk, "name", at=AT)
    assert refusal.value.code == "fed"
    with pytest.raises(NotFound):
        services.undo_field(a_product("Q"), latest.pk, "name", at=AT)
    brand = Brand.objects.create(code="b", slug="b", name="B")
    other = a_product("R", brand=brand)
    services.change_product(other, {"brand": None, "description": "x" * 5000}, at=AT)
    brand.delete()
    with pytest.raises(Refused) as refusal:
        services.undo_field(other, last().pk, "brand", at=AT)
    assert refusal.value.code == "gone"
    with pytest.raises(Refused) as refusal:
        services.undo_field(other, last().pk, "description", at=AT)
    assert refusal.value.code == "cut"


def test_the_log_shows_it_and_its_button_undoes_it(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    product = a_product("P", name="Old name")
    a_price(product, 5)
    services.change_product(product, {"name": "New name"}, at=AT, actor="anna")
    event = last()
    html = client.get(f"/office/catalog/product/{product.pk}/change/").content.decode()
    assert "Old name" in html
    assert f'value="{event.pk}:name"' in html
    client.post(f"/office/catalog/product/{product.pk}/undo/", {"change": f"{event.pk}:name"})
    product.refresh_from_db()
    assert product.name == "Old name"
    for nonsense in ("", "x", "9" * 30 + ":name", f"{event.pk}:state", "0:\0"):
        assert client.post(f"/office/catalog/product/{product.pk}/undo/", {"change": nonsense}).status_code == 302
