"""`manage.py load_mappings`: take the mappings of integrations/mappings into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations.services import load_mappings


class Command(BaseCommand):
    help = "Loads the mappings that come with the product."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = load_mappings(at=now())
        except Refused as problem:
            raise CommandError(problem.message) from problem
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
