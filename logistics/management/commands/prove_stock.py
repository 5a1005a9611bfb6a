"""`manage.py prove_stock`: do all balances agree with the ledger and the reservations?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from altazion.lib.clock import now
from logistics.services import prove_stock


class Command(BaseCommand):
    help = "Compare every stock balance with its ledger lines and its reservations; exit code 1 if one diverges."

    def handle(self, *args: Any, **options: Any) -> None:
        found = prove_stock(at=now(), actor="prove_stock")
        for divergence in found:
            self.stderr.write(divergence.sentence)
        if found:
            sys.exit(1)
        self.stdout.write("All balances agree with the ledger and the reservations.")
