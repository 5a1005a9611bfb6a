"""Products shown beside a product: typed, imported, learnt from orders, shown on the shop's page."""

import datetime as dt

import pytest

from accounts.enums import Scope
from catalog.loaders import merge_associations
from catalog.models import Association, AssociationKind
from catalog.services import ensure_association_kinds
from discovery.services import reindex
from integrations.formats import raw_definition
from orders.models import BoughtTogether
from orders.services import learn_bought_together
from tests.builders import AT, Shopfront, a_colleague, a_product, an_api_key
from tests.loads import load
from tests.pages import form_values

pytestmark = pytest.mark.django_db


def associations(*rows, **options):
    return load("associations", merge_associations, *rows, **options)


def pairs():
    rows = Association.objects.order_by("product__sku", "kind__code", "other__sku")
    return [(a.product.sku, a.kind.code, a.other.sku, float(a.quantity)) for a in rows.select_related()]


def test_a_file_names_pairs_kinds_and_quantities():
    for sku in ("TOY", "CELL", "BOX"):
        a_product(sku, external_id=f"x-{sku}")
    first = associations(
        {"sku": "TOY", "other_sku": "CELL", "kind": "accessoire", "quantity": 4},
        {"external_id": "x-TOY", "other_external_id": "x-BOX"},
    )
    assert first.counts == (2, 0, 0, 0)
    assert pairs() == [("TOY", "ACCESSOIRE", "CELL", 4.0), ("TOY", "CROSSSELL", "BOX", 1.0)]
    again = {"sku": "TOY", "other_sku": "CELL", "kind": "ACCESSORY", "quantity": 4}
    assert associations(again).counts == (0, 0, 1, 0)
    assert associations({**again, "quantity": 2}).counts == (0, 1, 0, 0)
    assert associations({**again, "quantity": 2}, full=True).result.archived == 1
    assert pairs() == [("TOY", "ACCESSOIRE", "CELL", 2.0)]


def test_rows_that_cannot_be_are_refused_with_a_reason():
    a_product("TOY")
    a_product("CELL")
    found = associations(
        {"sku": "NOBODY", "other_sku": "CELL"},
        {"sku": "TOY", "other_sku": "NOBODY"},
        {"sku": "TOY", "other_sku": "CELL", "kind": "MAGIC"},
        {"sku": "TOY", "other_sku": "TOY"},
        {"sku": "TOY", "other_sku": "CELL", "quantity": 0},
        {"sku": "TOY", "other_sku": "CELL", "quantity": 1},
        {"sku": "TOY", "other_sku": "CELL", "kind": "cross-sell"},
        {"sku": "TOY"},
    )
    assert found.rejects == {
        (2, "sku", "unknown_product"),
        (3, "other_sku", "unknown_product"),
        (4, "kind", "unknown_association"),
        (5, "other_sku", "with_itself"),
        (6, "quantity", "out_of_range"),
        (8, "other_sku", "duplicate_key"),
        (9, "other_sku", "unknown_product"),
    }
    assert pairs() == [("TOY", "CROSSSELL", "CELL", 1.0)]


def test_a_renamed_kind_stays_renamed():
    ensure_association_kinds()
    AssociationKind.objects.filter(code="CROSSSELL").update(name="Ça va avec")
    ensure_association_kinds()
    a_product("TOY")
    a_product("CELL")
    associations({"sku": "TOY", "other_sku": "CELL"})
    assert AssociationKind.objects.get(code="CROSSSELL").name == "Ça va avec"


def test_raw_rows_stand_in_their_columns():
    assert [column.field for column in raw_definition("associations").columns] == [
        "external_id", "other_external_id", "kind", "quantity"
    ]  # fmt: skip


def test_orders_teach_what_is_bought_together():
    shop = Shopfront(units=50)
    book, ball = shop.another("BOOK", 5, units=50), shop.another("BALL", 3, units=50)
    for lines in ([shop.product, book], [shop.product, book, ball], [shop.product]):
        shop.order(*((product, 1) for product in lines))
    at = AT + dt.timedelta(minutes=1)
    assert learn_bought_together(at=at) == 2
    assert learn_bought_together(at=at) == 0
    assert set(BoughtTogether.objects.values_list("product__sku", "other__sku", "orders")) == {
        ("TOY-1", "BOOK", 2), ("BOOK", "TOY-1", 2)
    }  # fmt: skip
    learn_bought_together(at=at + dt.timedelta(days=400))
    assert not BoughtTogether.objects.exists()


def test_the_page_shows_them_by_kind_and_leaves_out_what_is_not_sold(client):
    shop = Shopfront()
    better, cell, hidden = shop.another("BETTER", 30), shop.another("CELL", 2), shop.another("HIDDEN", 2)
    unsold = a_product("UNSOLD")
    ensure_association_kinds()
    internal = AssociationKind.objects.create(code="CARE", name="For colleagues", is_public=False)
    kinds = {kind.code: kind for kind in AssociationKind.objects.all()}
    for code, other in (("ACCESSOIRE", cell), ("UPSELL", better), ("UPSELL", unsold), ("UPSELL", cell)):
        Association.objects.create(product=shop.product, kind=kinds[code], other=other)
    Association.objects.create(product=shop.product, kind=internal, other=hidden)
    BoughtTogether.objects.create(product=shop.product, other=better, orders=3)
    reindex(None, at=AT)
    html = client.get(f"/p/toy-1-{shop.product.pk}/").content.decode()
    assert html.index("Pour aller plus loin") < html.index(f"-{better.pk}/")
    assert "UNSOLD" not in html
    assert "HIDDEN" not in html
    assert html.count(f"-{cell.pk}/") == 1
    english = client.get(f"/en/p/toy-1-{shop.product.pk}/").content.decode()
    assert "A step up" in english


def test_they_are_typed_in_office_and_told_by_the_api(client):
    ensure_association_kinds()
    toy, cell = a_product("TOY", price=3), a_product("CELL", price=1)
    client.force_login(a_colleague(is_superuser=True))
    address = f"/office/catalog/product/{toy.pk}/change/"
    data = {
        **form_values(client.get(address).content.decode(), "product_form"),
        "associations-TOTAL_FORMS": "1",
        "associations-0-kind": str(AssociationKind.objects.get(code="ACCESSOIRE").pk),
        "associations-0-other": str(cell.pk),
        "associations-0-quantity": "4",
        "associations-0-reason": "Needs cells",
        "associations-0-position": "0",
    }
    assert client.post(address, {**data, "associations-0-other": str(toy.pk)}).status_code == 200
    assert client.post(address, {**data, "associations-0-quantity": "0"}).status_code == 200
    assert client.post(address, data).status_code == 302
    bearer = {"Authorization": f"Bearer {an_api_key(Scope.CATALOG_READ)}"}
    body = client.get("/api/v1/products/TOY", headers=bearer).json()
    assert body["associations"] == [
        {"kind": "ACCESSOIRE", "sku": "CELL", "quantity": "4.000", "reason": "Needs cells"}
    ]  # fmt: skip
    assert client.get("/office/catalog/associationkind/").status_code == 200
