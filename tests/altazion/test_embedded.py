"""The embedded services start, stop, survive a kill, and say what is wrong."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from altazion.embedded import layout, supervisor
from altazion.embedded.broker import Broker
from altazion.embedded.errors import StartupError
from altazion.embedded.postgres import Postgres


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state folder of its own, and sockets of its own with it."""
    monkeypatch.setenv("ALTAZION_STATE", str(tmp_path / "state"))
    yield tmp_path / "state"
    server = Postgres()
    server.stop()
    Broker().stop()
    shutil.rmtree(layout.socket_dir(), ignore_errors=True)
    if not server.state.is_relative_to(tmp_path):
        shutil.rmtree(server.state, ignore_errors=True)


def query(server, sql):
    with psycopg.connect(host=str(server.sockets), user="app", dbname="postgres", autocommit=True) as connection:
        return connection.execute(sql).fetchone()[0]


def test_postgres_starts_keeps_its_data_and_stops(state):
    server = Postgres()
    server.start()
    server.start()  # already there: nothing happens
    server.ensure_database("shop")
    server.ensure_database("shop")
    server.stop()
    assert not server.is_up()
    server.start()
    assert query(server, "SELECT count(*) FROM pg_database WHERE datname = 'shop'") == 1
    assert query(server, "SELECT upper('żółw')") == "ŻÓŁW"


def test_postgres_comes_back_after_a_kill(state):
    server = Postgres()
    server.start()
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    server.start()
    assert query(server, "SELECT 1") == 1


def test_a_lock_that_names_somebody_else_is_cleared(state):
    server = Postgres()
    server.start()
    lock = server.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    server.stop()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    assert query(server, "SELECT 1") == 1


def test_as_root_the_server_has_no_rights(state):
    if os.geteuid():
        pytest.skip("NOT RUN: only root drops its rights")
    server = Postgres()
    server.start()
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_socket_folder_of_somebody_else_is_refused(state):
    if os.geteuid():
        pytest.skip("NOT RUN: only root can give a folder away")
    layout.socket_dir().mkdir()
    os.chown(layout.socket_dir(), 65534, 65534)
    with pytest.raises(StartupError, match="belongs to somebody else"):
        Postgres().start()


def test_the_broker_keeps_what_waits(state):
    import redis

    broker = Broker()
    broker.start()
    client = redis.Redis(unix_socket_path=str(broker.socket))
    client.rpush("waiting", "task")
    broker.stop()
    assert not broker.is_up()
    broker.start()
    assert redis.Redis(unix_socket_path=str(broker.socket)).lrange("waiting", 0, -1) == [b"task"]


def test_a_taken_port_is_named(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(supervisor, "PORT", taken.getsockname()[1])
        with pytest.raises(StartupError, match="PORT=8001"):
            supervisor._check_port()


def test_the_command_line_explains_itself():
    done = subprocess.run(
        [sys.executable, "-m", "altazion.embedded", "--help"], capture_output=True, text=True, check=True
    )
    assert "run" in done.stdout


def test_production_asks_for_what_it_needs():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        capture_output=True,
        text=True,
        check=False,
        env={**{k: v for k, v in os.environ.items() if k != "SECRET_KEY"}, "ALTAZION_ENV": "production"},
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
