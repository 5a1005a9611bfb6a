"""Addresses that others wrote: nothing inside is reached, nothing takes for ever, nothing is too much."""

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from altazion.lib import fetching
from altazion.lib.fetching import NotFetched, fetch


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _n in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            return
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.end_headers()
            return
        if self.path == "/gone":
            self.send_error(404)
            return
        if self.path == "/busy":
            self.send_error(503)
            return
        body = b"y" * 5000
        self.send_response(200)
        self.send_header("Content-Type", "image/png; charset=x")
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/cut":
            self.send_header("Content-Length", "9000")
        elif self.path != "/unsaid":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings):
    served = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{served.server_port}"
    settings.FETCH_INSIDE = [host]
    yield f"http://{host}"
    served.shutdown()
    served.server_close()


def refused(address, **options):
    with pytest.raises(NotFetched) as problem:
        fetch(address, **{"most_bytes": 10_000, **options})
    return problem.value.code


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0.0.0.0/", "http://10.0.0.1/x",
        "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://2130706433/", "http://0x7f.1/",
        "http://[fe80::1]/", "http://224.0.0.1/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_nothing_inside_is_reached(address):
    assert refused(address) == "inside"


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://x.test/a", "gopher://x.test/", "http://user:pw@x.test/", "http://x.test:22/",
        "http://x.test:99999/", "http:///a", "//x.test/a", "http://x.test/a b", "http://x.test/\r\nX: y", "", "é",
    ],
)  # fmt: skip
def test_addresses_that_are_none(address):
    assert refused(address) == "bad_address"


def test_a_name_that_leads_inside_as_well_is_refused(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    assert refused("http://two-faced.test/") == "inside"


def test_the_number_looked_at_is_the_one_that_is_asked(monkeypatch):
    """A name may lead elsewhere a moment later."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **o: [(2, 1, 6, "", ("93.184.216.34", 80))])
    asked = []

    def connect(where, timeout):
        asked.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    assert refused("http://example.test/") == "no_answer"
    assert asked == [("93.184.216.34", 80)]


def test_a_file_comes(server):
    with fetch(f"{server}/unsaid", most_bytes=5000).file as file:
        assert file.read() == b"y" * 5000
    assert fetch(f"{server}/to?/a", most_bytes=5000).mime == "image/png"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/gone", "missing"),
        ("/busy", "refused"),
        ("/packed", "packed"),
        ("/cut", "no_answer"),
        ("/to?http://169.254.169.254/", "inside"),
        ("/to?file:///etc/passwd", "bad_address"),
        ("/to?/to?/to?/to?/to?/a", "moved_on"),
    ],
)
def test_what_does_not_come_says_why(server, path, code):
    assert refused(server + path) == code


def test_too_much_is_not_read_to_its_end(server):
    assert refused(f"{server}/a", most_bytes=100) == "too_large"
    assert refused(f"{server}/unsaid", most_bytes=100) == "too_large"


def test_what_trickles_is_cut_off(server):
    begun = time.monotonic()
    assert refused(f"{server}/slow", seconds=0.5) == "too_slow"
    assert time.monotonic() - begun < 3
