"""Worker, database and broker are killed with -9 while files come in; every file ends as if nothing had happened.

A short form runs with all tests. `FAULTS=200 ./test tests/faults` is the whole of it (about half an hour);
`FAULTS_SEED` repeats one that went wrong.
"""

import collections
import os
import random
import time

import pytest

from tests.faults.world import Clock, Services, Shop, World, drop

RUNS = int(os.environ.get("FAULTS", "12"))
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
ENTITIES = ("articles", "stock", "prices")
WITHIN = 240


@pytest.fixture
def services(tmp_path_factory):
    services = Services(tmp_path_factory.mktemp("faults"))
    try:
        services.start()
        services.run("-m", "tests.faults.prepare")
        services.start_worker()
        yield services
    finally:
        services.stop()


class Shift:
    """One shop, one model, and files that come in one after the other."""

    def __init__(self, services):
        url, broker = services.addresses()
        self.services, self.shop, self.clock = services, Shop(url), Clock(broker, ENTITIES)
        self.world, self.random, self.number = World(SEED), random.Random(SEED), 0
        self.seen = collections.Counter()

    def begin(self, entity, *, whole):
        """A file lies in the folder and a worker is asked to look."""
        self.number += 1
        coverage = "full" if whole else "delta"
        self.shop.execute("UPDATE integrations_flow SET coverage = %s WHERE code = %s", coverage, entity)
        self.name = f"{entity}_{self.number}.csv"
        self.folder = self.services.state / "flows" / entity
        drop(self.folder, self.name, self.world.next_file(entity, whole=whole))
        self.clock.tick()

    def hurt(self, victim):
        where = self.shop.rows("SELECT state, stage FROM integrations_run ORDER BY id DESC LIMIT 1")
        self.seen[victim, " ".join(where[0]).strip() if where else ""] += 1
        getattr(self.services, f"kill_{victim}")()
        self.services.start()
        self.services.start_worker()

    def wait_for_a_moment(self):
        """Mostly some point of the run itself, at times before or after it."""
        deadline = time.monotonic() + (4 if self.random.random() < 0.8 else 0.5)
        while time.monotonic() < deadline:
            if self.shop.one("SELECT count(*) FROM integrations_run WHERE state = 'running'"):
                break
            time.sleep(0.03)
        time.sleep(self.random.random() ** 2 * 1.2)

    def settle(self):
        """Wait until the file was taken and no run is under way. Fails when one is stuck."""
        deadline = time.monotonic() + WITHIN
        while True:
            under_way = self.shop.rows(
                "SELECT r.id, r.state, r.stage, r.attempts, r.message FROM integrations_run r"
                " WHERE r.state IN ('waiting', 'running')"
            )
            if not (self.folder / self.name).exists() and not under_way:
                return
            assert time.monotonic() < deadline, f"stuck (seed {SEED}, file {self.number}): {under_way}"
            self.clock.tick()
            time.sleep(0.4)

    def check(self):
        wrong, deadline = self.shop.differences(self.world), time.monotonic() + 30
        while wrong and "staging" in wrong[0] and time.monotonic() < deadline:  # recovery sweeps behind the dead
            self.clock.tick()
            time.sleep(1)
            wrong = self.shop.differences(self.world)
        states = self.shop.rows("SELECT state, message FROM integrations_run ORDER BY id DESC LIMIT 4")
        assert wrong == [], f"seed {SEED}, file {self.number} ({self.name}): {wrong}; last runs {states}"


@pytest.mark.faults
def test_kills_at_random_points_change_nothing(services, capsys):
    shift = Shift(services)
    for entity in ENTITIES:  # everything once, undisturbed
        shift.begin(entity, whole=False)
        shift.settle()
    shift.check()
    for _ in range(RUNS):
        entity = shift.random.choice(ENTITIES)
        shift.begin(entity, whole=shift.random.random() < 0.4)
        shift.wait_for_a_moment()
        for victim in shift.random.sample(("worker", "database", "broker"), shift.random.choice((1, 1, 1, 2))):
            shift.hurt(victim)
        shift.settle()
        shift.check()
    failed = shift.shop.one("SELECT count(*) FROM integrations_run WHERE state = 'failed'")
    again = shift.shop.one("SELECT count(*) FROM integrations_run WHERE attempts > 1")
    with capsys.disabled():
        print(f"\nfaults: {RUNS} files, seed {SEED}, {again} runs taken up again, {failed} failed; killed while:")
        for (victim, where), count in sorted(shift.seen.items()):
            print(f"  {victim:9s} {where or 'nothing ran':28s} {count}")
        if RUNS < 200:
            print("  This was the short form. The whole: FAULTS=200 ./test tests/faults")
    assert failed == 0
