"""`manage.py reindex`: make the index of all channels say what is sold now."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from altazion.lib.clock import now
from discovery.services import reindex


class Command(BaseCommand):
    help = "Rebuilds the index of what is sold; only differences are written."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        changed = reindex(None, at=now())
        self.stdout.write(f"{changed} entries changed in {time.monotonic() - started:.1f} s")
