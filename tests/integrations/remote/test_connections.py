"""Connections: secrets go in and stay in, files are taken once and whole, and Office and the API tell how it stands."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from altazion.lib import sealing
from altazion.lib.problems import Refused
from integrations.enums import Direction, Entity
from integrations.models import Connection, Flow, FlowWatch, Run, TakenFile
from integrations.services import check_connection, look, run_flow, save_connection, trust_host_key
from integrations.services.fetching import send
from integrations.services.receiving import keep_file
from integrations.tasks import poll_flow
from logbook.models import Event
from tests.builders import AT, a_colleague, an_api_key
from tests.integrations.remote.servers import ACCOUNT, SECRET, FtpServer, SftpServer, WebServer

pytestmark = pytest.mark.django_db
GOOD = b"Code;Name\nA;Toys\n"
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def sftp(outside, serve):
    server = serve(SftpServer, outside)
    connection = Connection(
        code="erp", name="ERP", kind="sftp", host="127.0.0.1", port=server.port, account=ACCOUNT, host_key=server.line
    )
    save_connection(connection, secret=SECRET, at=AT, actor="anna")
    connection.server = server
    return connection


@pytest.fixture
def flow(make_flow, sftp):
    made = make_flow()
    made.connection, made.pattern = sftp, "*.csv"
    made.save()
    return made


@pytest.fixture
def anna(client):
    client.force_login(a_colleague(is_superuser=True, language="en"))
    client.cookies["django_language"] = "en"
    return client


def names(outside):
    return sorted(str(path.relative_to(outside)) for path in outside.rglob("*") if path.is_file())


def test_a_secret_is_sealed_and_tells_nobody(sftp):
    assert SECRET not in sftp.sealed_secret
    assert sealing.unseal(sftp.sealed_secret) == SECRET
    assert SECRET not in str(list(Event.objects.values_list("data", flat=True)))
    assert SECRET not in repr(sftp.__dict__)


def test_keys_are_changed_without_losing_secrets(sftp, settings, capsys):
    old = settings.SECRETS_KEYS
    settings.SECRETS_KEYS = ["a new long key", *old]
    call_command("reseal_secrets")
    settings.SECRETS_KEYS = ["a new long key"]
    sftp.refresh_from_db()
    assert sealing.unseal(sftp.sealed_secret) == SECRET
    settings.SECRETS_KEYS = ["yet another"]
    with pytest.raises(CommandError, match="erp"):
        call_command("reseal_secrets")
    assert "cannot be read" in check_connection(sftp, at=AT).test_message


def test_a_secret_does_not_follow_to_another_machine(sftp):
    sftp.host = "evil.example.com"
    with pytest.raises(Refused, match="type the secret again"):
        save_connection(sftp, at=AT)
    save_connection(sftp, secret="new", at=AT)
    sftp.name = "Other name"
    save_connection(sftp, at=AT)
    assert sealing.unseal(Connection.objects.get().sealed_secret) == "new"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "sftp", "host": ""}, "Name the host"),
        ({"kind": "sftp", "host": "sftp://x/y"}, "bare name"),
        ({"kind": "s3", "base": ""}, "Name the bucket"),
        ({"kind": "s3", "host": "a b", "base": "x"}, "service's address"),
        ({"kind": "http", "base": "ftp://x"}, "web address"),
        ({"kind": "http", "base": "https://me:secret@x/"}, "web address"),
        ({"kind": "http", "base": "https://x:99999999/"}, "web address"),
        ({"kind": "ftp", "host": "x", "base": "../up"}, "climb out"),
        ({"kind": "sftp", "host": "x", "host_key": "rubbish"}, "ssh-ed25519"),
    ],
)
def test_a_description_that_cannot_work_is_refused_at_its_field(fields, says):
    with pytest.raises(Refused, match=says):
        save_connection(Connection(code="x", name="x", **fields), at=AT)


def test_the_test_shows_the_machines_key_and_trusting_it_pins_it(sftp):
    sftp.host_key = ""
    sftp.save()
    assert check_connection(sftp, at=AT).test_passed is False
    assert "Compare it" in sftp.test_message
    with pytest.raises(Refused, match="test again"):
        trust_host_key(sftp, "ssh-rsa AAAA", at=AT)
    trust_host_key(sftp, sftp.offered_key, at=AT, actor="anna")
    sftp.refresh_from_db()
    assert sftp.host_key == sftp.server.line
    assert check_connection(sftp, at=AT).test_passed is True
    assert "Signed in; 0 files" in sftp.test_message


def test_a_file_is_taken_once_and_moved_aside(flow, outside, tiny):
    (outside / "cats.csv").write_bytes(GOOD)
    (run,) = look(flow, at=AT)
    assert run_flow(run.pk, at=AT).state == "done"
    assert tiny.content() == {"A": "Toys"}
    assert names(outside) == ["done/cats.csv"]
    taken = TakenFile.objects.get()
    assert (taken.name, taken.size, taken.run, taken.settled) == ("cats.csv", len(GOOD), run, True)
    assert look(flow, at=LATER) == []


def test_a_file_that_is_left_there_is_taken_again_only_when_it_changes(flow, outside):
    flow.after_taking = "keep"
    (outside / "cats.csv").write_bytes(GOOD)
    assert len(look(flow, at=AT)) == 1
    assert look(flow, at=LATER) == []
    (outside / "cats.csv").write_bytes(GOOD + b"B;Games\n")
    assert len(look(flow, at=LATER)) == 1
    assert names(outside) == ["cats.csv"]


def test_a_file_is_deleted_when_that_is_chosen(flow, outside):
    flow.after_taking = "delete"
    (outside / "cats.csv").write_bytes(GOOD)
    look(flow, at=AT)
    assert names(outside) == []


def test_a_crash_between_taking_and_moving_is_made_good_without_a_second_run(flow, outside, monkeypatch):
    (outside / "cats.csv").write_bytes(GOOD)
    with monkeypatch.context() as patch:
        patch.setattr("integrations.services.fetching._settle", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            look(flow, at=AT)
    assert names(outside) == ["cats.csv"]
    assert look(flow, at=LATER) == []
    assert names(outside) == ["done/cats.csv"]
    assert Run.objects.count() == 1


def test_two_workers_that_look_at_once_take_a_file_once(flow, outside, monkeypatch):
    flow.after_taking = "keep"
    (outside / "cats.csv").write_bytes(GOOD)
    monkeypatch.setattr("integrations.services.fetching.is_known", lambda *args: False)
    assert (len(look(flow, at=AT)), len(look(flow, at=AT))) == (1, 0)
    assert Run.objects.count() == 1


def test_a_machine_that_lies_about_length_gives_nothing_and_is_asked_again(flow, outside, sftp):
    sftp.server.lies["longer"] = 7
    (outside / "cats.csv").write_bytes(GOOD)
    assert poll_flow(flow.code) == 0
    watch = FlowWatch.objects.get()
    assert "should have" in watch.problem
    assert (watch.failures, Run.objects.count(), TakenFile.objects.count()) == (1, 0, 0)
    assert Event.objects.filter(kind="integrations.look_failed").count() == 1
    poll_flow(flow.code)
    assert Event.objects.filter(kind="integrations.look_failed").count() == 1, "told once, not at every look"
    sftp.server.lies.clear()
    assert poll_flow(flow.code) == 1
    watch.refresh_from_db()
    assert (watch.problem, watch.failures) == ("", 0)
    assert Event.objects.filter(kind="integrations.look_recovered").exists()


def test_a_file_that_is_still_growing_waits(flow, outside, monkeypatch):
    path = outside / "cats.csv"
    path.write_bytes(GOOD)
    monkeypatch.setattr("time.sleep", lambda _seconds: path.write_bytes(GOOD + b"B;Games\n"))
    assert look(flow, at=AT) == []
    monkeypatch.undo()


def test_a_web_address_without_any_stamp_is_told_apart_by_its_bytes(make_flow, serve):
    web = serve(WebServer)
    connection = Connection(code="web", name="Web", kind="http", base=f"http://127.0.0.1:{web.port}/x/")
    save_connection(connection, at=AT)
    flow = make_flow()
    flow.connection, flow.pattern = connection, "cats.csv"
    flow.save()
    web.routes["/x/cats.csv"] = (200, {}, GOOD)
    assert [len(look(flow, at=AT + dt.timedelta(minutes=n))) for n in range(3)] == [1, 0, 0]
    web.routes["/x/cats.csv"] = (200, {}, GOOD + b"B;Games\n")
    assert len(look(flow, at=LATER)) == 1
    web.routes["/x/cats.csv"] = (200, {}, GOOD)
    assert len(look(flow, at=LATER + dt.timedelta(hours=1))) == 1, "the old bytes are news again"


def test_an_export_is_laid_down_at_the_connection(sftp, outside, tmp_path):
    import io

    flow = Flow.objects.create(code="out", name="Out", direction=Direction.OUT, entity=Entity.ORDERS, connection=sftp)
    raw = keep_file("o.csv", io.BytesIO(b"hello"), at=AT)
    run = Run.objects.create(flow=flow, trigger="hand", raw_file=raw, queued_at=AT, definition={"file_name": "o.csv"})
    assert run_flow(run.pk, at=AT).state == "done"
    assert (outside / "o.csv").read_bytes() == b"hello"
    sftp.host_key = "ssh-ed25519 AAAA"
    sftp.save()
    again = Run.objects.create(flow=flow, trigger="hand", raw_file=raw, queued_at=AT, definition={})
    again = run_flow(again.pk, at=AT)
    assert (again.state, "another key" in again.message) == ("failed", True)
    with pytest.raises(Refused):
        send(Flow.objects.get(pk=flow.pk), "o.csv", raw)


def test_office_keeps_the_secret_to_itself(anna, sftp):
    page = reverse("admin:integrations_connection_change", args=[sftp.pk])
    text = anna.get(page).content.decode()
    assert SECRET not in text
    assert sftp.sealed_secret not in text
    assert "A secret is kept, sealed." in text
    form = {"name": "ERP two", "kind": "sftp", "host": "127.0.0.1", "port": sftp.port, "account": ACCOUNT}
    anna.post(page, {**form, "host_key": sftp.host_key, "active": "on"})
    sftp.refresh_from_db()
    assert (sftp.name, sealing.unseal(sftp.sealed_secret)) == ("ERP two", SECRET)
    anna.post(page, {**form, "host_key": sftp.host_key, "active": "on", "secret": " with blanks "})
    sftp.refresh_from_db()
    assert sealing.unseal(sftp.sealed_secret) == " with blanks "
    refused = anna.post(page, {**form, "host": "other.example.com"}, follow=True)
    assert "type the secret again" in refused.content.decode()


def test_office_tests_a_connection_and_trusts_a_key(anna, sftp):
    Connection.objects.update(host_key="")
    sftp.refresh_from_db()
    page = reverse("admin:integrations_connection_change", args=[sftp.pk])
    test = reverse("admin:integrations_connection_test", args=[sftp.pk])
    assert anna.get(test).status_code == 405
    text = anna.post(test, follow=True).content.decode()
    assert "Trust this key" in text
    key = Connection.objects.get().offered_key
    anna.post(reverse("admin:integrations_connection_trust", args=[sftp.pk]), {"key": key})
    assert "Signed in" in anna.post(test, follow=True).content.decode()
    assert "test passed" in anna.get(page).content.decode()


def test_who_may_not_change_connections_may_not_test_them(client, sftp):
    client.force_login(a_colleague("ben@shop.test"))
    assert client.post(reverse("admin:integrations_connection_test", args=[sftp.pk])).status_code == 403


def test_the_list_of_connections_asks_as_often_for_three_as_for_one(anna, sftp, django_assert_max_num_queries):
    page = reverse("admin:integrations_connection_changelist")
    for number in range(2):
        save_connection(Connection(code=f"c{number}", name="c", kind="sftp", host="x.example.com"), at=AT)
    anna.get(page)
    with django_assert_max_num_queries(12):
        assert "not tested yet" in anna.get(page).content.decode()


def test_a_flow_page_shows_its_connection_and_what_is_wrong_there(anna, flow, sftp):
    Connection.objects.update(active=False)
    poll_flow(flow.code)
    text = anna.get(reverse("admin:integrations_flow_change", args=[flow.pk])).content.decode()
    assert "is switched off" in text
    assert "Fetch now" in text


def test_the_api_lists_and_changes_connections_and_never_tells_a_secret(client, sftp):
    key = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('flows:admin')}"}
    listed = client.get("/api/v1/connections", **key)
    assert listed.status_code == 200
    (row,) = listed.json()["connections"]
    assert (row["code"], row["has_secret"]) == ("erp", True)
    assert "secret" not in row
    assert sftp.sealed_secret not in listed.content.decode()
    made = client.put(
        "/api/v1/connections/lake",
        {"name": "Lake", "kind": "s3", "base": "files/in", "account": "k", "secret": "s3cret"},
        content_type="application/json",
        **key,
    )
    assert made.status_code == 200, made.content
    assert "s3cret" not in made.content.decode()
    assert sealing.unseal(Connection.objects.get(code="lake").sealed_secret) == "s3cret"
    bad = client.put(
        "/api/v1/connections/lake", {"name": "x", "kind": "s3", "base": ""}, content_type="application/json", **key
    )
    assert bad.status_code == 422
    tested = client.post("/api/v1/connections/erp/test", **key)
    assert tested.json()["test_passed"] is True
    weak = {"HTTP_AUTHORIZATION": f"Bearer {an_api_key('flows:run')}"}
    assert client.get("/api/v1/connections", **weak).status_code == 403
    assert client.get("/api/v1/connections/none", **key).status_code == 404


def test_ftp_in_plain_is_spoken_too(make_flow, serve, outside):
    server = serve(FtpServer, outside)
    connection = Connection(code="old", name="Old", kind="ftp", host="127.0.0.1", port=server.port, account=ACCOUNT)
    save_connection(connection, secret=SECRET, at=AT)
    flow = make_flow()
    flow.connection = connection
    flow.save()
    (outside / "cats.csv").write_bytes(GOOD)
    assert len(look(flow, at=AT)) == 1
    assert names(outside) == ["done/cats.csv"]
