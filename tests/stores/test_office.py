import pytest
from django.urls import reverse

from customers.models import Customer
from stores.models import Store
from tests.builders import AT, a_colleague, a_store
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def test_hours_are_typed_as_people_write_them(office):
    url = reverse("admin:stores_store_add")
    data = form_values(office.get(url).content.decode(), "store_form")
    data |= {"code": "LYON", "name": "Lyon", "country": "fr", "day_1": "9:30-12:30, 14h-19h", "day_6": "10:00-18:00"}
    assert office.post(url, data).status_code == 302
    store = Store.objects.get()
    assert store.hours == {"1": [["09:30", "12:30"], ["14:00", "19:00"]], "6": [["10:00", "18:00"]]}
    assert store.country == "FR"
    page = reverse("admin:stores_store_change", args=[store.pk])
    html = office.get(page).content.decode()
    assert "09:30-12:30, 14:00-19:00" in html
    for wrong in ("all day", "19:00-9:00", "9:00-12:00, 11:00-14:00", "25:00-26:00"):
        assert office.post(page, form_values(html, "store_form") | {"day_1": wrong}).status_code == 200


def test_what_an_import_feeds_is_locked(office):
    store = a_store("FED", name="Fed", fed_fields=["name", "hours"], source="erp-stores")
    page = reverse("admin:stores_store_change", args=[store.pk])
    html = office.get(page).content.decode()
    assert "erp-stores" in html
    data = form_values(html, "store_form") | {"name": "Forged", "day_1": "8:00-9:00", "city": "Paris"}
    assert office.post(page, data).status_code == 302
    store.refresh_from_db()
    assert (store.name, store.hours, store.city) == ("Fed", {}, "Paris")


def test_a_store_is_archived_and_brought_back(office):
    store = a_store("S")
    url = reverse("admin:stores_store_changelist")
    office.post(url, {"action": "put_away", "_selected_action": [store.pk]})
    assert Store.objects.get().archived
    office.post(url, {"action": "bring_back", "_selected_action": [store.pk]})
    assert not Store.objects.get().archived


@pytest.mark.parametrize("query", ["lovelace", "ADA@shop", "0601", "C-77"])
def test_a_customer_is_found_by_what_they_say(office, query):
    ada = Customer.objects.create(
        email="ada@shop.test",
        first_name="Ada",
        last_name="Lovelace",
        phone="0601020304",
        erp_code="C-77",
        created_at=AT,
    )
    Customer.objects.create(email="eve@shop.test", last_name="Other", created_at=AT)
    html = office.get(reverse("admin:customers_customer_changelist"), {"q": query}).content.decode()
    assert "ada@shop.test" in html
    assert "eve@shop.test" not in html
    assert office.get(reverse("admin:customers_customer_change", args=[ada.pk])).status_code == 200
