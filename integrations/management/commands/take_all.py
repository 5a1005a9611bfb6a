"""manage.py take_all FILE.zip: what export_all wrote, into this shop."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations.services import take_all


class Command(BaseCommand):
    """Takes the ZIP, kind by kind."""

    help = "Take a ZIP of export_all in: every kind by a flow of its own, whose runs stay to be looked at."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as source:
                take_all(source, at=now(), actor="take_all", tell=self.stdout.write)
        except OSError as error:
            raise CommandError(str(error)) from error
        except Refused as problem:
            raise CommandError(problem.message) from problem
