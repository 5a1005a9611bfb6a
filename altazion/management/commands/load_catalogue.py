"""`manage.py load_catalogue NAME`: a real catalogue of CATALOGUES_ROOT through the product's own flows."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from demo import catalogues


class Command(BaseCommand):
    help = "Loads a real catalogue: its files stay where they are, its mappings are in integrations/mappings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(catalogues.CATALOGUES))
        parser.add_argument("--year", default="", choices=["2019", "2026"], help="edition of bdpm; 2019 comes first")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"    {time.monotonic() - started:5.1f} s  {line}")
            self.stdout.flush()

        try:
            with translation.override("fr"):
                catalogues.load(options["name"], year=options["year"], at=now(), say=say)
        except catalogues.Absent as absent:
            raise CommandError(f"The catalogue {options['name']} is not here: {absent}.") from absent
        except Refused as problem:
            raise CommandError(problem.message) from problem
