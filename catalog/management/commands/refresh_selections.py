"""`manage.py refresh_selections [CODE]`: follow the rules of selections over all products."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from altazion.lib.clock import now
from catalog import services
from catalog.models import Selection


class Command(BaseCommand):
    help = "Makes selections hold what their rules say; one rule that fails stops no other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", default="", help="one selection; all of them if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        started, at = time.monotonic(), now()
        if code := options["code"]:
            selection = Selection.objects.filter(code=code).first()
            if selection is None:
                raise CommandError(f"There is no selection {code}.")
            changed = {code: services.refresh_selection(selection, at=at)}
        else:
            changed = services.follow_all(at=at)
        for name, count in changed.items():
            self.stdout.write(f"{name}: {count} products came or went")
        failed = Selection.objects.filter(code__in=changed).exclude(failure="")
        for selection in failed:
            self.stderr.write(f"{selection.code}: {selection.failure}")
        self.stdout.write(f"{len(changed)} selections in {time.monotonic() - started:.1f} s")
