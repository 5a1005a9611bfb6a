"""Takes away files that nothing names any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from altazion.lib.clock import now
from catalog.services.cleaning import clean_files


class Command(BaseCommand):
    """Safe to run at any time: what any text of the database names stays, and so does what is younger than a month."""

    help = "Take away pictures and documents that nothing names any more (older than thirty days)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only look, or do it."""
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and leave it")

    def handle(self, *args: Any, **options: Any) -> None:
        """One call, told in a line."""
        told = clean_files(at=now(), dry_run=options["dry_run"], actor="clean_files")
        verb = "would go" if options["dry_run"] else "removed"
        self.stdout.write(
            f"{told.found} files: {told.named} in use, {told.young} younger than thirty days,"
            f" {told.removed} {verb} ({told.bytes / 1_048_576:.1f} MB)"
        )
