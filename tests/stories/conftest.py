"""The whole platform as a stranger starts it: one command, a real browser, a real worker, the demonstration shop."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from altazion.embedded import layout

READY_WITHIN = 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Platform:
    """A running platform and what one needs to use it."""

    state: Path
    port: int
    process: subprocess.Popen | None
    started_in: float = 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self):
        return environment_of(self.state, self.port)

    def login(self, role):
        """(e-mail, password) of a person of the demonstration, as `./run` prints them."""
        return self._secrets()[role]

    def key(self, name):
        """Text of an API key of the demonstration."""
        return self._secrets()[name][-1]

    def call(self, method, path, key, body=None, **headers):
        """An API call as another machine makes it: (status, parsed body)."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {key}")
        request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def manage(self, *arguments):
        """Run a management command against the running platform; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, code):
        """Evaluate Python inside the platform's Django; the last printed line, parsed from JSON."""
        return json.loads(
            self.manage("shell", "--verbosity", "0", "-c", f"import json\n{code}").strip().splitlines()[-1]
        )

    def _secrets(self):
        lines = (self.state / "logins.txt").read_text().splitlines()
        rows = [re.split(r"\s{2,}", line.strip()) for line in lines if line.strip()]
        return {row[0]: tuple(row[1:]) for row in rows if len(row) > 1}


def environment_of(state, port):
    plain = {k: v for k, v in os.environ.items() if k not in {"STATICFILES_BACKEND", "WHITENOISE_USE_FINDERS"}}
    return {**plain, "ALTAZION_STATE": str(state), "PORT": str(port)}


def start(state, port, *arguments):
    started = time.monotonic()
    output = state.parent / "run.log"
    state.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "altazion.embedded", "run", *arguments],
            env=environment_of(state, port),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as answer:
                if answer.status == 200:
                    break
        except OSError:
            pass
        assert process.poll() is None, f"the run ended:\n{output.read_text()}"
        assert time.monotonic() - started < READY_WITHIN, f"not healthy:\n{output.read_text()}"
        time.sleep(0.3)
    return Platform(state, port, process, time.monotonic() - started)


def stop(platform):
    """Ctrl-C, as a person ends it."""
    platform.process.send_signal(signal.SIGINT)
    platform.process.wait(60)


@pytest.fixture(scope="session")
def platform():
    """The platform with its demonstration shop, once for all stories; they tell apart what they make by name.

    STORIES_AT=8000 tells them on a `./run` that is already up, with its data, for whoever writes one.
    """
    if port := os.environ.get("STORIES_AT"):
        yield Platform(layout.PROJECT / "var", int(port), None)
        return
    state = layout.state_dir() / "stories" / "state"
    shutil.rmtree(state, ignore_errors=True)
    running = start(state, free_port())
    yield running
    if running.process.poll() is None:
        stop(running)


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "fr-FR", "viewport": {"width": 1280, "height": 900}}
