"""Where the embedded services keep their things. Knows no Django, so that settings may ask."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def state_dir() -> Path:
    """The folder of everything that a run leaves behind: database, queue, media, logs (`ALTAZION_STATE`)."""
    return Path(os.environ.get("ALTAZION_STATE", PROJECT / "var")).resolve()


def socket_dir() -> Path:
    """A short folder for sockets (their paths hold 107 bytes at most), one for each user and state folder."""
    name = hashlib.sha256(str(state_dir()).encode()).hexdigest()[:10]
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 - owner is checked
    return base / f"altazion-{os.geteuid()}-{name}"


def database_url(name: str = "altazion") -> str:
    """The address of the embedded database server."""
    return f"postgres://app@{str(socket_dir() / 'pg').replace('/', '%2F')}/{name}"


def broker_url() -> str:
    """The address of the embedded broker."""
    return f"redis+socket://{socket_dir() / 'broker.sock'}"


def local_secret() -> str:
    """A secret key of this machine alone, made on first use."""
    path = state_dir() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
