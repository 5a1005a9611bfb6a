"""What the scheduler runs for the catalogue."""

from dataclasses import asdict

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


@shared_task
def fetch_media(**kwargs: object) -> int:
    """Files that sources name by address and whose turn it is; another worker takes what this one leaves."""
    fetched = services.fetch_waiting(at=now())
    if fetched == services.FETCHED_AT_ONCE:
        fetch_media.apply_async(retry=False)
    return fetched


@shared_task
def make_all_sizes(**kwargs: object) -> int:
    """Every night: smaller copies of pictures that came by path or by file."""
    return services.make_all_sizes(at=now())


@shared_task
def clean_files(**kwargs: object) -> dict[str, int]:
    """Every night: files that nothing names any more."""
    return asdict(services.clean_files(at=now()))


@shared_task
def end_locks(**kwargs: object) -> int:
    """Every minute: locks of fields whose end has come; what sources said meanwhile comes in."""
    return services.end_locks(at=now())
