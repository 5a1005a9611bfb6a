"""`manage.py prepare`: what a start needs, done only where something changed, so that a second start takes seconds."""

import hashlib
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Apply migrations, collect static files and load the demonstration shop, each only if it is needed."

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("tables", _migrate)
        self._step("static files", _collect)
        self._step("demonstration shop", lambda: call_command("load_demo", stdout=self.stdout))

    def _step(self, name: str, work: Any) -> None:
        started = time.monotonic()
        self.stdout.write(f"  {name} …")
        self.stdout.flush()
        work()
        self.stdout.write(f"  {name}: {time.monotonic() - started:.1f} s")
        self.stdout.flush()


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def _collect() -> None:
    """Hash and compress static files again only when one of them changed."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state.update(f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}\n".encode())
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state.hexdigest())
