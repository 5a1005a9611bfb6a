"""The port for search engines: one contract for the built-in and an external one; a stalling one costs its budget."""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import caches

from discovery.selectors import listing
from discovery.selectors.engine import FAILURES, engine_state
from discovery.services import reindex
from tests import builders as b

pytestmark = pytest.mark.django_db
AT = b.AT
KNOWN = {"robot": ["R2", "R1"], "ballon": ["B1"]}


class Engine(BaseHTTPRequestHandler):
    """A tiny engine that knows two words; the server's `mood` says how it behaves."""

    def do_POST(self):
        self.server.asked += 1
        mood = self.server.mood
        if mood == "stall":
            self.server.released.wait(5)
        if mood == "drip":
            return self.drip()
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
        body = {"broken": b"<html>", "odd": b'{"skus": "A"}'}.get(mood)
        body = body or json.dumps({"skus": KNOWN.get(query, []) + ["unknown-sku"] * (mood == "alien")}).encode()
        try:
            self.send_response(500 if mood == "down" else 200)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    def drip(self):
        """A byte now and then, each within the time of one."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.released.wait(0.1):
                self.wfile.write(b" ")
        except OSError:
            self.server.hung_up.set()

    def log_message(self, *arguments):
        pass


@pytest.fixture(autouse=True)
def _well():
    """Nobody remembers another test's engine."""
    caches["shared"].clear()


@pytest.fixture
def server():
    found = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    found.mood, found.asked, found.released, found.hung_up = "well", 0, threading.Event(), threading.Event()
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.released.set()
    found.shutdown()
    found.server_close()


@pytest.fixture
def shop(db):
    channel = b.a_channel()
    b.a_product("R1", name="Robot rouge", price=5, channel=channel)
    b.a_product("R2", name="Robot vert", price=5, channel=channel, importance=300)
    b.a_product("B1", name="Ballon", price=5, channel=channel)
    reindex(None, at=AT)
    return channel


@pytest.fixture
def outside(server, settings):
    settings.SEARCH_ENGINE = "integrations.adapters.http_search.HttpSearch"
    settings.SEARCH_ENGINE_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.SEARCH_ENGINE_SECONDS = 0.5
    return server


@pytest.fixture(params=["built in", "over HTTP"])
def either(request):
    if request.param == "over HTTP":
        request.getfixturevalue("outside")
    return request.param


def find(channel, query, **asked):
    return listing(channel=channel, at=AT, language="fr", query=query, **asked)


def skus(page):
    return [tile.sku for tile in page.tiles]


def test_the_contract_best_first_counted_filtered_paged(shop, either):
    page = find(shop, "robot")
    assert (skus(page), page.total) == (["R2", "R1"], 2)
    assert page.lane == ("engine" if either == "over HTTP" else page.lane)
    assert skus(find(shop, "robot", per_page=1, page=2)) == ["R1"]
    assert skus(find(shop, "ballon", filters={"price": ["0-10"]})) == ["B1"]
    assert find(shop, "ballon", filters={"price": ["100-"]}).total == 0


@pytest.mark.parametrize("text", ["zzzz", "%", "'; --", "x" * 5000, "\x00", "🧸"])
def test_the_contract_nothing_and_nonsense(shop, either, text):
    assert find(shop, text).total == 0 or not text.strip("\0 ")


@pytest.mark.parametrize("mood", ["down", "broken", "odd"])
def test_a_failing_engine_is_replaced_by_the_built_in_one(shop, outside, mood):
    outside.mood = mood
    page = find(shop, "robot")
    assert (skus(page), page.lane) == (["R2", "R1"], "words") or page.lane == "beginnings"
    assert engine_state().failed == 1


def test_skus_that_nobody_sells_are_left_out(shop, outside):
    outside.mood = "alien"
    assert find(shop, "robot").total == 2


def test_a_stalling_engine_costs_its_budget_and_then_nothing(shop, outside, settings):
    outside.mood = "stall"
    settings.SEARCH_ENGINE_SECONDS = 0.2
    find(shop, "chauffe")  # the built-in engine's own first steps
    caches["shared"].clear()
    outside.asked = 0
    started = time.monotonic()
    assert skus(find(shop, "robot")) == ["R2", "R1"]
    assert time.monotonic() - started < 0.2 + 1.5
    for word in ("robots", "robo", "ballon")[: FAILURES - 1]:
        find(shop, word)
    assert engine_state().rests
    asked, started = outside.asked, time.monotonic()
    find(shop, "ballons")
    assert outside.asked == asked
    assert time.monotonic() - started < 1.0


def test_an_engine_that_drips_is_hung_up_on(shop, outside, settings):
    outside.mood = "drip"
    settings.SEARCH_ENGINE_SECONDS = 0.4
    assert skus(find(shop, "robot")) == ["R2", "R1"]
    assert outside.hung_up.wait(5)


def test_all_processes_see_that_the_engine_rests(shop, outside, settings):
    """The state lies where another process finds it; a new process does not ask again."""
    outside.mood = "down"
    for word in ("robot", "ballon", "robots"):
        find(shop, word)
    code = (
        "import django; django.setup(); from discovery.selectors import engine_state;"
        "found = engine_state(); print(found.rests, found.failed)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "altazion.settings",
        "ALTAZION_STATE": str(settings.STATE_DIR),
        "SEARCH_ENGINE": settings.SEARCH_ENGINE,
    }
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "3"]


def test_office_shows_how_the_engine_does(shop, outside, client):
    outside.mood = "down"
    find(shop, "robot")
    client.force_login(b.a_colleague(is_superuser=True))
    html = client.get("/office/discovery/merchandisingrule/").content.decode()
    assert "HttpSearch" in html
