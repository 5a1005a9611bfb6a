"""`manage.py load_demo`: the demonstration toy shop, once."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from demo import DEMO_LOADED
from logbook.models import Event


class Command(BaseCommand):
    help = "Loads the demonstration toy shop through the product's own flows; does nothing when it is there already."

    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if Event.objects.filter(kind=DEMO_LOADED).exists():
            self.stdout.write("    the toy shop is there already")
            return
        from demo import load  # late: a second run shall be quick

        started = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"    {time.monotonic() - started:5.1f} s  {line}")
            self.stdout.flush()

        try:
            with translation.override("fr"):
                load.load(at=now(), logins=settings.STATE_DIR / "logins.txt", say=say)
        except (load.DemoProblem, Refused) as problem:
            raise CommandError(str(problem)) from problem
