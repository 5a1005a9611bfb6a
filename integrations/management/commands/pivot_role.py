"""`manage.py pivot_role NAME`: a database account for an outside procedure, which sees the pivot tables alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations import services


class Command(BaseCommand):
    """Prints the password once; the same name again gets a new one."""

    help = "Makes (or renews) a database account that may touch the pivot tables and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        """The account's name."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """One domain call, and the flows that read the tables."""
        try:
            password = services.make_role(options["name"])
            services.ensure_pivot(at=now(), actor="manage.py")
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"role      {options['name']}\npassword  {password}\nIt is not shown again.")
