"""Celery's edge of the logbook."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from altazion.lib.clock import now
from logbook import services
from logbook.enums import BEAT_PULSE
from logbook.ports import CONSUMERS

log = logging.getLogger(__name__)


def nudge() -> None:
    """Ask a worker to deliver. A dead broker is no error here: the sweep delivers."""
    try:
        dispatch.apply_async(retry=False, expires=60)
    except (OperationalError, OSError) as error:
        log.warning("broker unreachable, the sweep will deliver: %s", error)


@shared_task
def dispatch(**kwargs: object) -> int:
    """Deliver what is new to every consumer until none has more."""
    delivered = 0
    for name in sorted(CONSUMERS):
        while taken := services.deliver(name, at=now()):
            delivered += taken
    return delivered


@shared_task
def sweep(**kwargs: object) -> int:
    """What beat runs behind the nudges: deliver what was never announced, try again what failed."""
    return dispatch() + services.retry_failed(at=now())


@shared_task
def pulse(**kwargs: object) -> None:
    """Beat asked, a worker answers: both live."""
    services.beat(BEAT_PULSE, at=now())
