"""`manage.py refresh_completeness`: judge every product by what its family needs."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from altazion.lib.clock import now
from catalog import services


class Command(BaseCommand):
    help = "Makes the table of completeness say how complete every product is; only differences are written."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        written = services.refresh_completeness(None, at=now())
        self.stdout.write(f"{written} rows written in {time.monotonic() - started:.1f} s")
