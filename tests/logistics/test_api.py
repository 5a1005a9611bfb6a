"""Orchestrator's answers to machines, and what bad questions get."""

from decimal import Decimal

import pytest

from accounts.enums import Scope
from logistics.enums import DeliveryKind
from logistics.models import DeliveryMode
from tests.builders import a_channel, a_product, a_store, a_vat_rate, a_warehouse, an_api_key, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    store = a_store("LYON", postcode="69002")
    product = a_product("TOY", weight_g=300)
    stock(product, a_warehouse(), 5, reserved=1, channel=a_channel())
    stock(product, store, 2, channel=a_channel())
    mode = DeliveryMode.objects.create(
        code="home", name="Home", kind=DeliveryKind.HOME, fee=Decimal("4.90"), vat_rate=a_vat_rate()
    )
    mode.channels.add(a_channel())


@pytest.fixture
def key():
    return {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.AVAILABILITY_READ)}"}


def test_availability_answers_in_batches_with_its_trace(client, shop, key):
    answer = client.get("/api/v1/availability?sku=TOY,NOPE&store=LYON&trace=1", **key).json()
    (item,) = answer["items"]
    assert item["delivery"] == {"quantity": 4, "level": "available"}
    assert item["pickup"] == [{"store": "LYON", "quantity": 2, "level": "available"}]
    assert {step["place"]: step["units"] for step in item["trace"]} == {"DEPOT": 4, "Store LYON": 2}
    assert answer["unknown"] == ["NOPE"]


def test_a_postcode_names_the_stores_around(client, shop, key):
    answer = client.get("/api/v1/availability?sku=TOY&postcode=69100", **key).json()
    assert [row["store"] for row in answer["items"][0]["pickup"]] == ["LYON"]


def test_a_promise_tells_fee_and_days(client, shop, key):
    basket = {"lines": [{"sku": "TOY", "quantity": 2}], "value": "30.00"}
    answer = client.post("/api/v1/promise", basket, content_type="application/json", **key)
    (option,) = answer.json()["options"]
    assert (option["code"], option["ok"], option["fee"], option["currency"]) == ("home", True, "4.90", "EUR")
    basket["lines"][0]["quantity"] = 9
    (option,) = client.post("/api/v1/promise", basket, content_type="application/json", **key).json()["options"]
    assert not option["ok"]
    assert "TOY" in option["reason"]


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("", 422, "/sku"),
        ("sku=TOY&store=NOWHERE", 404, "/store"),
        ("sku=TOY&channel=nowhere", 404, "/channel"),
        ("sku=TOY&postcode=%27--", 422, "/postcode"),
        ("sku=" + ",".join("x" * 201), 422, "/sku"),
    ],
)
def test_bad_questions_get_problem_documents(client, shop, key, query, status, pointer):
    answer = client.get(f"/api/v1/availability?{query}", **key)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


@pytest.mark.parametrize(
    ("basket", "status"),
    [
        ({"lines": [], "value": 1}, 422),
        ({"lines": [{"sku": "TOY", "quantity": 0}], "value": 1}, 422),
        ({"lines": [{"sku": "NOPE", "quantity": 1}], "value": 1}, 404),
        ({"lines": [{"sku": "TOY", "quantity": 1}], "value": -1}, 422),
        ({"lines": [{"sku": "TOY", "quantity": 1}], "value": 1, "store": "X"}, 404),
        ([], 422),
    ],
)
def test_bad_baskets_are_refused(client, shop, key, basket, status):
    answer = client.post("/api/v1/promise", basket, content_type="application/json", **key)
    assert answer.status_code == status


def test_without_the_scope_nothing_is_told(client, shop):
    assert client.get("/api/v1/availability?sku=TOY").status_code == 401
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key(Scope.ORDERS_READ)}"}
    assert client.get("/api/v1/availability?sku=TOY", **key).status_code == 403
