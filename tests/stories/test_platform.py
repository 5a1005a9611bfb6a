"""The platform bears what happens to platforms: a killed worker, a broker that forgets, a second start, Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.stories.acting import wait_until
from tests.stories.conftest import READY_WITHIN, start, stop

pytestmark = pytest.mark.story
RENAME = """
from logbook.services import record
from altazion.lib.clock import now
from catalog.models import Product
toy = Product.objects.get(sku="JFA-010")
Product.objects.filter(pk=toy.pk).update(name="{name}")
record("catalog.products_changed", at=now(), subject_kind="product", ids=[toy.pk])
"""
ALONE = pytest.mark.skipif("STORIES_AT" in os.environ, reason="NOT RUN: this one needs a platform of its own")


def test_every_public_page_answers_and_none_breaks(platform):
    """Wrong addresses and wrong input get a page or a message, never a 500."""
    for path in (
        *("/", "/en/", "/stores/", "/basket/", "/search/?q=", "/search/?q=%00", "/search/?q=" + "x" * 5000),
        *("/s/nowhere/", "/p/nothing-999999999999999999999/", "/search/?page=abc&sort=zz&prix=-1", "/order/x/"),
        *("/office/login/", "/robots.txt", "/api/v1/docs/", "/api/v1/schema/"),
        *("/media/../settings.py", "/media/%2e%2e/logins.txt"),
    ):
        try:
            with urllib.request.urlopen(platform.url + path, timeout=30) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status < 500, f"{path} answered {status}"


def test_an_event_is_delivered_even_if_the_broker_lost_the_news(platform):
    """The order export learns of orders through the sweep when no nudge arrives."""
    renamed = "Loto des animaux géants"
    quiet = {**platform.environment, "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}  # nobody can be told
    rename = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", RENAME.format(name=renamed)]
    done = subprocess.run(rename, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    look = (
        f"from discovery.models import IndexEntry as E\nprint(json.dumps(E.objects.filter(name='{renamed}').exists()))"
    )
    wait_until(lambda: platform.shell(look))


@ALONE
def test_a_killed_worker_is_replaced_and_the_schedules_go_on(platform):
    workers = subprocess.check_output(["pgrep", "-f", f"celery.*{platform.state}"], text=True).split()
    for pid in workers:
        os.kill(int(pid), signal.SIGKILL)
    killed = time.time()
    wait_until(
        lambda: (
            platform.shell("from logbook.models import Pulse\nprint(Pulse.objects.get(name='beat').at.timestamp())")
            > killed
        )
    )


@ALONE
def test_ctrl_c_stops_all_and_a_second_start_finds_the_data(platform):
    stop(platform)
    left = subprocess.run(["pgrep", "-af", str(platform.state)], capture_output=True, text=True, check=False).stdout
    assert [line for line in left.splitlines() if "pytest" not in line] == []
    again = start(platform.state, platform.port)
    platform.process = again.process
    assert again.started_in < READY_WITHIN / 2, "a second start has nothing to load"
    with urllib.request.urlopen(f"{platform.url}/search/?q=avengers", timeout=30) as answer:
        assert "Avengers" in answer.read().decode()
