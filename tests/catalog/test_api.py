import pytest

from accounts.enums import Scope
from catalog import services
from catalog.models import Product, ProductReference
from catalog.services.children import NewChild
from tests.builders import AT, a_channel, a_product, a_segment, a_store, an_api_key

pytestmark = pytest.mark.django_db
EAN = "4006381333931"


@pytest.fixture
def get(client):
    key = an_api_key(Scope.CATALOG_READ)

    def ask(path, **query):
        return client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {key}"})

    return ask


def test_a_product_tells_what_it_is(get):
    product = a_product("A/1 é", price="12.50", channel=a_channel(), segment=a_segment(code="toys"))
    ProductReference.objects.create(product=product, type="EAN13", value=EAN)
    body = get("products/A/1 é").json()
    assert body["sku"] == "A/1 é"
    assert body["published_on"] == ["web"]
    assert body["segments"] == [{"segment": "toys", "is_primary": True, "relevance": "1.00"}]
    assert body["prices"][0]["amount"] == "12.50"
    assert body["references"][0]["value"] == EAN
    answer = get("products/nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_sku")


def test_pages_follow_each_other_and_nothing_is_given_twice(get):
    for n in range(5):
        a_product(f"P-{n}")
    seen, cursor = [], None
    while True:
        body = get("products", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [item["sku"] for item in body["items"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert seen == [f"P-{n}" for n in range(5)]


def test_only_what_changed_since_is_given(get):
    a_product("OLD")
    Product.objects.update(updated_at="2020-01-01T00:00:00Z")
    a_product("NEW")
    assert [item["sku"] for item in get("products", updated_since="2026-01-01T00:00:00Z").json()["items"]] == ["NEW"]


@pytest.mark.parametrize(
    ("query", "status"),
    [({"limit": 0}, 422), ({"limit": "x"}, 422), ({"updated_since": "yesterday"}, 422), ({"cursor": "§"}, 400)],
)
def test_bad_questions_get_a_problem_document(get, query, status):
    answer = get("products", **query)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_the_same_queries_for_one_and_three(get, count, django_assert_max_num_queries):
    channel = a_channel()
    for n in range(count):
        parent = a_product(f"P-{n}", kind="parent", price=3, channel=channel, segment=a_segment())
        a_product(parent=parent, price=3)
    with django_assert_max_num_queries(15):
        assert get("products").status_code == 200


def test_a_scan_that_means_one_product_gives_it(get):
    ProductReference.objects.create(product=a_product("ONE"), type="EAN13", value=EAN)
    body = get(f"references/{EAN}").json()
    assert body["product"]["sku"] == "ONE"
    assert [one["sku"] for one in body["candidates"]] == ["ONE"]
    for code in ("0000", "x" * 5000):
        assert get(f"references/{code}").status_code == 404
        assert get(f"products/{code}").status_code == 404


def test_a_scan_of_a_shared_ean_asks_which_child(get):
    parent = a_product("FIG", price=3)
    ProductReference.objects.create(product=parent, type="EAN13", value=EAN)
    services.make_children(parent, [NewChild("Hulk"), NewChild("Thor")], at=AT)
    body = get(f"references/{EAN}").json()
    assert body["product"] is None
    assert [one["sku"] for one in body["candidates"]] == ["FIG-HULK", "FIG-THOR"]
    assert get("references/FIG").json()["candidates"] == body["candidates"]


def test_stores_are_given_and_a_till_sees_its_own(get, client):
    mine = a_store("MINE", hours={"1": [["09:00", "19:00"]]})
    a_store("OTHER")
    a_store("GONE", archived=True)
    assert [one["code"] for one in get("stores").json()["items"]] == ["MINE", "OTHER"]
    key = an_api_key(Scope.CATALOG_READ, system="till", store=mine)
    answer = client.get("/api/v1/stores", headers={"Authorization": f"Bearer {key}"})
    assert [one["code"] for one in answer.json()["items"]] == ["MINE"]


def test_another_scope_opens_nothing(client):
    key = an_api_key(Scope.ORDERS_READ)
    for path in ("products", "products/x", "references/x", "stores"):
        assert client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"}).status_code == 403
        assert client.get(f"/api/v1/{path}").status_code == 401
