"""A flow that is late, slow, failing or unlike itself is told of once, and its recovery too."""

import datetime as dt

import pytest
from django.urls import reverse

from altazion.office import flow_state
from integrations.models import FlowWatch, Run
from integrations.selectors import flows_with_health
from integrations.services import check_flows
from integrations.tasks import check_flows as task
from logbook.models import Event
from tasks_mgmt.models import Task
from tests.builders import AT, a_colleague

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def a_run(flow, *, state="done", rows=1000, ago=0, **fields):
    end = AT - ago * MINUTE
    times = {"queued_at": end, "started_at": end - MINUTE, "finished_at": None if state == "running" else end}
    return Run.objects.create(flow=flow, state=state, trigger="hand", rows_read=rows, **{**times, **fields})


def says():
    return FlowWatch.objects.get().problems


def test_a_flow_that_is_well_is_left_alone(make_flow):
    a_run(make_flow())
    assert check_flows(at=AT) == []
    assert Task.objects.count() == 0


def test_a_late_flow_raises_a_task_once_and_its_next_success_settles_it(make_flow, django_assert_max_num_queries):
    flow = make_flow()
    flow.expected_every_minutes = 60
    flow.save()
    a_run(flow, ago=90)
    assert len(check_flows(at=AT)) == 1
    assert says() == ["Late: the last success was 90 minutes ago, one is expected every 60 minutes."]
    assert check_flows(at=AT + MINUTE) == [], "other minutes, the same illness"
    assert "91 minutes" in Task.objects.get().description
    assert flow_state(flows_with_health().get(), AT).needs_care
    a_run(flow)
    (turn,) = check_flows(at=AT + 2 * MINUTE)
    assert (turn.says, says()) == ("", [])
    assert Task.objects.get().state == "done"
    assert list(Event.objects.filter(kind__startswith="integrations.flow_").values_list("kind", flat=True)) == [
        "integrations.flow_ill",
        "integrations.flow_well",
    ]


def test_a_run_that_goes_on_too_long(make_flow):
    flow = make_flow()
    flow.longest_minutes = 10
    flow.save()
    a_run(flow, state="running", started_at=AT - 11 * MINUTE, lease_until=AT + MINUTE)
    check_flows(at=AT)
    assert "has been running for 11 minutes" in says()[0]


def test_a_volume_unlike_the_usual_one(make_flow):
    flow = make_flow()
    flow.volume_tolerance = 50
    flow.save()
    for number in range(6):
        a_run(flow, rows=1000 + number)
    check_flows(at=AT)
    a_run(flow, rows=400)
    check_flows(at=AT)
    assert "had 400 rows, usual are 1002" in says()[0]


def test_failures_in_a_row(make_flow):
    flow = make_flow()
    a_run(flow)
    for _ in range(2):
        a_run(flow, state="failed")
    assert check_flows(at=AT) == []
    a_run(flow, state="failed")
    check_flows(at=AT)
    assert says() == ["3 runs in a row have failed."]


def test_a_machine_that_does_not_answer(make_flow):
    flow = make_flow()
    FlowWatch.objects.create(flow=flow, problem="sftp.example.com does not answer.", failures=3)
    check_flows(at=AT)
    assert says() == ["sftp.example.com does not answer."]


def test_it_asks_as_often_for_three_flows_as_for_one(make_flow, django_assert_num_queries):
    a_run(make_flow("one"))
    with django_assert_num_queries(3):
        check_flows(at=AT)
    for code in ("two", "three"):
        a_run(make_flow(code))
    with django_assert_num_queries(3):
        check_flows(at=AT)


def test_people_are_told_by_mail_when_it_begins_and_when_it_ends(make_flow, mailoutbox, client):
    anna = a_colleague(is_superuser=True, language="en")
    flow = make_flow()
    flow.expected_every_minutes = 60
    flow.save()
    task()
    task()
    assert [mail.to for mail in mailoutbox] == [[anna.email]]
    assert "“cats” needs care" in mailoutbox[0].subject
    client.force_login(anna)
    client.cookies["django_language"] = "en"
    assert "Nothing has come through yet" in client.get(reverse("admin:index")).content.decode()
    assert "needs care" in client.get(reverse("admin:integrations_flow_changelist")).content.decode()
    from altazion.lib.clock import now

    Run.objects.create(flow=flow, state="done", trigger="hand", queued_at=now(), finished_at=now())
    task()
    assert "well again" in mailoutbox[1].subject
