"""Bring every kept secret under the first key of SECRETS_KEYS; afterwards the older keys may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from altazion.lib.clock import now
from integrations.services import reseal_secrets


class Command(BaseCommand):
    """manage.py reseal_secrets"""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = reseal_secrets(at=now(), actor="reseal_secrets")
        self.stdout.write(f"{done} secrets lie under the newest key.")
        if lost:
            raise CommandError(f"no key of SECRETS_KEYS opens the secrets of: {', '.join(lost)}")
