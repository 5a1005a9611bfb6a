"""manage.py export_all FILE.zip: everything that imports can feed, for another shop to take."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from altazion.lib.clock import now
from integrations.services import export_all


class Command(BaseCommand):
    """Writes the ZIP."""

    help = "Write everything that imports can feed into a ZIP: one CSV and one mapping for each kind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with options["file"].open("wb") as into:
            count = export_all(into, at=now(), actor="export_all", tell=self.stdout.write)
        self.stdout.write(f"{count} rows in {options['file']}")
