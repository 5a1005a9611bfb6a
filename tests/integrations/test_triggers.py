"""Flows start by the clock, by events, after one another and when several files lie ready; no moment starts twice."""

import datetime as dt
import os
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from altazion.lib.problems import Invalid, Refused
from integrations.consumers import start_what_waits_for_it
from integrations.models import Flow, FlowTrigger, FlowWatch, Run, TriggerSlot
from integrations.services import (
    delete_trigger,
    ensure_schedules,
    fire,
    lost_starts,
    run_flow,
    save_trigger,
    something_happened,
    start_flow,
    starts_of,
    switch_flow,
    take_up,
)
from integrations.services.folders import folder_of
from integrations.services.slots import last_slot, next_slot
from integrations.tasks import fire_trigger
from logbook.models import Event
from tests.builders import AT, a_colleague, an_api_key

pytestmark = pytest.mark.django_db
GOOD = "Code;Name\nA;Toys\n"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _quiet(settings, monkeypatch):
    settings.TIME_ZONE = "Europe/Paris"
    settings.FLOWS_STILL_SECONDS = 0
    monkeypatch.setattr("integrations.tasks.nudge_trigger", lambda pk: None)
    monkeypatch.setattr("integrations.tasks.nudge", lambda pk: None)


def a_trigger(flow, kind="interval", **fields):
    trigger = FlowTrigger(flow=flow, kind=kind, **fields)
    save_trigger(trigger, at=AT)
    return trigger


def paris(text):
    from zoneinfo import ZoneInfo

    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


def drop(flow, name, content=GOOD):
    path = folder_of(flow) / name
    path.write_text(content)
    os.utime(path, (AT.timestamp() - 60,) * 2)
    return path


@pytest.mark.parametrize(
    ("fields", "at", "then"),
    [
        ({"kind": "interval", "every_minutes": 15}, "2026-03-10T10:07", "2026-03-10T10:15"),
        ({"kind": "cron", "cron": "30 6 * * 1-5"}, "2026-03-13T07:00", "2026-03-16T06:30"),
        ({"kind": "cron", "cron": "0 0 29 2 *"}, "2026-03-10T10:00", "2028-02-29T00:00"),
        ({"kind": "cron", "cron": "*/20 8-9 * * 0"}, "2026-03-15T08:41", "2026-03-15T09:00"),
        ({"kind": "cron", "cron": "30 2 * * *"}, "2026-03-28T12:00", "2026-03-30T02:30"),  # spring leaves 2:30 out
        ({"kind": "cron", "cron": "0 0 31 2 *"}, "2026-03-10T10:00", None),
        ({"kind": "weekly", "weekdays": "6,7", "from_time": dt.time(9)}, "2026-03-10T10:00", "2026-03-14T09:00"),
        (
            {"kind": "weekly", "weekdays": "1-5", "from_time": dt.time(8), "to_time": dt.time(18), "every_minutes": 30},
            "2026-03-10T18:00",
            "2026-03-11T08:00",
        ),
    ],
)
def test_the_next_moment(make_flow, fields, at, then):
    found = next_slot(FlowTrigger(flow=make_flow(), **fields), paris(at))
    assert found == (paris(then) if then else None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "interval"}, "every_minutes"),
        ({"kind": "cron", "cron": "every day"}, "cron"),
        ({"kind": "cron", "cron": "61 * * * *"}, "cron"),
        ({"kind": "cron", "cron": "*/0 * * * *"}, "cron"),
        ({"kind": "cron", "cron": "1-x * * * *"}, "cron"),
        ({"kind": "weekly", "weekdays": "8"}, "weekdays"),
        ({"kind": "weekly", "from_time": dt.time(9), "to_time": dt.time(8)}, "to_time"),
        ({"kind": "event"}, "event_kind"),
        ({"kind": "after"}, "after"),
        ({"kind": "files", "needs": "one.csv"}, "needs"),
        ({"kind": "files", "needs": "a.csv > nowhere\nb.csv"}, "needs"),
        ({"kind": "files", "needs": "> cats\nb.csv"}, "needs"),
    ],
)
def test_a_trigger_that_can_never_start_anything_is_refused_at_its_field(make_flow, fields, field):
    with pytest.raises(Invalid) as found:
        a_trigger(make_flow(), **fields)
    assert found.value.field == field


def test_a_moment_starts_once_however_often_the_call_comes(make_flow):
    trigger = a_trigger(make_flow(), "cron", cron="0 10 * * *")
    at = paris("2026-03-10T10:00")
    assert fire(trigger.pk, at=at) is not None
    assert fire(trigger.pk, at=at + 40 * dt.timedelta(seconds=1)) is None
    assert fire(trigger.pk, at=at + 3 * MINUTE) is None, "late, and used already"
    assert fire(trigger.pk, at=at + 60 * MINUTE) is None, "no moment is due"
    assert fire(trigger.pk, at=at + dt.timedelta(days=1)) is not None


def test_a_call_that_comes_late_still_counts_and_one_that_comes_too_late_does_not(make_flow):
    trigger = a_trigger(make_flow(), "cron", cron="0 10 * * *")
    assert last_slot(trigger, paris("2026-03-10T10:09"))[0] == "2026-03-10T10:00"
    assert last_slot(trigger, paris("2026-03-10T10:11")) is None


def test_the_hour_that_comes_twice_in_autumn_is_one_moment(make_flow):
    trigger = a_trigger(make_flow(), "cron", cron="30 2 * * *")
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert fire(trigger.pk, at=first) is not None
    assert fire(trigger.pk, at=first + dt.timedelta(hours=1)) is None


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_the_same_moment_start_it_once(make_flow):
    trigger = a_trigger(make_flow(), every_minutes=5)
    won, gate = [], threading.Barrier(5)

    def call():
        gate.wait()
        if fire(trigger.pk, at=AT) is not None:
            won.append(1)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_trigger_has_a_row_of_beat_and_replaces_the_default_one(make_flow):
    flow = make_flow()
    Flow.objects.filter(pk=flow.pk).update(folder="cats")
    ensure_schedules(AT)
    assert PeriodicTask.objects.filter(name="Flow cats").exists()
    trigger = a_trigger(flow, every_minutes=7)
    row = PeriodicTask.objects.get(task="integrations.tasks.fire_trigger")
    assert (row.interval.every, row.enabled) == (7, True)
    assert not PeriodicTask.objects.filter(name="Flow cats").exists()
    ensure_schedules(AT)
    assert not PeriodicTask.objects.filter(name="Flow cats").exists()
    trigger.active = False
    save_trigger(trigger, at=AT)
    row.refresh_from_db()
    assert row.enabled is False
    assert fire(trigger.pk, at=AT) is None
    delete_trigger(trigger, at=AT)
    assert not PeriodicTask.objects.filter(task="integrations.tasks.fire_trigger").exists()


def test_a_flow_that_is_switched_off_is_not_started(make_flow):
    flow = make_flow()
    trigger = a_trigger(flow, every_minutes=5)
    switch_flow(flow, active=False, at=AT, actor="anna")
    assert fire(trigger.pk, at=AT) is None
    switch_flow(flow, active=True, at=AT)
    switch_flow(flow, active=True, at=AT)
    assert Event.objects.filter(kind="integrations.flow_switched_on").count() == 1
    assert fire(trigger.pk, at=AT) is not None


def test_the_clock_takes_a_file_and_runs_it(make_flow, tiny, settings):
    flow = make_flow()
    trigger = a_trigger(flow, every_minutes=1)
    drop(flow, "cats.csv")
    assert fire_trigger(trigger.pk) == 1
    assert Run.objects.get().state == "done"
    assert fire_trigger(trigger.pk) == 0 or TriggerSlot.objects.count() == 2


def test_an_event_asks_once_and_many_events_are_one_start(make_flow):
    trigger = a_trigger(make_flow(), "event", event_kind="orders.order_placed")
    asked = [something_happened("orders.order_placed", number, "", at=AT) for number in (1, 1, 2, 3)]
    assert asked == [1, 0, 0, 0]
    assert lost_starts(at=AT + MINUTE) == [trigger.pk]
    assert take_up(trigger.pk, at=AT) == trigger
    assert take_up(trigger.pk, at=AT) is None
    assert something_happened("orders.order_placed", 1, "", at=AT) == 0, "the same event, delivered again"
    assert something_happened("orders.order_placed", 4, "", at=AT) == 1


def test_a_flow_starts_after_another_went_well_and_not_after_it_failed(make_flow, send):
    first = make_flow("first")
    second = Flow.objects.create(code="second", name="Second", entity="categories", mapping=first.mapping)
    trigger = a_trigger(second, "after", after=first)
    send(first, "x")
    assert not Event.objects.filter(kind="integrations.run_finished").exists()
    assert lost_starts(at=AT + MINUTE) == []
    send(first, GOOD)
    start_what_waits_for_it(Event.objects.get(kind="integrations.run_finished"))
    assert lost_starts(at=AT + 2 * MINUTE) == [trigger.pk]


def test_flows_that_would_start_each_other_for_ever_are_refused(make_flow):
    a = make_flow("a")
    b, c = (Flow.objects.create(code=code, name=code, entity="categories", mapping=a.mapping) for code in "bc")
    a_trigger(b, "after", after=a)
    a_trigger(c, "after", after=b)
    with pytest.raises(Invalid, match="for ever"):
        a_trigger(a, "after", after=c)
    with pytest.raises(Invalid, match="for ever"):
        a_trigger(a, "after", after=a)
    a_trigger(c, "after", after=a)  # two ways to the same flow are no circle


def test_files_needed_together_are_taken_together_and_in_order(make_flow, tiny):
    flow = make_flow("articles")
    flow.folder = "together"
    flow.save()
    other = Flow.objects.create(code="prices", name="Prices", entity="categories", mapping=flow.mapping)
    trigger = a_trigger(
        flow, "files", needs="articles_*.csv\nprices_*.csv > prices\n", every_minutes=5, deadline_minutes=60
    )
    drop(flow, "prices_1.csv", "Code;Name\nA;Second\n")
    assert start_flow(flow, at=AT) == []
    assert start_flow(flow, at=AT + 59 * MINUTE) == []
    with pytest.raises(Refused, match=r"articles_\*\.csv has not come within 60 minutes of prices_1\.csv"):
        start_flow(flow, at=AT + 60 * MINUTE)
    assert "has not come" in FlowWatch.objects.get(flow=flow).problem
    drop(flow, "articles_1.csv")
    runs = start_flow(flow, at=AT + 61 * MINUTE)
    assert [run.flow for run in runs] == [flow, other]
    for run in runs:
        run_flow(run.pk, at=AT)
    assert tiny.content() == {"A": "Second"}
    assert sorted(path.name for path in (folder_of(flow) / "done").iterdir()) == ["articles_1.csv", "prices_1.csv"]
    assert FlowWatch.objects.get(flow=flow).problem == ""
    trigger.refresh_from_db()
    assert trigger.waiting_since is None
    assert start_flow(flow, at=AT + 62 * MINUTE) == []


def test_what_starts_a_flow_is_told_the_soonest_first(make_flow):
    flow = make_flow()
    a_trigger(flow, "event", event_kind="orders.order_placed")
    a_trigger(flow, "cron", cron="0 6 * * *")
    a_trigger(flow, every_minutes=5)
    says = [start.says for start in starts_of(flow, AT)]
    assert says == ["every 5 minutes", "at “0 6 * * *”", "when this happens: an order was placed"]


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    return client


def form(flow, *rows):
    data = {
        "name": flow.name,
        "direction": "in",
        "entity": "categories",
        "mapping": flow.mapping_id,
        "coverage": "delta",
        "pattern": "*.csv",
        "active": "on",
        "triggers-TOTAL_FORMS": len(rows),
        "triggers-INITIAL_FORMS": 0,
        "export-TOTAL_FORMS": 0,
        "export-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        data |= {f"triggers-{number}-{name}": value for name, value in row.items()}
    return data


def test_triggers_are_edited_on_the_flows_page(anna, make_flow):
    flow = make_flow()
    page = reverse("admin:integrations_flow_change", args=[flow.pk])
    bad = anna.post(page, form(flow, {"kind": "cron", "cron": "nonsense", "active": "on"}))
    assert "Give five parts" in bad.content.decode()
    anna.post(page, form(flow, {"kind": "cron", "cron": "0 6 * * *", "active": "on"}))
    assert FlowTrigger.objects.get().cron == "0 6 * * *"
    assert PeriodicTask.objects.filter(task="integrations.tasks.fire_trigger").count() == 1
    text = anna.get(page).content.decode()
    assert "at “0 6 * * *”" in text
    assert "next:" in text


def test_flows_are_listed_switched_and_started_by_api(client, make_flow):
    flow = make_flow()
    a_trigger(flow, every_minutes=5)
    drop(flow, "cats.csv")
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('flows:run')}"}
    assert [row["code"] for row in client.get("/api/v1/flows", **key).json()["flows"]] == ["cats"]
    shown = client.get("/api/v1/flows/cats", **key).json()
    assert shown["starts"][0]["says"] == "every 5 minutes"
    started = client.post("/api/v1/flows/cats/start", **key)
    assert (started.status_code, len(started.json()["runs"])) == (202, 1)
    off = client.patch("/api/v1/flows/cats", {"active": False}, content_type="application/json", **key)
    assert off.json()["active"] is False
    assert client.patch("/api/v1/flows/cats", {}, content_type="application/json", **key).status_code in (400, 422)
    assert client.post("/api/v1/flows/none/start", **key).status_code == 404
