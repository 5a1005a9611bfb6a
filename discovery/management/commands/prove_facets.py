"""`manage.py prove_facets`: do the bitmaps that facets count with say what the index says?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from discovery.services import prove_sets


class Command(BaseCommand):
    help = "Compares the sets that facets count with to the index; --repair makes them anew where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="write the rows that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = sum(prove_sets(repair=options["repair"]).values())
        if wrong and not options["repair"]:
            raise CommandError(f"{wrong} rows differ from the index; --repair makes them anew")
        self.stdout.write(f"{wrong} rows repaired" if wrong else "every set says what the index says")
