"""New orders reach the ERP once: as a file, or by pull and acknowledgement."""

import csv
import json
from decimal import Decimal

import pytest

from accounts.enums import Scope
from customers.models import Customer
from integrations.consumers import hand_to_erp
from integrations.models import Flow, OrderHandover
from integrations.services import ensure_schedules, export_orders, recover_runs, run_flow
from integrations.services.folders import folder_of
from logbook.models import Event
from logistics.models import DeliveryMode
from orders.models import Cart, Order, OrderLine, PaymentMethod
from tests.builders import AT, a_channel, a_store, a_vat_rate, an_api_key

pytestmark = pytest.mark.django_db


def an_order(number="W1", **fields):
    channel = a_channel()
    customer = Customer.objects.create(email="eva@test.fr", first_name="Eva", last_name="=Dupont", created_at=AT)
    method, _ = PaymentMethod.objects.get_or_create(code="pis", defaults={"name": "x", "kind": "pay_in_store"})
    mode, _ = DeliveryMode.objects.get_or_create(
        code="retr", defaults={"name": "Pickup", "kind": "RETR", "vat_rate": a_vat_rate()}
    )
    order = Order.objects.create(
        number=number,
        cart=Cart.objects.create(channel=channel, created_at=AT, updated_at=AT),
        channel=channel,
        customer=customer,
        email=customer.email,
        phone="+33 6 12",
        payment_method=method,
        delivery_mode=mode,
        store=a_store("LYO"),
        recipient="Eva",
        total=Decimal("18.00"),
        net_total=Decimal("15.00"),
        placed_at=AT,
        **fields,
    )
    common = {"order": order, "vat_rate": Decimal("0.2"), "net_total": Decimal("7.50"), "total": Decimal("9.00")}
    reasons = [
        {"kind": "base", "code": "BASE", "label": "", "amount": "10.00"},
        {"kind": "campaign", "code": "XMAS", "label": "Xmas", "amount": "-1.00"},
    ]
    for position in (1, 2):
        OrderLine.objects.create(
            position=position,
            sku=f"T{position}",
            name="Toy",
            quantity=1,
            base_unit=10,
            unit=9,
            reasons=reasons,
            **common,
        )
    Event.objects.create(kind="orders.order_placed", at=AT, subject_kind="order", subject_id=str(order.guid))
    hand_to_erp(Event.objects.latest("pk"))
    return order


@pytest.fixture
def flow():
    return Flow.objects.create(code="orders_out", name="Orders", direction="out", entity="orders", folder="erp/out")


@pytest.fixture
def erp(client):
    key = an_api_key(Scope.ORDERS_EXPORT)

    def call(path, data=None):
        headers = {"Authorization": f"Bearer {key}"}
        if data is None:
            return client.get(path, headers=headers)
        return client.post(path, json.dumps(data), content_type="application/json", headers=headers)

    return call


def test_waiting_orders_are_written_once_one_row_for_each_line(flow):
    order = an_order()
    hand_to_erp(Event.objects.latest("pk"))
    run = export_orders(flow, at=AT)
    assert (run.state, run.rows_read) == ("done", 2), run.message
    (path,) = [p for p in folder_of(flow).iterdir() if p.suffix == ".csv"]
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline=""), delimiter=";"))
    assert [(r["order_number"], r["sku"], r["unit"], r["store_code"]) for r in rows] == [
        ("W1", "T1", "9.00", "LYO"),
        ("W1", "T2", "9.00", "LYO"),
    ]
    assert rows[0]["discount_reasons"] == "campaign:XMAS:-1.00"
    assert (rows[0]["last_name"], rows[0]["phone"]) == ("'=Dupont", "+33 6 12")
    assert export_orders(flow, at=AT) is None
    assert OrderHandover.objects.get(order=order).sent_in_run == run


def test_a_delivery_that_died_is_made_again_under_the_same_name(flow, monkeypatch):
    an_order()
    import integrations.services.running as running

    def die(*args):
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(running, "deliver", die)
        export_orders(flow, at=AT)
    assert not any(folder_of(flow).iterdir())
    later = AT.replace(hour=12)
    (pk,) = recover_runs(at=later)
    run = run_flow(pk, at=later)
    assert (run.state, run.attempts) == ("done", 2)
    assert [p.name for p in folder_of(flow).iterdir()] == [run.definition["file_name"]]


def test_orders_are_pulled_until_they_are_acknowledged(erp, django_assert_max_num_queries):
    first, second = an_order("W1"), an_order("W2")
    page = erp("/api/v1/erp/orders?limit=1").json()
    assert [o["order_number"] for o in page["orders"]] == ["W1"]
    assert page["orders"][0]["lines"][0]["discount_reasons"][1]["code"] == "XMAS"
    page = erp(f"/api/v1/erp/orders?limit=1&after={page['next']}").json()
    assert [o["order_number"] for o in page["orders"]] == ["W2"]
    answer = erp(f"/api/v1/erp/orders/{first.guid}/ack", {"outside_number": "SO-1"})
    assert answer.status_code == 200, answer.content
    assert erp(f"/api/v1/erp/orders/{first.guid}/ack", {"outside_number": "SO-1"}).status_code == 200
    assert Event.objects.filter(kind="integrations.order_acknowledged").count() == 1
    other = erp(f"/api/v1/erp/orders/{first.guid}/ack", {"outside_number": "SO-2"})
    assert (other.status_code, other.json()["code"]) == (409, "already_acknowledged")
    with django_assert_max_num_queries(6):
        page = erp("/api/v1/erp/orders").json()
    assert ([o["order_number"] for o in page["orders"]], page["next"]) == (["W2"], None)
    assert second.number == "W2"


def test_a_refused_order_raises_an_event_and_may_be_taken_later(erp):
    order = an_order()
    assert erp(f"/api/v1/erp/orders/{order.guid}/ack", {}).status_code == 422
    for _ in range(2):
        assert erp(f"/api/v1/erp/orders/{order.guid}/ack", {"refusal": "unknown SKU"}).status_code == 200
    event = Event.objects.get(kind="integrations.order_refused")
    assert (event.subject_id, event.data["reason"]) == (str(order.guid), "unknown SKU")
    assert erp(f"/api/v1/erp/orders/{order.guid}/ack", {"outside_number": "SO-9"}).json()["refusal"] == ""


@pytest.mark.parametrize("query", ["after=!!", "limit=0", "limit=x"])
def test_a_bad_question_gets_a_problem_document(erp, query):
    answer = erp(f"/api/v1/erp/orders?{query}")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_schedules_are_made_once_and_stay_as_people_changed_them(flow):
    from django_celery_beat.models import PeriodicTask

    Flow.objects.create(code="stock", name="Stock", entity="stock", folder="stock")
    before = PeriodicTask.objects.count()
    assert ensure_schedules(AT) == PeriodicTask.objects.count() - before >= 9
    PeriodicTask.objects.filter(name="Flow stock").update(enabled=False)
    assert ensure_schedules(AT) == 0
    row = PeriodicTask.objects.get(name="Flow stock")
    assert (row.enabled, row.task, row.interval.every) == (False, "integrations.tasks.poll_flow", 5)
