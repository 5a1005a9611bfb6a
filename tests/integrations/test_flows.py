"""Files come by folder, twice, in order, again; runs can be rerun and ignored."""

import datetime as dt
import os

import pytest

from altazion.lib.problems import Refused
from integrations.enums import RunState
from integrations.models import RawFile, Run
from integrations.services import ignore_run, poll_folder, receive_file, recover_runs, rerun, run_flow
from integrations.services.folders import folder_of
from logbook.models import Event
from tests.builders import AT

pytestmark = pytest.mark.django_db
GOOD = "Code;Name\nA;Toys\nB;Games\n"
LATER = AT + dt.timedelta(hours=1)


def drop(flow, name, content, age=60):
    path = folder_of(flow) / name
    path.write_text(content)
    stamp = AT.timestamp() - age
    os.utime(path, (stamp, stamp))
    return path


def test_the_same_file_again_is_nothing_to_do_and_says_so(make_flow, send):
    flow = make_flow()
    send(flow, GOOD)
    again = send(flow, GOOD)
    assert again.state == "done"
    assert "Unchanged file" in again.message
    assert (again.rows_new, again.rows_unchanged) == (0, 2)
    assert RawFile.objects.count() == 1


def test_the_same_file_is_read_again_when_the_mapping_changed(make_flow, send):
    flow = make_flow()
    send(flow, GOOD)
    flow.mapping.columns = [{"field": "code", "column": "Code"}, {"field": "name", "column": "Name", "case": "upper"}]
    flow.mapping.save()
    assert send(flow, GOOD).rows_changed == 2


def test_a_complete_file_in_the_folder_is_taken_and_moved_aside(make_flow):
    flow = make_flow()
    drop(flow, "cats.csv", GOOD)
    drop(flow, "fresh.csv", GOOD, age=0.5)
    drop(flow, "half.csv.part", GOOD)
    drop(flow, "notes.txt", GOOD)
    runs = poll_folder(flow, AT)
    assert [run.raw_file.name for run in runs] == ["cats.csv"]
    assert sorted(p.name for p in folder_of(flow).iterdir()) == ["done", "fresh.csv", "half.csv.part", "notes.txt"]
    assert [p.name for p in (folder_of(flow) / "done").iterdir()] == ["20260310T090000_cats.csv"]
    assert poll_folder(flow, AT) == []
    (folder_of(flow) / "fresh.csv.done").touch()
    assert len(poll_folder(flow, AT)) == 1


def test_a_folder_that_two_workers_look_into_at_once_gives_each_file_once(make_flow, monkeypatch):
    flow = make_flow()
    path = drop(flow, "cats.csv", GOOD)
    monkeypatch.setattr("integrations.services.folders._complete", lambda *args: [path, path])
    assert len(poll_folder(flow, AT)) == 1


def test_a_folder_outside_of_the_flows_folder_is_refused(make_flow):
    flow = make_flow()
    flow.folder = "../elsewhere"
    with pytest.raises(Refused, match="below"):
        poll_folder(flow, AT)


def test_runs_of_a_flow_are_run_in_the_order_they_came(make_flow, tiny):
    flow = make_flow()
    drop(flow, "1.csv", GOOD, age=100)
    drop(flow, "2.csv", "Code;Name\nA;Second\n", age=50)
    first, second = poll_folder(flow, AT)
    assert run_flow(second.pk, at=AT).state == "done"
    first.refresh_from_db()
    assert first.state == "done"
    assert tiny.content()["A"] == "Second"


def test_a_run_waits_while_another_of_its_flow_is_running(make_flow):
    flow = make_flow()
    drop(flow, "1.csv", GOOD)
    (run,) = poll_folder(flow, AT)
    other = Run.objects.create(
        flow=flow, trigger="hand", state=RunState.RUNNING, queued_at=AT, lease_until=LATER, attempts=1
    )
    assert run_flow(run.pk, at=AT).state == "waiting"
    assert recover_runs(at=AT) == []
    assert recover_runs(at=LATER + dt.timedelta(minutes=2)) == [run.pk, other.pk]


def test_only_rejected_rows_are_taken_again(make_flow, send, tiny):
    flow = make_flow(columns={"code": "Code", "name": "Name", "parent_code": "Parent"}, coverage="full")
    run = send(flow, "Code;Name;Parent\nB;Games;A\nC;Fine;\n")
    assert (run.rows_new, run.rows_rejected) == (1, 1)
    with pytest.MonkeyPatch.context():
        from django.db import connection

        connection.cursor().execute("INSERT INTO tiny (code, name) VALUES ('A', 'Toys')")
    second = run_flow(rerun(run, only_failed=True, at=LATER, actor="anna").pk, at=LATER)
    assert (second.state, second.rows_read, second.rows_new, second.rows_rejected) == ("done", 1, 1, 0)
    assert set(tiny.content()) == {"A", "B", "C"}, "a part of a whole file archives nothing"
    assert second.rerun_of == run


def test_a_rerun_repairs_a_failed_run(make_flow, send):
    flow = make_flow(separator=",")
    run = send(flow, GOOD)
    assert run.state == "failed"
    flow.mapping.separator = ";"
    flow.mapping.save()
    second = run_flow(rerun(run, at=LATER).pk, at=LATER)
    run.refresh_from_db()
    assert (second.state, run.state) == ("done", "superseded")
    third = run_flow(rerun(run, current_definition=False, at=LATER).pk, at=LATER)
    assert third.state == "failed", "with the definition as it was then"


def test_a_failed_run_can_be_ignored_and_a_good_one_cannot(make_flow, send):
    flow = make_flow()
    ignore_run(bad := send(flow, "x"), at=AT, actor="anna")
    assert bad.state == "ignored"
    with pytest.raises(Refused):
        ignore_run(send(flow, GOOD), at=AT)


def test_a_whole_file_archives_what_it_does_not_hold(make_flow, send, tiny):
    flow = make_flow(coverage="full")
    send(flow, GOOD)
    assert send(flow, "Code;Name\nB;Games\n").rows_archived == 1
    assert set(tiny.content()) == {"B"}


def test_a_corrected_rejects_file_archives_nothing_and_is_read_without_its_guards(make_flow, send, tiny):
    flow = make_flow(coverage="full")
    send(flow, GOOD)
    run = send(flow, "Code;Name;altazion_reason\nC;'=Fixed;code is missing\n")
    assert run.rows_new == 1
    assert tiny.content() == {"A": "Toys", "B": "Games", "C": "=Fixed"}


def test_the_end_of_a_run_is_an_event(make_flow, send):
    run = send(make_flow(), GOOD)
    event = Event.objects.get(kind="integrations.run_finished")
    assert (event.subject_kind, event.subject_id) == ("run", str(run.pk))
    assert event.data["flow"] == "cats"
    assert event.data["counts"]["new"] == 2


def test_a_flow_that_is_switched_off_takes_nothing(make_flow, send):
    flow = make_flow()
    flow.active = False
    with pytest.raises(Refused, match="switched off"):
        send(flow, GOOD)


def test_a_kept_file_that_vanished_is_kept_again(make_flow, send):
    flow = make_flow()
    run = send(flow, GOOD)
    from django.core.files.storage import storages

    storages["raw_files"].delete(run.raw_file.stored_as)
    again = receive_file(flow, "again.csv", __import__("io").BytesIO(GOOD.encode()), trigger="upload", at=AT)
    assert storages["raw_files"].exists(again.raw_file.stored_as)


def test_a_flow_that_was_changed_before_its_file_lay_there_is_taken_as_changed(make_flow):
    """A worker may have read the flow before; a whole file read as a part would leave what it leaves out."""
    flow = make_flow()
    type(flow).objects.filter(pk=flow.pk).update(coverage="full")
    drop(flow, "whole.csv", GOOD)
    (run,) = poll_folder(flow, AT)
    assert run.definition["coverage"] == "full"
    type(flow).objects.filter(pk=flow.pk).update(active=False)
    drop(flow, "off.csv", GOOD)
    with pytest.raises(Refused):
        poll_folder(flow, AT)
