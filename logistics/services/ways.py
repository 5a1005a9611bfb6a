"""Carriers, zones and ways of delivery, saved with a line in the journal."""

import datetime as dt

from django.db import models, transaction

from logbook.services import record
from logistics.models import (
    Carrier,
    DeliveryGroup,
    DeliveryMode,
    DeliveryZone,
    FulfilmentType,
    ProductDelivery,
)

Way = Carrier | DeliveryGroup | DeliveryMode | DeliveryZone | FulfilmentType | ProductDelivery


@transaction.atomic
def save_way(way: Way, *, changed: list[str], at: dt.datetime, actor: str) -> None:
    """Keep what a person typed; the journal tells who, and which fields."""
    way.save()
    _told(way, "saved", at, actor, changed=changed)


@transaction.atomic
def delete_way(way: Way, *, at: dt.datetime, actor: str) -> None:
    """Take away what nothing hangs on. Raises ProtectedError else."""
    _told(way, "deleted", at, actor)
    way.delete()


def _told(way: models.Model, verb: str, at: dt.datetime, actor: str, **facts: object) -> None:
    kind = way._meta.model_name or ""  # noqa: SLF001 - Django's own name for it
    record(f"logistics.way_{verb}", at=at, actor=actor, subject_kind=kind, subject_id=way.pk, name=str(way), **facts)
