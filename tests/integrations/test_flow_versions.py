"""A flow's definition in versions: each change makes one, runs remember theirs, one can go back."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Refused
from integrations.enums import TriggerKind
from integrations.models import Connection, Flow, FlowTrigger, FlowVersion
from integrations.selectors import version_differences
from integrations.services import (
    delete_trigger,
    go_back,
    save_connection,
    save_flow,
    save_mapping,
    save_trigger,
    switch_flow,
)
from tests.builders import AT, a_colleague, an_api_key

pytestmark = pytest.mark.django_db
GOOD = "Code;Name\nA;Toys\nB;Games\n"


def page(name, *args):
    return reverse(f"admin:integrations_{name}", args=args)


def numbers(flow):
    return list(FlowVersion.objects.filter(flow=flow).order_by("number").values_list("number", flat=True))


def differences(flow, old, new):
    get = lambda number: FlowVersion.objects.get(flow=flow, number=number).definition  # noqa: E731
    return {(each.part, each.field): (each.old, each.new) for each in version_differences(get(old), get(new))}


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    return client


def test_every_change_makes_a_version_that_says_who_when_and_what(make_flow):
    flow = make_flow()
    flow.brake_archived = 5
    save_flow(flow, at=AT, actor="anna")
    assert numbers(flow) == [1, 2]
    assert differences(flow, 1, 2) == {("settings", "brake_archived"): ("10", "5")}
    assert FlowVersion.objects.get(number=2).actor == "anna"
    flow.mapping.separator = "|"
    flow.mapping.columns = [*flow.mapping.columns[:1], {"field": "name", "column": "Label"}]
    save_mapping(flow.mapping, at=AT, actor="ben")
    assert differences(flow, 2, 3) == {
        ("mapping", "separator"): (";", "|"),
        ("mapping", "columns.name"): ("Name", "Label"),
    }
    trigger = FlowTrigger(flow=flow, kind=TriggerKind.INTERVAL, every_minutes=15)
    save_trigger(trigger, at=AT, actor="anna")
    assert differences(flow, 3, 4) == {("triggers", ""): ("", "every so many minutes: every, minutes: 15")}
    switch_flow(flow, active=False, at=AT)
    assert differences(flow, 4, 5) == {("settings", "active"): ("yes", "no")}
    assert Flow.objects.get().version == 5


def test_saving_without_a_change_makes_none(make_flow):
    flow = make_flow()
    save_flow(flow, at=AT)
    save_flow(flow, at=AT)
    assert numbers(flow) == [1]


def test_the_database_lets_nobody_change_a_version(make_flow):
    save_flow(make_flow(), at=AT)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        FlowVersion.objects.update(actor="somebody else")


def test_a_run_remembers_the_version_it_used(make_flow, send):
    flow = make_flow()
    first = send(flow, GOOD)
    flow.mapping.columns = [{"field": "code", "column": "Code"}, {"field": "name", "column": "Name", "case": "upper"}]
    flow.mapping.save()  # not through the service: it is noticed all the same
    second = send(flow, GOOD)
    assert (first.flow_version, second.flow_version) == (1, 2)
    assert numbers(flow) == [1, 2]


def test_going_back_restores_settings_mapping_and_triggers_as_a_new_version(make_flow, send):
    flow, other = make_flow(), None
    other = Flow.objects.create(code="other", name="Other", entity=flow.entity, mapping=flow.mapping)
    trigger = FlowTrigger(flow=flow, kind=TriggerKind.INTERVAL, every_minutes=15)
    save_trigger(trigger, at=AT)
    good = FlowVersion.objects.first()
    flow.name, flow.coverage = "New name", "full"
    save_flow(flow, at=AT)
    flow.mapping.columns = [{"field": "code", "column": "Nothing"}]
    save_mapping(flow.mapping, at=AT)
    delete_trigger(trigger, at=AT)
    save_trigger(FlowTrigger(flow=flow, kind=TriggerKind.INTERVAL, every_minutes=60), at=AT)

    number = go_back(good, at=AT, actor="anna")

    flow = Flow.objects.select_related("mapping").get(pk=flow.pk)
    assert (flow.name, flow.coverage, flow.version) == ("cats", "delta", number)
    assert [column["column"] for column in flow.mapping.columns] == ["Code", "Name"]
    assert list(FlowTrigger.objects.filter(flow=flow).values_list("every_minutes", flat=True)) == [15]
    made = FlowVersion.objects.get(flow=flow, number=number)
    assert (made.back_to, made.actor, made.definition) == (good.number, "anna", good.definition)
    assert send(flow, GOOD).state == "done"
    assert numbers(other) == [1, 2, 3], "its mapping went there and back"
    with pytest.raises(Refused, match="so already"):
        go_back(good, at=AT)


def test_going_back_to_what_is_gone_is_refused_and_changes_nothing(make_flow):
    flow = make_flow()
    flow.connection = Connection.objects.create(code="erp", name="ERP", kind="folder", base="erp")
    save_flow(flow, at=AT)
    old = FlowVersion.objects.first()
    flow.connection, flow.name = None, "Now"
    save_flow(flow, at=AT)
    Connection.objects.all().delete()
    with pytest.raises(Refused, match=r"“erp” .* is not there any more"):
        go_back(old, at=AT)
    assert Flow.objects.get().name == "Now"


def test_no_version_holds_a_secret(make_flow):
    flow = make_flow()
    flow.connection = Connection(code="erp", name="ERP", kind="sftp", host="sftp.example.com", account="me")
    save_connection(flow.connection, secret="quite-secret-word", at=AT, actor="anna")
    save_flow(flow, at=AT)
    assert "quite-secret-word" not in json.dumps([v.definition for v in FlowVersion.objects.all()])


def test_office_shows_versions_with_differences_and_goes_back(anna, make_flow, send):
    flow = make_flow()
    send(flow, GOOD)
    flow.coverage = "full"
    save_flow(flow, at=AT, actor="ben")
    text = anna.get(page("flow_versions", flow.pk)).content.decode()
    assert "Version 2" in text
    assert "some rows: absent means unchanged" in text
    assert "1 run used it" in text
    text = anna.get(page("flow_version", flow.pk, 1)).content.decode()
    assert "Go back to this version" in text
    answer = anna.post(page("flow_back", flow.pk, 1), follow=True)
    assert "as in version 1 again; this is version 3" in answer.content.decode()
    assert Flow.objects.get().coverage == "delta"
    assert "The flow is so already" in anna.post(page("flow_back", flow.pk, 3), follow=True).content.decode()
    assert anna.get(page("flow_version", flow.pk, 99)).status_code == 404
    assert anna.get(page("flow_versions", 999_999)).status_code == 404
    assert anna.get(page("flow_back", flow.pk, 1)).status_code == 405


def test_who_may_look_may_not_go_back(client, make_flow):
    flow = make_flow()
    save_flow(flow, at=AT)
    user = a_colleague("ben@shop.test")
    client.force_login(user)
    assert client.get(page("flow_versions", flow.pk)).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_flow"))
    assert client.get(page("flow_versions", flow.pk)).status_code == 200
    assert client.post(page("flow_back", flow.pk, 1)).status_code == 403


def test_versions_are_asked_as_often_for_three_as_for_one(anna, make_flow, django_assert_max_num_queries):
    flow = make_flow()
    save_flow(flow, at=AT)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        anna.get(page("flow_versions", flow.pk))
    for name in ("a", "b"):
        flow.name = name
        save_flow(flow, at=AT)
    with django_assert_max_num_queries(len(one)):
        anna.get(page("flow_versions", flow.pk))


def test_versions_by_api(client, make_flow):
    flow = make_flow()
    save_flow(flow, at=AT)
    flow.coverage = "full"
    save_flow(flow, at=AT, actor="anna")
    reads = {"Authorization": f"Bearer {an_api_key('erp', Scope.FLOWS_RUN)}"}
    admins = {"Authorization": f"Bearer {an_api_key('boss', Scope.FLOWS_ADMIN)}"}
    listed = client.get("/api/v1/flows/cats/versions", headers=reads).json()
    assert (listed["current"], [each["number"] for each in listed["versions"]]) == (2, [2, 1])
    one = client.get("/api/v1/flows/cats/versions/1", headers=reads).json()
    assert [(each["field"], each["new"]) for each in one["differences"]] == [
        ("coverage", "whole file: absent means archived")
    ]
    assert one["definition"]["settings"]["coverage"] == "delta"
    assert client.post("/api/v1/flows/cats/versions/1/back", headers=reads).status_code == 403
    assert client.post("/api/v1/flows/cats/versions/1/back", headers=admins).json() == {"number": 3}
    assert client.post("/api/v1/flows/cats/versions/1/back", headers=admins).status_code == 409
    assert client.get("/api/v1/flows/cats/versions/77", headers=reads).status_code == 404
