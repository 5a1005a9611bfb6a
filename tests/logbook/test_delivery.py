"""Events reach their consumers at least once, late commits included, and failures wait for a person."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from logbook import ports, services
from logbook.models import Cursor, Event, FailedDelivery
from tests.builders import AT


@pytest.fixture
def reader():
    seen = []

    @ports.consumer("tests.reader", kinds=["tests.happened"])
    def read(event):
        if event.data.get("poison") and not event.data.get("cured"):
            raise ValueError("cannot take this")
        seen.append(event.data["n"])

    yield seen
    ports.CONSUMERS.pop("tests.reader")


@pytest.mark.django_db(transaction=True)
def test_each_event_is_delivered_once_and_in_order(reader):
    for n in range(5):
        services.record("tests.happened", at=AT, n=n)
    services.record("tests.other", at=AT, n=99)
    assert services.deliver("tests.reader", at=AT, batch=3) == 3
    assert services.deliver("tests.reader", at=AT) == 2
    assert services.deliver("tests.reader", at=AT) == 0
    assert reader == [0, 1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_passed_over(reader):
    opened, may_commit = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with transaction.atomic():
                services.record("tests.happened", at=AT, n=1)
                opened.set()
                may_commit.wait(10)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    opened.wait(10)
    services.record("tests.happened", at=AT, n=2)  # younger, commits first
    assert services.deliver("tests.reader", at=AT) == 0, "nothing may be read above a running transaction"
    may_commit.set()
    writer.join()
    services.deliver("tests.reader", at=AT)
    assert reader == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_cannot_be_taken_does_not_stop_those_behind_it(reader):
    services.record("tests.happened", at=AT, n=1, poison=True)
    services.record("tests.happened", at=AT, n=2)
    services.deliver("tests.reader", at=AT)
    assert reader == [2]
    failure = FailedDelivery.objects.get()
    assert "cannot take this" in failure.error
    Event.objects.filter(pk=failure.event_id).update(data={"n": 1, "poison": True, "cured": True})
    assert services.retry_failed(at=AT) == 0, "not due yet"
    assert services.retry_failed(at=AT + dt.timedelta(minutes=1)) == 1
    assert reader == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_event(reader):
    with pytest.raises(RuntimeError), transaction.atomic():
        services.record("tests.happened", at=AT, n=1)
        raise RuntimeError
    services.deliver("tests.reader", at=AT)
    assert reader == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_read_for_one_consumer_at_once(reader):
    services.record("tests.happened", at=AT, n=1)
    Cursor.objects.create(consumer="tests.reader")
    taken = []

    def second_worker():
        try:
            taken.append(services.deliver("tests.reader", at=AT))
        finally:
            connections.close_all()

    with transaction.atomic():
        Cursor.objects.select_for_update().get(consumer="tests.reader")
        other = threading.Thread(target=second_worker)
        other.start()
        other.join()
    assert taken == [0]
    assert connection.in_atomic_block is False
