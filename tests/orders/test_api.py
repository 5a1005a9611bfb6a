"""The till and the readers of orders, over HTTP (HUB-2)."""

import json

import pytest

from accounts.enums import Scope
from orders.models import Order, Payment
from orders.ports import provider
from orders.services import start_payment
from tests.builders import AT, Shopfront, a_store, an_api_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Shopfront()


@pytest.fixture
def till(client, shop):
    return Caller(client, an_api_key(Scope.ORDERS_PAY, system="till", store=shop.store))


class Caller:
    def __init__(self, client, key):
        self.client, self.headers = client, {"HTTP_AUTHORIZATION": f"Bearer {key}"}

    def get(self, path):
        return self.client.get(f"/api/v1/{path}", **self.headers)

    def post(self, path, body=None, key=""):
        extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        text = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(f"/api/v1/{path}", text, "application/json", **self.headers, **extra)


def test_the_till_looks_up_takes_the_money_and_hands_over(till, shop):
    order = shop.order((shop.product, 2))
    found = till.get(f"orders/{order.number}").json()
    assert found["due"] == {"amount": "25.80", "currency": "EUR"}
    assert found["lines"][0]["sku"] == shop.product.sku
    paid = till.post(f"orders/{order.number}/payments", {"amount": "25.80", "till": "1"}, key="r-1")
    assert paid.status_code == 201
    again = till.post(f"orders/{order.number}/payments", {"amount": "25.80", "till": "1"}, key="r-1")
    assert again.json() == paid.json()
    assert Payment.objects.count() == 1
    assert till.post(f"orders/{order.number}/ready").json()["state"] == "ready"
    assert till.post(f"orders/{order.number}/collect").json()["state"] == "done"
    assert Order.objects.get().payment_state == "paid"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "99.00", "till": "1"}, 409, "overpaid"),
        ({"amount": "0.00", "till": "1"}, 422, "bad_amount"),
        ({"amount": "-5.00", "till": "1"}, 422, "invalid"),
        ({"amount": "1.999", "till": "1"}, 422, "invalid"),
        ({"amount": "NaN", "till": "1"}, 422, "invalid"),
        ({"amount": "5.00"}, 422, "invalid"),
        ({"amount": "5.00", "till": "1", "method": "gold"}, 422, "invalid"),
        ([], 422, "invalid"),
        ("{", 400, "unreadable"),
    ],
)
def test_every_refusal_is_a_problem_document(till, shop, body, status, code):
    order = shop.order()
    answer = till.post(f"orders/{order.number}/payments", body, key="k")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert not Payment.objects.exists()


def test_a_refused_payment_may_be_corrected_under_the_same_key(till, shop):
    order = shop.order()
    assert till.post(f"orders/{order.number}/payments", {"amount": "99", "till": "1"}, key="k").status_code == 409
    assert till.post(f"orders/{order.number}/payments", {"amount": "12.90", "till": "1"}, key="k").status_code == 201


def test_a_payment_without_a_key_is_refused(till, shop):
    answer = till.post(f"orders/{shop.order().number}/payments", {"amount": "12.90", "till": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_another_stores_order_is_not_found_for_any_call(client, shop):
    order = shop.order()
    other = Caller(client, an_api_key(Scope.ORDERS_PAY, system="till-2", store=a_store("PARIS")))
    assert other.get(f"orders/{order.number}").status_code == 404
    assert other.post(f"orders/{order.number}/payments", {"amount": "1", "till": "1"}, key="k").status_code == 404
    assert other.post(f"orders/{order.number}/ready").status_code == 404
    assert other.post(f"orders/{order.number}/collect").status_code == 404


def test_unknown_numbers_and_missing_scopes(client, till, shop):
    order = shop.order()
    assert till.get("orders/W99-999999").status_code == 404
    assert client.get(f"/api/v1/orders/{order.number}").status_code == 401
    reader = Caller(client, an_api_key(Scope.CATALOG_READ))
    assert reader.get(f"orders/{order.number}").status_code == 403
    assert reader.get("orders").status_code == 403
    readers = Caller(client, an_api_key(Scope.ORDERS_READ, system="crm"))
    assert readers.get(f"orders/{order.number}").status_code == 200
    assert readers.post(f"orders/{order.number}/ready").status_code == 403


def test_collecting_before_payment_is_refused_with_what_is_due(till, shop):
    order = shop.order()
    till.post(f"orders/{order.number}/ready")
    answer = till.post(f"orders/{order.number}/collect")
    assert (answer.status_code, answer.json()["code"], answer.json()["due"]) == (409, "not_paid", "12.90")


def test_orders_are_read_page_by_page_newest_first(client, shop):
    numbers = [shop.order().number for _ in range(5)]
    reader = Caller(client, an_api_key(Scope.ORDERS_READ, system="crm"))
    seen, path = [], "orders?limit=2"
    while path:
        answer = reader.get(path)
        page = answer.json()
        seen += [order["number"] for order in page["results"]]
        path = f"orders?limit=2&cursor={page['next']}" if page["next"] else ""
        assert bool(path) == ("Link" in answer)
    assert seen == numbers[::-1]
    assert reader.get("orders?cursor=nonsense").status_code == 400
    assert reader.get("orders?limit=0").status_code == 422


def test_the_banks_call_over_http(client, shop):
    order = shop.order(pickup=False)
    start_payment(order, return_url="", callback_url="", at=AT)
    call = provider("sandbox_card").answer(Payment.objects.get(), "paid")
    address = "/api/v1/payments/callback/sandbox_card"
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items()}
    assert client.post(address, call.body, "application/json").status_code == 401
    assert client.post(address, call.body + b" ", "application/json", **headers).status_code == 401
    assert client.post("/api/v1/payments/callback/nobody", call.body, "application/json").status_code == 404
    for _twice in range(2):
        assert client.post(address, call.body, "application/json", **headers).status_code == 204
    assert Order.objects.get().payment_state == "paid"
