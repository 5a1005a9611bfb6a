"""A worker is killed with kill -9 at any point; the run is taken up again and ends the same."""

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from integrations.models import Rejection, Run
from integrations.services import receive_file, recover_runs, run_flow
from logbook.models import Event
from tests.builders import AT

LATER = AT + dt.timedelta(minutes=5)
ROWS = "Code;Name;Parent\n" + "".join(f"K{n};Name {n};\n" for n in range(3000)) + "A;Lost;nowhere\nK1;Twice;\n"


@pytest.fixture
def killed_at(tmp_path):
    """Run a run in a process of its own and kill it when it reaches a stage."""
    (tmp_path / "raw_files").symlink_to(tmp_path / "raw")
    database = connection.settings_dict
    host = database["HOST"].replace("/", "%2F")
    environment = {
        **os.environ,
        "ALTAZION_STATE": str(tmp_path),
        "DATABASE_URL": f"postgres://{database['USER']}@{host}/{database['NAME']}",
        "DJANGO_SETTINGS_MODULE": "altazion.settings",
    }

    def kill(run, stage):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.integrations.victim", str(run.pk), stage],
            env=environment,
            cwd=Path(__file__).parent.parent.parent,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout.readline().strip() == "here"
        worker.kill()
        worker.wait(10)
        worker.stdout.close()

    return kill


def staging_tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'staging_run_%'")
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", ["reading", "checking", "merging", "keeping"])
def test_a_killed_run_is_taken_up_again_with_the_same_end_state(make_flow, tiny, killed_at, stage):
    flow = make_flow(columns={"code": "Code", "name": "Name", "parent_code": "Parent"}, coverage="full")
    run = receive_file(flow, "big.csv", io.BytesIO(ROWS.encode()), trigger="schedule", at=AT)
    killed_at(run, stage)
    run.refresh_from_db()
    assert run.state == "running"
    assert tiny.content() == {}, "nothing half-done"
    assert recover_runs(at=AT) == [], "its lease still holds"

    assert recover_runs(at=LATER) == [run.pk]
    run = run_flow(run.pk, at=LATER)

    assert (run.state, run.attempts, run.trigger) == ("done_with_rejections", 2, "recovery")
    assert (run.rows_read, run.rows_new, run.rows_rejected) == (3002, 3000, 2)
    assert len(tiny.content()) == 3000
    assert [r.code for r in Rejection.objects.filter(run=run)] == ["unknown_parent", "duplicate_key"]
    assert Event.objects.filter(kind="integrations.run_finished").count() == 1
    assert staging_tables() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_only_seemed_dead_does_not_write_twice(make_flow, tiny, monkeypatch):
    from integrations import engine
    from integrations.services import running

    run = receive_file(make_flow(), "a.csv", io.BytesIO(b"Code;Name\nA;x\n"), trigger="schedule", at=AT)
    merge = engine.merge

    def taken_over_meanwhile(staged, tell):
        outcome = merge(staged, tell)
        Run.objects.filter(pk=run.pk).update(attempts=7)
        return outcome

    monkeypatch.setattr(running.engine, "merge", taken_over_meanwhile)
    assert run_flow(run.pk, at=AT).state == "running"
    assert tiny.content() == {}
    assert not Event.objects.filter(kind="integrations.run_finished").exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_left_between_its_last_word_and_the_broom_is_swept(make_flow, monkeypatch):
    from integrations import engine

    run = receive_file(make_flow(), "a.csv", io.BytesIO(b"Code;Name\nA;x\n"), trigger="schedule", at=AT)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "clean_up", lambda run_id: None)
        assert run_flow(run.pk, at=AT).state == "done"
    assert staging_tables()
    recover_runs(at=LATER)
    assert staging_tables() == []


@pytest.mark.django_db(transaction=True)
def test_a_run_that_kills_every_worker_is_given_up(make_flow):
    run = receive_file(make_flow(), "a.csv", io.BytesIO(b"Code;Name\nA;x\n"), trigger="schedule", at=AT)
    Run.objects.filter(pk=run.pk).update(state="running", attempts=5, lease_until=AT)
    assert recover_runs(at=LATER) == []
    run.refresh_from_db()
    assert run.state == "failed"
    assert "died 5 times" in run.message


@pytest.mark.django_db(transaction=True)
def test_four_workers_on_two_files_of_a_flow_run_one_after_the_other_and_each_once(make_flow, tiny, monkeypatch):
    import threading
    import time

    from integrations.services import run_waiting, running

    flow = make_flow()
    runs = [
        receive_file(flow, f"{n}.csv", io.BytesIO(f"Code;Name\nA;name {n}\n".encode()), trigger="schedule", at=AT)
        for n in range(2)
    ]
    inside, most, ran = [], [], []
    merge = running.engine.merge

    def slow(staged, tell):
        inside.append(staged.task.run_id)
        most.append(len(inside))
        ran.append(staged.task.run_id)
        time.sleep(0.2)
        try:
            return merge(staged, tell)
        finally:
            inside.pop()

    monkeypatch.setattr(running.engine, "merge", slow)

    def work(run):
        try:
            run_flow(run.pk, at=AT)
            run_waiting(flow.pk, at=AT)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(run,)) for run in (*runs, *runs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ran == [run.pk for run in runs]
    assert max(most) == 1
    assert tiny.content() == {"A": "name 1"}
    assert {run.state for run in Run.objects.all()} == {"done"}
