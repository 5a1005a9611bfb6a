"""`manage.py roles`: the roles of a new house; after an update, the rights that the new version brought."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.services import ensure_roles


class Command(BaseCommand):
    help = "Makes the roles that are missing and gives the others the rights that are new in this version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="every role as it starts: what colleagues changed goes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for role, rights in ensure_roles(reset=options["reset"]).items():
            self.stdout.write(f"{role}: {rights} new rights" if rights else f"{role}: as it was")
