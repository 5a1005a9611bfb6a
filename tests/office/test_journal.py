"""The journal in Office: read, searched, retried; never written and never counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from logbook import ports, selectors
from logbook import services as logbook
from logbook.models import FailedDelivery
from tests.builders import AT, a_colleague

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    person = a_colleague("boss@shop.test", is_superuser=True)
    client.force_login(person)
    return person


def some_events():
    for number in range(3):
        logbook.record("orders.order_placed", at=AT, subject_kind="order", subject_id=number, actor="zoe-q")
    logbook.record("catalog.products_changed", at=AT, subject_kind="product", subject_id=1)


def test_events_are_found_by_kind_and_by_record(client, boss):
    some_events()
    url = reverse("admin:logbook_event_changelist")
    assert client.get(url, {"kind": "orders.order_placed"}).content.decode().count("zoe-q") == 3
    assert client.get(url, {"q": "order 2"}).content.decode().count("zoe-q") == 1
    page = client.get(url, {"q": "1"}).content.decode()
    assert "order 1" in page
    assert "product 1" in page
    assert selectors.kinds_seen() == ["catalog.products_changed", "orders.order_placed"]


def test_the_list_never_counts(client, boss):
    some_events()
    client.get(reverse("admin:logbook_event_changelist"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("admin:logbook_event_changelist"))
    assert not [q["sql"] for q in queries if "COUNT(" in q["sql"] and "logbook_event" in q["sql"]]


def test_events_cannot_be_changed(client, boss):
    event = logbook.record("x.happened", at=AT)
    url = reverse("admin:logbook_event_change", args=[event.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"kind": "forged"}).status_code == 403
    assert client.post(reverse("admin:logbook_event_delete", args=[event.pk])).status_code == 403


def a_failure():
    event = logbook.record("x.happened", at=AT)
    return FailedDelivery.objects.create(
        consumer="a.reader", event=event, error="Boom", first_failed_at=AT, retry_at=AT
    )


def test_a_failed_delivery_is_retried_by_its_button_or_in_bulk(client, boss, monkeypatch):
    monkeypatch.setitem(ports.CONSUMERS, "a.reader", ports.Consumer("a.reader", frozenset(), lambda event: None))
    first, second = a_failure(), a_failure()
    page = client.get(reverse("admin:logbook_faileddelivery_change", args=[first.pk])).content.decode()
    button = reverse("admin:logbook_faileddelivery_retry", args=[first.pk])
    assert button in page
    assert client.get(button).status_code == 403  # a link must not change anything
    client.post(button)
    url = reverse("admin:logbook_faileddelivery_changelist")
    client.post(url, {"action": "retry_chosen", "_selected_action": [second.pk]})
    assert not FailedDelivery.objects.filter(resolved_at=None).exists()
