"""One verb for many products, the copy of one, and filters kept under a name."""

import re
from decimal import Decimal

import pytest

from accounts.models import SavedFilter
from catalog import services
from catalog.enums import ProductState
from catalog.models import Brand, Family, Product
from catalog.services.bulk import apply_to_many
from tests.builders import AT, a_channel, a_colleague, a_product, a_segment, a_selection

pytestmark = pytest.mark.django_db
LIST = "/office/catalog/product/"


@pytest.fixture
def office(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    return client


def two():
    return (
        a_product("GOOD", price=10, state=ProductState.IN_PREPARATION),
        a_product("BAD", state=ProductState.IN_PREPARATION),
    )


def test_a_dry_run_tells_and_changes_nothing():
    good, bad = two()
    told = apply_to_many([good, bad], "validate", None, dry=True, at=AT)
    assert [one.sku for one in told.done] == ["GOOD"]
    assert told.refused[0][0] == "BAD"
    assert not Product.objects.filter(state=ProductState.VALIDATED).exists()
    apply_to_many([good, bad], "validate", None, dry=False, at=AT)
    assert Product.objects.get(state=ProductState.VALIDATED) == good


def test_every_verb_does_its_work():
    channel, segment, product = a_channel(publication_rule="validated"), a_segment(), a_product("P", price=10)
    family, brand = Family.objects.create(code="f", name="F"), Brand.objects.create(code="b", slug="b", name="B")
    selection = a_selection()
    what = {"publish": channel, "place": segment, "family": family, "brand": brand, "select": selection}
    what |= {"price": Decimal("-12.5"), "unpublish": channel, "withdraw": None, "validate": None, "archive": None}
    for verb, with_what in what.items():
        told = apply_to_many([product], verb, with_what, dry=False, at=AT)
        assert told.refused == [], verb
    product.refresh_from_db()
    assert (product.family, product.brand, product.state) == (family, brand, ProductState.ARCHIVED)
    assert product.prices.get().amount == Decimal("8.75")
    assert product.places.get().segment == segment
    assert selection.items.get().product == product


def test_office_asks_tells_and_does(office):
    good, bad = two()
    page = office.post(LIST, {"action": "bulk_validate", "_selected_action": [good.pk, bad.pk]}).content.decode()
    assert "It would be done to 1 product." in page
    assert "It has no price" in page
    assert not Product.objects.filter(state=ProductState.VALIDATED).exists()
    ids = re.findall(r'name="id" value="(\d+)"', page)
    assert set(ids) == {str(good.pk), str(bad.pk)}
    office.post(f"{LIST}bulk/validate/", {"id": ids, "said": "1", "step": "do"})
    assert Product.objects.get(state=ProductState.VALIDATED) == good


def test_office_asks_for_what_the_verb_needs(office):
    product = a_product("P", price=10)
    page = office.post(LIST, {"action": "bulk_price", "_selected_action": [product.pk]}).content.decode()
    assert "Show what would happen" in page
    assert "Do it to" not in page
    for wrong in ("", "abc", "-95", "1e9", "\0"):
        page = office.post(f"{LIST}bulk/price/", {"id": product.pk, "said": 1, "what": wrong, "step": "do"})
        assert page.status_code == 200
    assert product.prices.get().amount == 10
    page = office.post(f"{LIST}bulk/price/", {"id": product.pk, "said": 1, "what": "10", "step": "preview"})
    assert "Do it to 1 product" in page.content.decode()
    office.post(f"{LIST}bulk/price/", {"id": product.pk, "said": 1, "what": "10", "step": "do"})
    assert product.prices.get().amount == 11


def test_bulk_needs_rights(client):
    client.force_login(a_colleague())
    assert client.post(f"{LIST}bulk/archive/", {"id": a_product().pk, "said": 1, "step": "do"}).status_code == 403
    assert client.get(f"{LIST}bulk/archive/").status_code in (403, 405)


def test_a_copy_has_everything_but_what_identifies(office):
    parent = a_product("TEE", name="Tee", kind="parent", price=20, segment=a_segment(), attributes={"fit": "slim"})
    child = a_product("TEE-S", parent=parent, price=19, attributes={"size": "S"})
    for one in (parent, child):
        one.references.create(type="EAN13", value="4006381333931")
    answer = office.post(f"{LIST}{parent.pk}/copy/")
    copy = Product.objects.get(sku="TEE-COPY")
    assert answer["Location"] == f"{LIST}{copy.pk}/change/"
    assert (copy.state, copy.kind, copy.attributes) == (ProductState.IN_PREPARATION, "parent", {"fit": "slim"})
    assert copy.name.startswith("Tee (")
    variant = copy.children.get()
    assert (variant.sku, variant.attributes) == ("TEE-S-COPY", {"size": "S"})
    assert [str(p.amount) for p in (copy.prices.get(), variant.prices.get())] == ["20.00", "19.00"]
    assert copy.places.count() == 1
    assert not copy.references.exists()
    services.copy_product(parent, at=AT)
    assert Product.objects.filter(sku="TEE-COPY2").exists()
    assert office.post(f"{LIST}{child.pk}/copy/").status_code == 302  # refused with a sentence


def test_filters_are_kept_shared_opened_with_and_dropped(office, client):
    a_product("P")
    answer = office.post(
        f"{LIST}filters/keep/", {"name": " To  validate ", "query": "state=in_preparation&p=3&e=1", "shared": "1"}
    )
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query, kept.shared) == ("To validate", "state=in_preparation", True)
    assert answer["Location"] == f"{LIST}?state=in_preparation"
    assert "To validate" in office.get(f"{LIST}?q=").content.decode()
    office.post(f"{LIST}filters/open/", {"filter": kept.pk})
    assert office.get(LIST)["Location"] == f"{LIST}?state=in_preparation"
    assert office.get(f"{LIST}?q=").status_code == 200
    other = a_colleague("ben@shop.test", is_superuser=True, language="en")
    client.force_login(other)
    assert "To validate" in client.get(LIST).content.decode()  # shared, but it does not open Ben's list
    client.post(f"{LIST}filters/drop/", {"filter": kept.pk})
    assert SavedFilter.objects.exists()
    for wrong in (
        {},
        {"name": "x"},
        {"name": "", "query": "state=validated"},
        {"name": "x", "query": "q=" + "a" * 3000},
    ):
        client.post(f"{LIST}filters/keep/", wrong)
    assert SavedFilter.objects.count() == 1
