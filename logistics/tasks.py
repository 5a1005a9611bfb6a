"""Periodic work; nothing depends on it: expired reservations count for nobody before they are swept."""

from celery import shared_task

from altazion.lib.clock import now
from logistics import services
from logistics.services.preparation import expire_claims, remind


@shared_task
def release_expired() -> int:
    """Give back expired reservations."""
    return services.release_expired(at=now())


@shared_task
def prove_stock() -> int:
    """Prove all balances; returns how many diverge."""
    return len(services.prove_stock(at=now()))


@shared_task
def look_after_slips() -> int:
    """Put slips back whose keeper's time is over, remind of those that grow late; returns how many of both."""
    return expire_claims(at=now()) + remind(at=now())
