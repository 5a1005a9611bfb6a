"""`./run`: prepare, serve web, worker and beat, watch them, and stop all of it cleanly."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from altazion.embedded import layout, services
from altazion.embedded.errors import StartupError

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
STOP_WITHIN = 20  # seconds a process gets to finish what it does


class Stopped(Exception):
    """Somebody asked the run to end."""


def run(*, catalogue: str = "", fresh: bool = False) -> int:
    """Serve until Ctrl-C. Data stays for the next run; `fresh` forgets it first."""
    signal.signal(signal.SIGINT, _ask_to_stop)
    signal.signal(signal.SIGTERM, _ask_to_stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _check_port()
        if fresh:
            services.stop()
            shutil.rmtree(layout.state_dir(), ignore_errors=True)
        layout.state_dir().mkdir(parents=True, exist_ok=True)
        _step("database and broker", services.start)
        _manage("prepare")
        if catalogue:
            _step(f"catalogue {catalogue}", lambda: _manage("load_catalogue", catalogue), quiet=False)
        commands = _commands()
        children.update({name: _spawn(name, command) for name, command in commands.items()})
        _step("web, worker and beat", lambda: _wait_until_healthy(children))
        _print_addresses()
        _watch(children, commands)
    except Stopped:
        print("\nStopping …", flush=True)
    finally:
        _stop_all(children)
        services.stop()
    print("Stopped. Data is kept; ./run starts it again.")
    return 0


def _commands() -> dict[str, list[str]]:
    python = sys.executable
    return {
        "web": [
            python,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "altazion.wsgi:application",
            "--host",
            HOST,
            "--port",
            str(PORT),
            "--workers",
            os.environ.get("WEB_WORKERS", "2"),
            "--blocking-threads",
            "4",
            "--no-ws",
            "--log-level",
            "warning",
        ],
        "worker": [
            *("nice", "-n", "10"),  # shoppers first: a large file takes what pages leave
            python,
            "-m",
            "celery",
            "-A",
            "altazion",
            "worker",
            "--beat",
            "--concurrency",
            "2",
            "--loglevel",
            "WARNING",
            "--schedule",
            str(layout.state_dir() / "beat"),
        ],
    }


def _spawn(name: str, command: list[str]) -> subprocess.Popen[bytes]:
    logs = layout.state_dir() / "logs"
    logs.mkdir(exist_ok=True)
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=layout.PROJECT
        )


def _watch(children: dict[str, subprocess.Popen[bytes]], commands: dict[str, list[str]]) -> None:
    """Start again what falls over; give up on what cannot stand."""
    falls: dict[str, list[float]] = {name: [] for name in children}
    while True:
        time.sleep(1)
        for name, child in list(children.items()):
            if child.poll() is None:
                continue
            falls[name] = [moment for moment in falls[name] if moment > time.monotonic() - 60] + [time.monotonic()]
            if len(falls[name]) > 5:
                raise StartupError(f"{name} keeps ending; see {layout.state_dir() / 'logs' / name}.log")
            print(f"{name} ended with {child.returncode}; starting it again.", flush=True)
            children[name] = _spawn(name, commands[name])


def _stop_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)  # whatever of its group is left
        except ProcessLookupError:
            pass


def _wait_until_healthy(children: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 120
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                log = layout.state_dir() / "logs" / f"{name}.log"
                raise StartupError(f"{name} ended with {child.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://{HOST}:{PORT}/health/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if time.monotonic() > deadline:
            raise StartupError(f"The platform did not become healthy; see {layout.state_dir() / 'logs'}")
        time.sleep(0.3)


def _check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError:
            raise StartupError(f"Port {PORT} is taken; choose another: PORT=8001 ./run") from None


def _manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=layout.PROJECT, check=False)
    if done.returncode:
        raise StartupError(f"manage.py {' '.join(arguments)} ended with {done.returncode}")


def _step(name: str, work: Callable[[], None], *, quiet: bool = True) -> None:
    started = time.monotonic()
    print(f"  {name} … ", end="" if quiet else "\n", flush=True)
    work()
    print(
        f"{time.monotonic() - started:.1f} s" if quiet else f"  {name}: {time.monotonic() - started:.1f} s", flush=True
    )


def _print_addresses() -> None:
    base = f"http://{HOST}:{PORT}"
    logins = Path(layout.state_dir() / "logins.txt")
    print(
        f"\n  shop         {base}/\n  back office  {base}/office/\n"
        f"  API          {base}/api/v1/docs/\n  health       {base}/health/"
    )
    if logins.exists():
        print("\n" + "\n".join(f"  {line}" for line in logins.read_text().splitlines()))
    print("\nCtrl-C stops everything.", flush=True)


def _ask_to_stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped
