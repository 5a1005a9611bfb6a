"""Events become tasks, once per cause; tasks close themselves when the cause is gone (law 8)."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import Group

from logbook import ports
from logbook import services as logbook
from logbook.models import Event, FailedDelivery
from logistics.models import StockBalance
from orders import services as orders
from tasks_mgmt import consumers, services
from tasks_mgmt.models import Task, TaskKind, TaskState
from tests.builders import AT, Shopfront, a_colleague, a_product, a_store, a_warehouse, stock

pytestmark = pytest.mark.django_db


def happened(kind, subject_id="", at=AT, **data):
    return logbook.record(kind, at=at, subject_kind="thing", subject_id=subject_id, **data)


def failed(at=AT, run=1):
    return happened("integrations.run_failed", run, at, flow="stock", flow_name="Stock", message="No column quantity")


def test_a_failed_run_asks_once_and_a_good_one_settles_it():
    consumers.on_run(failed())
    consumers.on_run(failed(run=2))
    task = Task.objects.get()
    assert (task.kind.code, task.state, task.importance) == ("flow_failed", "open", 30)
    assert "Stock" in task.title
    assert task.subject_id == "2"
    consumers.on_run(happened("integrations.run_finished", 3, flow="stock", state="done", counts={}))
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    last = task.steps.last()
    assert last.by is None
    assert last.word


def test_seeing_an_event_again_makes_no_second_task():
    event = failed()
    consumers.on_run(event)
    consumers.on_run(event)
    assert Task.objects.count() == 1


def test_rejections_ask_and_a_run_with_rejections_settles_only_the_failure():
    consumers.on_run(failed())
    counts = {"read": 10, "rejected": 3}
    consumers.on_run(
        happened("integrations.run_finished", 2, flow="stock", state="done_with_rejections", counts=counts)
    )
    assert set(Task.objects.filter(state="open").values_list("kind__code", flat=True)) == {"flow_rejections"}
    assert "3" in Task.objects.get(state="open").description


def test_a_run_that_was_set_aside_needs_nobody():
    consumers.on_run(failed())
    consumers.on_run(happened("integrations.run_ignored", 1, flow="stock"))
    assert Task.objects.get().state == TaskState.DONE


def test_ignored_is_quiet_for_a_day_then_asks_again_if_the_cause_is_still_there():
    boss = a_colleague("boss@shop.test", is_superuser=True)
    consumers.on_run(failed())
    services.ignore(Task.objects.get(), by=boss, at=AT)
    consumers.on_run(failed(at=AT + dt.timedelta(hours=1)))
    assert Task.objects.count() == 1
    consumers.on_run(failed(at=AT + dt.timedelta(days=2)))
    assert Task.objects.filter(state="open").count() == 1


def test_a_kind_switched_off_asks_nobody():
    services.ensure_kinds()
    TaskKind.objects.update(active=False)
    consumers.on_run(failed())
    assert not Task.objects.exists()


def test_kinds_are_made_once_get_the_first_group_with_members_and_keep_what_people_changed():
    Group.objects.create(name="Intégrateur")
    services.ensure_kinds()
    kind = TaskKind.objects.get(code="flow_failed")
    assert kind.group is None
    kind.due_in_hours = 99
    kind.save()
    shop = Group.objects.create(name="E-commerce")
    shop.user_set.add(a_colleague("claire@shop.test"))
    services.ensure_kinds()
    kind.refresh_from_db()
    assert (kind.group, kind.due_in_hours) == (shop, 99)
    consumers.on_run(failed())
    assert Task.objects.get().group == shop


def test_an_ignored_task_cannot_be_opened_again_beside_a_newer_one():
    boss = a_colleague("boss@shop.test", is_superuser=True)
    consumers.on_run(failed())
    old = services.ignore(Task.objects.get(), by=boss, at=AT)
    consumers.on_run(failed(at=AT + dt.timedelta(days=2)))
    with pytest.raises(services.Refused) as refusal:
        services.reopen(old, by=boss, at=AT + dt.timedelta(days=2))
    assert refusal.value.code == "cause_is_open"


def test_last_pieces_ask_and_a_delivery_settles():
    place, product = a_warehouse(), a_product("FIG-1")
    balance = stock(product, place, 0)
    consumers.on_stock_low(
        happened("logistics.stock_low", product.pk, product=product.pk, place=place.pk, sku="FIG-1", available=0)
    )
    assert "FIG-1" in Task.objects.get().title
    back = happened("logistics.stock_changed", ids=[product.pk])
    consumers.on_stock_changed(back)
    assert Task.objects.get().state == "open"
    StockBalance.objects.filter(pk=balance.pk).update(physical=20)
    consumers.on_stock_changed(back)
    assert Task.objects.get().state == "done"


def test_a_shortage_asks_until_nothing_is_missing():
    product = a_product()
    balance = stock(product, a_warehouse(), 1, reserved=3, shortage=2)
    consumers.on_shortage(happened("logistics.shortage_found", ids=[product.pk]))
    consumers.on_stock_changed(happened("logistics.stock_changed", ids=[product.pk]))
    assert Task.objects.get().state == "open"
    StockBalance.objects.filter(pk=balance.pk).update(physical=5, shortage=0)
    consumers.on_stock_changed(happened("logistics.stock_changed", ids=[product.pk]))
    assert Task.objects.get().state == "done"


def test_a_refused_order_asks_and_its_number_settles():
    guid = uuid.uuid4()
    consumers.on_order(happened("integrations.order_refused", guid, number="W1", reason="unknown customer"))
    assert Task.objects.get().description == "unknown customer"
    consumers.on_handover(happened("integrations.order_acknowledged", guid, number="W1"))
    assert Task.objects.get().state == "done"


def test_money_to_give_back_names_the_amount():
    consumers.on_refund_due(happened("orders.refund_due", uuid.uuid4(), number="W1", amount="12.50"))
    assert "12,50" in Task.objects.get().description.replace(".", ",")


def order_event(order, kind):
    return Event.objects.filter(kind=kind, subject_id=order.guid).last()


def test_a_pickup_order_asks_its_store_until_it_is_prepared():
    shop = Shopfront()
    lea = a_colleague("lea@shop.test", kind="store")
    lea.stores.add(shop.store)
    order = shop.order()
    consumers.on_order(order_event(order, "orders.order_placed"))
    task = Task.objects.get()
    assert (task.recipient, task.subject_label.endswith(order.number)) == (lea, True)
    orders.mark_ready(order, AT, "lea")
    consumers.on_order_moved(order_event(order, "orders.order_ready"))
    task.refresh_from_db()
    assert task.state == "done"


def test_a_delivered_order_asks_no_store_and_a_card_order_waits_for_its_money():
    shop = Shopfront()
    consumers.on_order(order_event(shop.order(pickup=False), "orders.order_placed"))
    order = shop.order(payment_method="card")
    consumers.on_order(order_event(order, "orders.order_placed"))
    assert not Task.objects.exists()
    order.payment_state = "paid"
    order.save()
    consumers.on_order(happened("orders.payment_received", order.guid))
    assert Task.objects.get().kind.code == "order_to_prepare"


def test_a_stores_tasks_go_to_its_one_colleague_or_to_all_of_them():
    store = a_store("LYON")
    assert services.store_team(store) is None
    lea = a_colleague("lea@shop.test", kind="store")
    lea.stores.add(store)
    assert services.store_team(store) == lea
    a_colleague("leo@shop.test", kind="store").stores.add(store)
    group = services.store_team(store)
    assert isinstance(group, Group)
    assert group.user_set.count() == 2
    assert services.store_team(store) == group


def test_a_consumer_that_fails_asks_for_a_person_until_all_is_delivered(monkeypatch):
    monkeypatch.setitem(ports.CONSUMERS, "a.reader", ports.Consumer("a.reader", frozenset({"x.happened"}), print))
    event = happened("x.happened")
    failure = FailedDelivery.objects.create(
        consumer="a.reader", event=event, error="Boom", first_failed_at=AT, retry_at=AT
    )
    consumers.on_delivery_failed(happened("logbook.delivery_failed", "a.reader", error="Boom"))
    assert Task.objects.get().kind.code == "delivery_failed"
    assert logbook.retry(failure.pk, at=AT)
    consumers.on_delivery_recovered(Event.objects.get(kind="logbook.delivery_recovered"))
    assert Task.objects.get().state == "done"
