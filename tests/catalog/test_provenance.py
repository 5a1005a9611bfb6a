"""Where values come from: the page, the API, locks of many, sources in Office."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.enums import Scope
from catalog.models import Claim, FieldLock, FieldOrder, Product, Source
from catalog.selectors.provenance import provenance_of
from tests.builders import AT, a_colleague, a_product, an_api_key
from tests.catalog.test_claims import enrich, erp, overlay, product, world  # noqa: F401 - fixtures
from tests.pages import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told(overlay):  # noqa: F811
    erp({"sku": "T1", "name": "SHIP", "price": 5, "brand": "Acme", "attributes": {"age": "3"}})
    enrich({"sku": "T1", "name": "Pirate ship", "attributes": {"age": "6"}})


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True))
    return client


def page():
    return reverse("admin:catalog_product_sources", args=[product().pk])


def test_every_field_tells_its_winner_and_its_losers():
    rows = {row.field: row for row in provenance_of(product(), at=AT)}
    assert (rows["name"].winner.source.code, rows["name"].winner.value) == ("overlay", "Pirate ship")
    assert [(one.source.code, one.value) for one in rows["name"].others] == [("erp", "SHIP")]
    assert rows["name"].others[0].run
    assert (rows["brand"].winner.source.code, rows["brand"].text) == ("erp", "Acme")
    assert rows["attributes.age"].winner.value == 6


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow_with_the_fields(count, django_assert_max_num_queries):
    for n in range(count):
        enrich({"sku": "T1", "attributes": {f"a{n}": "x"}})
    with django_assert_max_num_queries(14):
        provenance_of(product(), at=AT)


def test_the_page_takes_a_losers_value_and_gives_it_back(office):
    html = office.get(page()).content.decode()
    assert "Pirate ship" in html
    assert "SHIP" in html
    source = Source.objects.get(code="erp").pk
    office.post(page(), {"verb": "take", "field": "name", "source": source})
    assert product().name == "SHIP"
    assert "Value of ERP taken" in office.get(page()).content.decode() or FieldLock.objects.exists()
    office.post(page(), {"verb": "back", "field": "name"})
    assert product().name == "Pirate ship"


@pytest.mark.parametrize(
    "sent",
    [
        {"verb": "take", "field": "name", "source": "99999999999999999999"},
        {"verb": "take", "field": "\0", "source": "x"},
        {"verb": "lock", "field": "name", "reason": ""},
        {"verb": "lock", "field": "name", "reason": "x", "until": "31/31/2026"},
        {"verb": "back", "field": "price"},
        {"verb": "unlock", "lock": "abc"},
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(office, sent):
    assert office.post(page(), sent, follow=True).status_code == 200
    assert product().name == "Pirate ship"
    assert not FieldLock.objects.exists()


def test_who_may_only_look_changes_nothing(client):
    looks = a_colleague("looks@altazion.test")
    looks.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(looks)
    assert client.get(page()).status_code == 200
    assert client.post(page(), {"verb": "lock", "field": "name", "reason": "x"}).status_code == 403
    client.force_login(a_colleague("none@altazion.test"))
    assert client.get(page()).status_code == 403


def test_a_locked_field_opens_on_the_form_and_closes_afterwards(office):
    form = reverse("admin:catalog_product_change", args=[product().pk])
    assert office.get(form).context["adminform"].form.fields["name"].disabled
    office.post(page(), {"verb": "lock", "field": "name", "reason": "campaign", "until": "2099-01-01"})
    html = office.get(form)
    assert not html.context["adminform"].form.fields["name"].disabled
    office.post(form, {**form_values(html.content.decode(), "product_form"), "name": "Mine"})
    assert product().name == "Mine"
    office.post(page(), {"verb": "unlock", "lock": FieldLock.objects.get().pk})
    assert product().name == "Pirate ship"


def test_locks_in_office_are_made_listed_and_lifted(office):
    add = reverse("admin:catalog_fieldlock_add")
    sent = {"product": product().pk, "field": "texts", "reason": "rewriting", "until_0": "", "until_1": ""}
    assert office.post(add, sent).status_code == 302, office.post(add, sent).content.decode()[:3000]
    lock = FieldLock.objects.get()
    assert "rewriting" in office.get(reverse("admin:catalog_fieldlock_changelist")).content.decode()
    assert office.post(add, {**sent, "family": "", "product": ""}).status_code == 200
    office.post(reverse("admin:catalog_fieldlock_delete", args=[lock.pk]), {"post": "yes"})
    assert not FieldLock.objects.exists()


def test_many_are_locked_after_a_page_that_says_so(office):
    a_product("T2", name="Other")
    ids = list(Product.objects.values_list("pk", flat=True))
    address = reverse("admin:catalog_product_bulk", args=["lock"])
    sent = {"id": ids, "said": "1", "what": "texts", "reason": "season", "until": ""}
    assert office.post(address, {**sent, "step": "preview"}).status_code == 200
    assert not FieldLock.objects.exists()
    office.post(address, {**sent, "step": "do"})
    assert FieldLock.objects.count() == 2
    office.post(reverse("admin:catalog_product_bulk", args=["unlock"]), {"id": ids, "said": "1", "step": "do"})
    assert not FieldLock.objects.exists()


def test_sources_and_orders_in_office(office):
    listed = office.get(reverse("admin:catalog_source_changelist")).content.decode()
    assert "ERP" in listed
    assert "enrich" in listed
    supplier = Source.objects.get(code="supplier")
    change = reverse("admin:catalog_source_change", args=[supplier.pk])
    sent = {"name": "Hasbro", "code": "supplier", "kind": "supplier", "position": 20, "flows": "hasbro\n\nenrich"}
    assert b"enrich" in office.post(change, sent, follow=True).content
    assert Source.objects.get(code="supplier").flows == []
    office.post(change, {**sent, "flows": "hasbro"})
    assert Source.objects.get(code="supplier").flows == ["hasbro"]
    erp_pk = Source.objects.get(code="erp").pk
    office.post(reverse("admin:catalog_fieldorder_add"), {"field": "texts", "first": erp_pk, "second": "", "third": ""})
    order = FieldOrder.objects.get()
    assert order.sources == [erp_pk]
    assert "ERP" in office.get(reverse("admin:catalog_fieldorder_changelist")).content.decode()
    office.post(reverse("admin:catalog_fieldorder_delete", args=[order.pk]), {"post": "yes"})
    assert not FieldOrder.objects.exists()


def test_the_api_tells_and_locks(client):
    key = {"headers": {"authorization": f"Bearer {an_api_key(Scope.CATALOG_READ, Scope.PRODUCTS_WRITE)}"}}
    told = client.get("/api/v1/products/T1/provenance", **key).json()
    name = next(one for one in told["items"] if one["field"] == "name")
    assert (name["winner"]["source"], name["others"][0]["value"]) == ("overlay", "SHIP")
    wrong = client.post("/api/v1/products/T1/locks", {"field": "price", "reason": "x"}, "application/json", **key)
    assert wrong.status_code == 422 or wrong.status_code == 400
    made = client.post("/api/v1/products/T1/locks", {"field": "name", "reason": "x"}, "application/json", **key)
    assert made.status_code == 201
    assert client.get("/api/v1/products/T1/locks", **key).json()[0]["of"] == "product"
    address = f"/api/v1/products/T1/locks/{made.json()['id']}"
    assert client.delete(address, **key).status_code == 204
    assert client.delete(address, **key).status_code == 404
    assert client.get("/api/v1/products/NONE/provenance", **key).status_code == 404
    assert Claim.objects.count() == 2
