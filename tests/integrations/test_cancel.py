"""A run that waits or is under way is cancelled; nothing of it is written."""

import io
import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts.enums import Scope
from altazion.lib.problems import Refused
from integrations.enums import RunState
from integrations.models import Run
from integrations.services import cancel_run, lease, receive_file, rerun, run_flow
from tests.builders import AT, a_colleague, an_api_key
from tests.integrations import tiny_loader

GOOD = b"Code;Name\nA;Toys\nB;Games\n"


def waiting(flow):
    return receive_file(flow, "a.csv", io.BytesIO(GOOD), trigger="upload", at=AT)


@pytest.mark.django_db
def test_a_waiting_run_is_cancelled_at_once_and_can_be_run_again(make_flow, tiny):
    run = waiting(make_flow())
    cancel_run(run, at=AT, actor="anna")
    assert (run.state, run.finished_at, run.message) == (RunState.CANCELLED, AT, "Cancelled before it began.")
    assert run_flow(run.pk, at=AT).state == RunState.CANCELLED
    with pytest.raises(Refused, match="waits or is under way"):
        cancel_run(run, at=AT)
    assert run_flow(rerun(run, at=AT).pk, at=AT).state == RunState.DONE
    assert tiny.content() == {"A": "Toys", "B": "Games"}


@pytest.mark.django_db(transaction=True)
def test_a_running_one_stops_in_the_middle_of_a_statement(make_flow, tiny, monkeypatch):
    run = waiting(make_flow())

    def ask():
        cancel_run(Run.objects.get(pk=run.pk), at=AT)
        connection.close()

    def slow(context):
        tiny_loader.merge(context)
        asking = threading.Thread(target=ask)
        asking.start()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr("integrations.engine.load.import_string", lambda path: slow)
    run = run_flow(run.pk, at=AT)
    assert (run.state, run.message, run.rows_new) == (RunState.CANCELLED, "Cancelled; nothing was written.", 0)
    assert tiny.content() == {}


@pytest.mark.django_db
def test_office_and_api_cancel(client, make_flow):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    flow = make_flow()
    first, second = waiting(flow), waiting(flow)
    assert "Cancel this run" in client.get(reverse("admin:integrations_run_change", args=[first.pk])).content.decode()
    client.post(reverse("admin:integrations_run_cancel", args=[first.pk]))
    assert Run.objects.get(pk=first.pk).state == RunState.CANCELLED
    more = {"headers": {"Authorization": f"Bearer {an_api_key(Scope.FLOWS_RUN)}"}, "content_type": "application/json"}
    assert client.post(f"/api/v1/runs/{second.guid}/cancel", **more).json()["state"] == "cancelled"
    assert client.post(f"/api/v1/runs/{second.guid}/cancel", **more).status_code == 409
