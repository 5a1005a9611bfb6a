"""What seller tablets read: the catalogue as staff see it, and deltas that lose nothing."""

import pytest

from accounts.enums import Scope
from catalog.enums import ProductState
from logbook.services import record_many
from tests.builders import AT, a_channel, a_price, a_product, a_store, a_warehouse, an_api_key, stock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tablet(client):
    store = a_store("LYON")
    a_channel()
    header = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.SELLERS_SYNC, system='tablet', store=store)}"}

    def get(path, **query):
        return client.get(f"/api/v1/sellers/{path}", query, **header)

    get.store = store
    return get


def test_staff_see_internal_attributes_stock_everywhere_and_their_stores_price(tablet):
    product = a_product("TOY", name="Red robot", price=10, attributes={"shelf": "B12"})
    a_price(product, 9, store=tablet.store)
    stock(product, a_warehouse(), 5, reserved=1)
    stock(product, tablet.store, 2)
    (item,) = tablet("products", query="robot").json()["items"]
    assert item["attributes"] == {"shelf": "B12"}
    assert item["price"]["unit"] == "9.00"
    assert [(row["code"], row["physical"], row["free"]) for row in item["stock"]] == [("LYON", 2, 2), ("DEPOT", 5, 4)]


def test_a_scanned_code_brings_all_variants_that_share_it(tablet):
    parent = a_product("P", kind="parent", name="Hero")
    for sku in ("A", "B"):
        a_product(sku, parent=parent, name="").references.create(type="EAN13", value="3612345678904")
    items = tablet("products", query="3612345678904").json()["items"]
    assert {(item["sku"], item["name"], item["parent"]) for item in items} == {("A", "Hero", "P"), ("B", "Hero", "P")}


def test_deltas_start_at_the_present_and_lose_nothing(tablet):
    old, new, dead = a_product("OLD", price=1), a_product("NEW", price=2), a_product("DEAD")
    record_many("catalog.products_changed", [old.pk], at=AT, subject_kind="product")
    start = tablet("changes").json()
    assert start["items"] == []
    dead.state = ProductState.ARCHIVED
    dead.save()
    record_many("logistics.stock_changed", [new.pk], at=AT, subject_kind="product")
    record_many("catalog.products_changed", [dead.pk], at=AT, subject_kind="product")
    record_many("campaigns.campaign_changed", [1], at=AT, subject_kind="campaign")
    for _lost_answer in range(2):
        told = tablet("changes", cursor=start["cursor"]).json()
        assert "NEW" in [item["sku"] for item in told["items"]]
        assert told["gone"] == ["DEAD"]
        assert told["campaigns_changed"]
        assert not told["more"]
    after = tablet("changes", cursor=told["cursor"]).json()
    assert after["items"] == []
    assert after["cursor"] == told["cursor"]


def test_bad_cursors_and_missing_scopes_are_refused(tablet, client):
    assert tablet("changes", cursor="nonsense").status_code == 400
    assert tablet("products", channel="nowhere").status_code == 404
    assert tablet("products", query="x" * 101).status_code == 422
    other = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.CATALOG_READ)}"}
    assert client.get("/api/v1/sellers/products", **other).status_code == 403
