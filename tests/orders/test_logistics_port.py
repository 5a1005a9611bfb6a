"""The port for an outside logistics tool (ORC-5): slips read, gathered, sent (operations-domain 2.12)."""

import pytest

from accounts.enums import Scope
from logbook.models import Event
from logistics.enums import Purpose
from logistics.models import Carrier, Parcel, Place, Preparation, Shipment, SupplySource
from orders import services
from orders.models import Order
from orders.services.preparing import refuse
from orders.services.routing import route_order
from tests.builders import AT, Shopfront, a_store, an_api_key, stock

pytestmark = pytest.mark.django_db
ALL = "/api/v1/preparations"


class Tool:
    """A logistics tool that speaks the API."""

    def __init__(self, client, *scopes, store=None):
        self.client = client
        self.headers = {"Authorization": f"Bearer {an_api_key(*scopes, store=store)}"}

    def get(self, path="", **asked):
        return self.client.get(f"{ALL}{path}", asked, headers=self.headers)

    def post(self, path, body):
        kind = {"content_type": "application/json"}
        return self.client.post(f"{ALL}{path}", body, headers=self.headers, **kind)


@pytest.fixture
def shop():
    shop = Shopfront()
    shop.paris = a_store("PARIS").place
    SupplySource.objects.create(channel=shop.channel, place=shop.paris, purpose=Purpose.DELIVERY, rank=20)
    Carrier.objects.create(code="post", name="Post", tracking_url="https://post.test/{number}")
    return shop


@pytest.fixture
def tool(client, shop):
    return Tool(client, Scope.PREPARATION)


@pytest.fixture
def slip(shop):
    order = shop.order((shop.product, 3), pickup=False)
    services.record_payment(order, method=shop.card, amount=order.total, key="k", at=AT)
    return route_order(order, at=AT)[0]


def lines(**units):
    return [{"line": "1", **units}]


def test_slips_are_read_by_number_and_by_guid(tool, slip):
    head = tool.get().json()["results"][0]
    assert (head["number"], head["place"], head["state"]) == (slip.number, "DEPOT", "waiting")
    for name in (slip.number, slip.number.lower(), str(slip.guid)):
        told = tool.get(f"/{name}").json()
        assert told["lines"][0] | {"name": ""} == {
            "line": "1", "sku": "TOY-1", "name": "", "ean": "", "location": "", "quantity": 3, "prepared": None,
            "missing": 0, "shipped": 0,
        }  # fmt: skip
    assert tool.get(state="prepared").json() == {"results": [], "next": None}
    assert tool.get(place="NOWHERE").json()["results"] == []


@pytest.mark.parametrize(
    "asked", [{"state": "x"}, {"limit": "0"}, {"limit": "²"}, {"limit": "9" * 30}, {"cursor": "%"}]
)
def test_a_list_asked_badly_says_why(tool, asked):
    assert tool.get(**asked).status_code in (400, 422)


def test_the_list_goes_on_by_cursor(tool, shop):
    for number in range(3):
        order = shop.order(pickup=False)
        services.record_payment(order, method=shop.card, amount=order.total, key=str(number), at=AT)
        route_order(order, at=AT)
    first = tool.get(limit="2").json()
    second = tool.get(limit="2", cursor=first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)


def test_gathered_then_left_with_parcels_and_papers(tool, slip):
    path = f"/{slip.number}/preparation"
    assert tool.post(path, {"lines": lines(prepared=1), "partial": True}).json()["state"] == "claimed"
    told = tool.post(path, {"lines": lines(prepared=2), "partial": True}).json()
    assert told["lines"][0]["prepared"] == 2, "the total replaces the former"
    assert tool.post(path, {"lines": lines(prepared=3)}).json()["state"] == "prepared"
    assert tool.post(path, {"lines": lines(prepared=3)}).status_code == 200
    body = {
        "lines": lines(shipped=3),
        "parcels": [{"number": "BOX-1", "carrier": "post", "tracking": "6A1", "weight_g": 400}],
        "documents": [{"kind": "delivery_note", "number": "BL-7"}],
    }
    sent = tool.post(f"/{slip.number}/shipment", body).json()
    assert (sent["state"], sent["lines"][0]["shipped"]) == ("sent", 3)
    assert sent["parcels"][0]["tracking_url"] == "https://post.test/6A1"
    assert Shipment.objects.get().documents == [{"kind": "delivery_note", "number": "BL-7", "url": ""}]
    events = Event.objects.count()
    assert tool.post(f"/{slip.number}/shipment", body).status_code == 200
    assert (Event.objects.count(), Parcel.objects.count(), Shipment.objects.count()) == (events, 1, 1)
    assert Order.objects.get().state == "done"


def test_both_in_one_call_and_in_parts(tool, slip):
    path = f"/{slip.number}/shipment"
    first = {"lines": lines(prepared=3, shipped=1), "parcels": [{"number": "A"}]}
    assert tool.post(path, first).json()["state"] == "prepared"
    assert tool.post(path, first).json()["lines"][0]["shipped"] == 1
    second = {"lines": lines(shipped=3), "parcels": [{"number": "B", "lines": [{"line": "1", "quantity": 2}]}]}
    assert tool.post(path, second).json()["state"] == "sent"
    assert [row.lines for row in Shipment.objects.order_by("id")] == [{"1": 1}, {"1": 2}]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("preparation", "{", 400),
        ("preparation", [], 422),
        ("preparation", {"lines": [{"line": "1", "prepared": 4}]}, 422),
        ("preparation", {"lines": [{"line": "1", "prepared": -1}]}, 422),
        ("preparation", {"lines": [{"line": "9", "prepared": 1}]}, 422),
        ("preparation", {"lines": [{"line": "1", "prepared": 1}, {"line": "1", "prepared": 2}]}, 422),
        ("preparation", {"lines": "x"}, 422),
        ("refusal", {"reason": " "}, 422),
        ("shipment", {}, 405),
        ("shipment", {"lines": [{"line": "1", "prepared": 3, "shipped": 4}]}, 422),
        ("shipment", {"lines": [{"line": "1", "prepared": 3}], "parcels": [{"number": "A", "carrier": "no"}]}, 404),
        ("shipment", {"lines": [{"line": "1", "prepared": 3}], "parcels": [{"number": "A", "weight_g": 0}]}, 422),
        ("shipment", {"parcels": [{"number": "A", "tracking_url": "javascript:alert(1)"}]}, 422),
        ("shipment", {"parcels": [{"number": "A\x00"}]}, 422),
    ],
)
def test_a_call_that_cannot_be_changes_nothing(tool, slip, path, body, status):
    answer = tool.post(f"/{slip.number}/{path}", body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    slip.refresh_from_db()
    assert (slip.state, Parcel.objects.count()) == ("waiting", 0)


def test_what_is_over_or_unknown(tool, slip, shop):
    assert tool.get("/W26-999999-1").status_code == 404
    assert tool.get("/W26-999999-" + "9" * 40).status_code == 404
    refuse(slip, "shut", at=AT, actor="bob")
    for path in ("preparation", "shipment"):
        assert tool.post(f"/{slip.number}/{path}", {}).status_code == 409
    assert tool.get(f"/{slip.number}/preparation").status_code == 405


def test_a_finished_slip_takes_no_other_word(tool, slip):
    tool.post(f"/{slip.number}/preparation", {"lines": lines(prepared=3)})
    assert tool.post(f"/{slip.number}/preparation", {"lines": lines(prepared=1)}).status_code == 409


def test_what_is_missing_is_fetched_elsewhere(tool, slip, shop):
    stock(shop.product, shop.paris, 9)
    tool.post(f"/{slip.number}/preparation", {"lines": lines(prepared=1)})
    other = Preparation.objects.exclude(pk=slip.pk).get()
    assert (other.place, other.lines.get().quantity) == (shop.paris, 2)
    assert tool.post(f"/{other.number}/refusal", {"reason": "shut"}).json()["state"] == "refused"


def test_a_key_reaches_its_store_and_its_scope(client, slip, shop):
    assert Tool(client, Scope.ORDERS_READ).get().status_code == 403
    at_paris = Tool(client, Scope.PREPARATION, store=shop.paris.store)
    assert at_paris.get().json()["results"] == []
    assert at_paris.get(f"/{slip.number}").status_code == 404
    assert at_paris.post(f"/{slip.number}/preparation", {}).status_code == 404
    assert Place.objects.exists()
