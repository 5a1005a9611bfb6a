"""Work of the worker."""

from celery import shared_task

from altazion.lib.clock import now
from discovery.services import follow_time, run_wanted


@shared_task
def follow_the_clock() -> int:
    """Every minute: index the prices that began or ended. Returns changed entries."""
    return follow_time(at=now())


@shared_task
def follow_relevance() -> int:
    """Every minute: run the relevance tests if something moved products and it is quiet since, and once a day."""
    ran = run_wanted(at=now())
    return ran[1] if ran else 0
