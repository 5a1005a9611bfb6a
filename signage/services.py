"""Verbs about screens."""

import datetime as dt
import uuid

from django.db import transaction

from logbook.services import record
from signage.models import Screen

NOTED_EVERY = dt.timedelta(seconds=30)


def note_seen(screen: Screen, *, at: dt.datetime) -> None:
    """Remember that a screen asked for its content, at most twice a minute."""
    if screen.last_seen_at is None or at - screen.last_seen_at >= NOTED_EVERY:
        Screen.objects.filter(pk=screen.pk).update(last_seen_at=at)


@transaction.atomic
def renew_address(screen: Screen, *, at: dt.datetime, actor: str) -> None:
    """Give a screen a new secret address; the old one shows nothing any more."""
    screen.token = uuid.uuid4()
    Screen.objects.filter(pk=screen.pk).update(token=screen.token)
    record("signage.address_renewed", at=at, subject_kind="screen", subject_id=screen.pk, actor=actor)
