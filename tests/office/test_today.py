"""Office's first page tells each person what needs them, and nothing that is not theirs to see."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from altazion.lib.clock import now
from altazion.office import chart
from integrations.enums import RunState, Trigger
from integrations.models import Flow, Run
from logbook.models import Event, FailedDelivery
from orders.services import place_order
from tests.builders import Shopfront, a_colleague, a_product, a_store, a_warehouse, stock

pytestmark = pytest.mark.django_db


def sees(client, *rights, **fields):
    """What a colleague with these rights reads on the first page."""
    person = a_colleague(f"p{len(rights)}@shop.test", **fields)
    person.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client.force_login(person)
    return person


def page(client):
    return client.get("/office/").content.decode()


def a_flow(code="stock", state=RunState.FAILED, **fields):
    flow = Flow.objects.create(code=code, name=f"Flow {code}", entity="stock", **fields)
    Run.objects.create(flow=flow, state=state, trigger=Trigger.SCHEDULE, queued_at=now(), finished_at=now())
    return flow


def test_orders_of_today_and_to_prepare(client):
    shop = Shopfront()
    shop.order(at=now())
    sees(client, "view_order")
    text = page(client)
    assert "12,90" in text
    assert "today-prepare" in text
    assert "Store LYON" in text


def test_a_store_account_sees_its_own_stores_orders(client):
    shop = Shopfront()
    order = shop.order(at=now())
    person = sees(client, "view_order", kind="store")
    person.stores.add(a_store("PARIS"))
    assert order.number not in page(client)
    person.stores.add(shop.store)
    assert order.number in page(client)


def test_who_may_not_see_orders_flows_or_stock_sees_none_of_them(client):
    Shopfront().order(at=now())
    a_flow()
    sees(client)
    text = page(client)
    assert all(part not in text for part in ("today-orders", "today-flows", "today-stock", "today-failures"))
    assert "today-tasks" in text


def test_a_failed_flow_has_its_button_only_for_who_may_run_flows(client):
    a_flow()
    person = sees(client, "view_run", "view_flow")
    assert "/rerun/" not in page(client)
    person.user_permissions.add(Permission.objects.get(codename="run_flow"))
    assert "/rerun/" in page(client)


def test_a_late_flow_is_told_and_a_good_one_is_well(client):
    a_flow(state=RunState.DONE, expected_every_minutes=60)
    sees(client, "view_run")
    assert "is-good" in page(client)
    Run.objects.update(finished_at=now() - dt.timedelta(hours=3))
    assert "is-bad" in page(client)


def test_what_is_promised_but_missing_and_what_was_not_delivered(client):
    stock(a_product(name="Spider-Man"), a_warehouse(), 1, reserved=3, shortage=2)
    event = Event.objects.create(kind="x.happened", at=now())
    FailedDelivery.objects.create(consumer="a.reader", event=event, error="Boom", first_failed_at=now())
    sees(client, "view_stockbalance", "view_faileddelivery")
    text = page(client)
    assert "Spider-Man" in text
    assert "a.reader" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_first_page_costs_the_same_queries_for_one_row_and_for_three(client, django_assert_max_num_queries, number):
    shop = Shopfront(units=50)
    for n in range(number):
        place_order(shop.cart(at=now()), answers=shop.answers(), key=f"k{n}", at=now(), language="fr")
        a_flow(f"flow{n}")
        stock(a_product(), a_warehouse(), 1, reserved=3, shortage=2)
    boss = a_colleague("boss@shop.test", is_superuser=True)
    client.force_login(boss)
    page(client)
    with django_assert_max_num_queries(15):
        page(client)


def test_bars_stand_on_the_ground_and_the_highest_fills_the_chart():
    days = [(dt.date(2026, 3, day), {"orders": 1, "total": Decimal(day)}) for day in range(1, 15)]
    bars = chart(days)
    assert all(bar.y + bar.height == 64 for bar in bars)
    assert bars[-1].height == 64
    assert bars[-1].today
    assert chart([(dt.date(2026, 3, 1), {})])[0].height == 1
