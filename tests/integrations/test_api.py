"""Integrators send files and read what became of them."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Scope
from integrations.models import Run
from integrations.services import run_flow
from tests.builders import AT, an_api_key

pytestmark = pytest.mark.django_db
GOOD = "Code;Name\nA;Toys\nB;Games\n"


@pytest.fixture
def call(client):
    key = an_api_key(Scope.FLOWS_RUN)

    def call(method, path, data=None, content_type="application/json", **more):
        headers = {"Authorization": f"Bearer {key}"}
        body = {"data": data} if data is not None else {}
        return getattr(client, method)(path, **body, content_type=content_type, headers=headers, **more)

    return call


def test_a_file_sent_as_body_becomes_a_run(call, make_flow):
    make_flow()
    answer = call("post", "/api/v1/flows/cats/runs?name=a.csv", GOOD.encode(), "text/csv")
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert (body["state"], body["file"], body["flow"]) == ("waiting", "a.csv", "cats")
    run = run_flow(Run.objects.get(guid=body["guid"]).pk, at=AT)
    told = call("get", answer["Location"]).json()
    assert (told["state"], told["rows_new"], told["message"]) == ("done", 2, run.message)


def test_a_file_sent_as_form_becomes_a_run(client, make_flow):
    make_flow(coverage="full")
    answer = client.post(
        "/api/v1/flows/cats/runs",
        {"file": SimpleUploadedFile("b.csv", GOOD.encode()), "partial": "true"},
        headers={"Authorization": f"Bearer {an_api_key(Scope.FLOWS_RUN)}"},
    )
    assert answer.status_code == 202, answer.content
    run = Run.objects.get(guid=answer.json()["guid"])
    assert (run.raw_file.name, run.definition["coverage"], run.actor) == ("b.csv", "delta", "key:erp")


def test_refused_rows_come_back_with_reasons_and_can_be_sent_again(call, make_flow, send, tiny):
    flow = make_flow(encoding="windows-1252", columns={"code": "Code", "name": "Name", "position": "Rang"})
    run = send(flow, "Rang;Name;Code\n1;Été;A\nx;=cmd;B\n".encode("windows-1252"))
    answer = call("get", f"/api/v1/runs/{run.guid}/rejects.csv")
    text = b"".join(answer.streaming_content).decode("windows-1252")
    assert text.splitlines()[0] == "Rang;Name;Code;altazion_reason"
    assert text.splitlines()[1].startswith("x;'=cmd;B;")
    assert "“x”" in text
    corrected = text.replace("x;'", "2;'", 1)
    assert send(flow, corrected.encode("windows-1252")).rows_new == 1
    assert tiny.content() == {"A": "Été", "B": "=cmd"}


def test_a_run_is_asked_again_for_its_rejected_rows(call, make_flow, send):
    flow = make_flow(columns={"code": "Code", "name": "Name", "position": "Rank"})
    run = send(flow, "Code;Name;Rank\nA;x;1\nB;y;z\n")
    answer = call("post", f"/api/v1/runs/{run.guid}/rerun", json.dumps({"only_failed": True}))
    assert answer.status_code == 202
    assert answer.json()["rerun_of"] == str(run.guid)
    good = send(make_flow("other"), GOOD)
    answer = call("post", f"/api/v1/runs/{good.guid}/rerun", json.dumps({"only_failed": True}))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_rejected")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("post", "/api/v1/flows/nothing/runs", 404),
        ("get", "/api/v1/runs/6f0c7b7e-0000-4000-8000-000000000000", 404),
        ("get", "/api/v1/erp/orders", 403),
    ],
)
def test_what_is_not_there_or_not_allowed_is_a_problem_document(call, method, path, status):
    answer = call(method, path, b"x" if method == "post" else None, "text/csv")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_an_empty_body_makes_a_run_that_says_so(call, make_flow):
    make_flow()
    answer = call("post", "/api/v1/flows/cats/runs", b"", "text/csv")
    assert answer.status_code == 202
    assert "empty" in run_flow(Run.objects.get().pk, at=AT).message
    answer = call("post", f"/api/v1/runs/{Run.objects.get().guid}/rerun", "{no json")
    assert answer.status_code == 400
