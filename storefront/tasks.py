"""Celery's edge of the shop."""

from typing import Any

from celery import shared_task

from altazion.lib.clock import now
from orders import services
from orders.ports import Call


@shared_task(bind=True, max_retries=10)
def repeat_call(self: Any, provider: str, body: str, headers: dict[str, str]) -> None:
    """The sandbox bank tries again to tell an outcome that the shop could not take."""
    try:
        services.take_call(provider, Call(body.encode(), headers), at=now())
    except Exception as error:
        raise self.retry(exc=error, countdown=15 * 2**self.request.retries) from error
