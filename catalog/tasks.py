"""What the scheduler runs for the catalogue."""

from celery import shared_task

from altazion.lib.clock import now
from catalog import services


@shared_task
def follow_selections() -> dict[str, int]:
    """Every night: all rules of selections over all products, whatever was missed in the day."""
    return services.follow_all(at=now())


@shared_task
def age_selections() -> dict[str, int]:
    """Every hour: rules that ask for novelties, which stop being new without any event."""
    return services.follow_all(only="time", at=now())


@shared_task
def make_sizes(product_ids: list[int]) -> int:
    """The smaller copies of products' new pictures."""
    return services.make_sizes(product_ids, at=now())
