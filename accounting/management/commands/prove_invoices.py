"""`manage.py prove_invoices`: no number missing, no seal broken, every sum right?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounting.selectors import invoices_at_fault


class Command(BaseCommand):
    help = "Check the numbers, seals and sums of all invoices and credit notes; exit code 1 if one is at fault."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for sentence in invoices_at_fault():
            found += 1
            self.stderr.write(sentence)
        if found:
            sys.exit(1)
        self.stdout.write("All invoices are numbered without gaps, sealed, and add up.")
