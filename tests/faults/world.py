"""A shop with services of its own that may be killed, and what must stand in it after each file."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from celery import Celery

PROJECT = Path(__file__).parent.parent.parent
SKUS, PLACES = 1200, 4


class Services:
    """Database, broker and worker of one state folder; each can be killed with -9 and started again."""

    def __init__(self, state):
        self.state = Path(state)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL")},
            "ALTAZION_STATE": str(state),
            "DJANGO_SETTINGS_MODULE": "altazion.settings",
            "PYTHONPATH": str(PROJECT),
        }
        self.worker, self.spare, self.data = None, None, None
        self.log = (self.state / "worker.log").open("ab")

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        deadline = time.monotonic() + 60
        while True:  # after kill -9 the server refuses until the last of the old processes is gone
            done = subprocess.run(
                [sys.executable, "-m", "altazion.embedded", "up"],
                env=self.environment,
                cwd=PROJECT,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                break
            assert time.monotonic() < deadline, done.stdout + done.stderr
            time.sleep(0.3)

    def start_worker(self):
        """The next worker begins at once: it has its modules loaded already."""
        if self.worker is None or self.worker.poll() is not None:
            self.worker, self.spare = self.spare or self._load_worker(), None
            self.worker.stdin.write(b"go\n")
            self.worker.stdin.close()
            self.spare = self._load_worker()

    def _load_worker(self):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            env=self.environment,
            cwd=PROJECT,
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def stop(self):
        self.kill_worker()
        if self.spare is not None:
            self.spare.kill()
            self.spare.communicate()
        subprocess.run(
            [sys.executable, "-m", "altazion.embedded", "down"], env=self.environment, cwd=PROJECT, check=False
        )
        self.log.close()

    def kill_worker(self):
        if self.worker is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait(10)

    def kill_database(self):
        """As a power cut: the server and all its processes at once."""
        self.data = self.data or Path(self._ask("altazion.embedded.postgres", "Postgres().data"))
        data = self.data
        head = int((data / "postmaster.pid").read_text().split()[0])
        for pid in [head, *_children(head)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_broker(self):
        pid = int((self.state / "broker" / "server.pid").read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _ask(self, module, what):
        return self.run("-c", f"from {module} import *; print({what})").strip()

    def addresses(self):
        """(database for libpq, broker)."""
        url = self._ask("altazion.embedded.layout", "database_url()")
        return url.replace("postgres://", "postgresql://"), self._ask("altazion.embedded.layout", "broker_url()")


def _children(head):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == head:
                    found.append(int(entry.name))
    return found


class World:
    """What the shop's tables must hold: a model in plain Python, fed with the same files."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = {}  # sku -> name, of articles that are not archived
        self.known = {}  # sku -> name, of all that ever came
        self.stock = {}
        self.prices = {}

    def next_file(self, entity, *, whole):
        """The bytes of a file that changes things; the model is then what must stand afterwards."""
        return getattr(self, f"_{entity}")(whole=whole).encode()

    def _some(self, things, whole):
        return sorted(self.random.sample(things, len(things) * (9 if whole else 5) // 10))

    def _articles(self, *, whole):
        every = [f"S{n}" for n in range(SKUS)]
        chosen = self._some(every, whole) if self.known else every
        mine = {sku: f"Article {sku} {self.random.randrange(50)}" for sku in chosen}
        if whole:
            self.names = {}
        self.names |= mine
        self.known |= mine
        return "sku;name\n" + "".join(f"{sku};{name}\n" for sku, name in mine.items())

    def _stock(self, *, whole):
        keys = [(f"D{p}", f"S{n}") for n in range(SKUS) for p in range(PLACES)]
        mine = {key: self.random.randrange(40) for key in self._some(keys, whole)}
        if whole:
            self.stock = dict.fromkeys(self.stock, 0)
        self.stock |= mine
        return "kind;place;sku;qty\n" + "".join(f"DEPOT;{p};{s};{q}\n" for (p, s), q in mine.items())

    def _prices(self, *, whole):
        mine = {sku: 100 + self.random.randrange(900) for sku in self._some([f"S{n}" for n in range(SKUS)], whole)}
        if whole:
            self.prices = {}
        self.prices |= mine
        return "sku;price\n" + "".join(f"{sku};{cents / 100:.2f}\n" for sku, cents in mine.items())


class Shop:
    """What stands in the database, asked without Django: its connections must outlive no server."""

    def __init__(self, url):
        self.url = url

    def rows(self, query, *values):
        deadline = time.monotonic() + 60
        while True:
            try:
                with psycopg.connect(self.url, connect_timeout=5) as connection:
                    return connection.execute(query, values).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def execute(self, statement, *values):
        with psycopg.connect(self.url) as connection:
            connection.execute(statement, values)

    def one(self, query, *values):
        return self.rows(query, *values)[0][0]

    def differences(self, world):
        """Where the shop is not what the model says, and what must never be; empty when all is well."""
        stock = {
            (place, sku): physical
            for place, sku, physical in self.rows(
                "SELECT l.code, p.sku, b.physical FROM logistics_stockbalance b JOIN logistics_place l"
                " ON l.id = b.place_id JOIN catalog_product p ON p.id = b.product_id"
            )
        }
        names = dict(self.rows("SELECT sku, name FROM catalog_product WHERE state <> 'archived'"))
        prices = {
            sku: int(amount * 100)
            for sku, amount in self.rows(
                "SELECT p.sku, b.amount FROM catalog_baseprice b JOIN catalog_product p ON p.id = b.product_id"
            )
        }
        found = []
        for what, is_so, must in (
            ("stock", stock, world.stock),
            ("articles", names, world.names),
            ("prices", prices, world.prices),
        ):
            wrong = {key for key in is_so.keys() | must.keys() if is_so.get(key) != must.get(key)}
            found += [f"{what} {key}: {is_so.get(key)} instead of {must.get(key)}" for key in sorted(wrong)[:3]]
        for says, query in _NEVER.items():
            if count := self.one(query):
                found.append(f"{count} × {says}")
        return found


_NEVER = {
    "a balance that its ledger does not add up to": (
        "SELECT count(*) FROM logistics_stockbalance b JOIN (SELECT product_id, place_id, sum(quantity) AS total"
        " FROM logistics_stockmovement GROUP BY 1, 2) m USING (product_id, place_id) WHERE m.total <> b.physical"
    ),
    "a ledger line that one run wrote twice": (
        "SELECT count(*) FROM (SELECT 1 FROM logistics_stockmovement GROUP BY product_id, place_id, document"
        " HAVING count(*) > 1) t"
    ),
    "a difference that one run kept twice": (
        "SELECT count(*) FROM (SELECT 1 FROM integrations_change WHERE kind <> 'archived' AND field <> ''"
        " GROUP BY run_id, about, label, scope, field HAVING count(*) > 1) t"
    ),
    "a run that ended twice": (
        "SELECT count(*) FROM (SELECT 1 FROM logbook_event WHERE kind = 'integrations.run_finished'"
        " GROUP BY subject_id HAVING count(*) > 1) t"
    ),
    "a staging table of a run that is over": (
        "SELECT count(*) FROM pg_class c JOIN integrations_run r ON c.relname ~ ('^staging_run_' || r.id || '_')"
        " WHERE c.relkind = 'r' AND r.state NOT IN ('running', 'waiting')"
    ),
    "a failed run without a sentence": (
        "SELECT count(*) FROM integrations_run WHERE state = 'failed' AND coalesce(message, '') = ''"
    ),
}


class Clock:
    """What beat does in a shop: asks for looks and recovery, by the broker, whenever that is up."""

    def __init__(self, broker, flows):
        self.app, self.flows = Celery(broker=broker), flows
        self.app.conf.broker_transport_options = {"socket_connect_timeout": 1, "socket_timeout": 2}

    def tick(self):
        for flow in self.flows:
            self._send("integrations.tasks.poll_flow", {"flow": flow})
        self._send("integrations.tasks.recover_runs", {})

    def _send(self, name, kwargs):
        with contextlib.suppress(Exception):  # a broker that was killed: beat tries again, and so do we
            self.app.send_task(name, kwargs=kwargs, queue="altazion", expires=3, retry=False)


def drop(folder, name, data):
    """A file into a flow's folder, complete at once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.tmp").write_bytes(data)
    (folder / f"{name}.done").touch()
    (folder / f"{name}.tmp").rename(folder / name)
