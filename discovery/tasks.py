"""Work of the worker."""

from celery import shared_task

from altazion.lib.clock import now
from discovery.services import follow_time


@shared_task
def follow_the_clock() -> int:
    """Every minute: index the prices that began or ended. Returns changed entries."""
    return follow_time(at=now())
