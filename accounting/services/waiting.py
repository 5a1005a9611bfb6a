"""Invoices that could not be made: kept with the reason, made by a button once the cause is gone."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounting.models import Invoice, WaitingInvoice
from accounting.services.invoices import invoice_order
from altazion.lib.problems import Refused
from logbook.services import record
from orders.models import Order


def try_invoice(
    guid: UUID, *, key: str, at: dt.datetime, actor: str = "", units: Mapping[int, int] | None = None
) -> Invoice | None:
    """Make an invoice; what refuses it is kept, and whoever watches is told. None: it waits, or nothing was left."""
    try:
        with transaction.atomic():
            made = invoice_order(guid, key=key, at=at, actor=actor, units=units)
            WaitingInvoice.objects.filter(key=key, made_at=None).update(made_at=at)
            return made
    except Refused as refusal:
        _wait(guid, key, units, refusal.message, at, actor)
        return None


def make_waiting(waiting: WaitingInvoice, *, at: dt.datetime, actor: str) -> Invoice | None:
    """Try one that waits again."""
    units = {int(position): count for position, count in waiting.units.items()} or None
    return try_invoice(waiting.order.guid, key=waiting.key, at=at, actor=actor, units=units)


@transaction.atomic
def _wait(guid: UUID, key: str, units: Mapping[int, int] | None, why: str, at: dt.datetime, actor: str) -> None:
    order = Order.objects.select_related("store").get(guid=guid)
    told = {str(position): count for position, count in (units or {}).items()}
    waiting, is_new = WaitingInvoice.objects.get_or_create(
        key=key, defaults={"order": order, "units": told, "why": why[:300], "since": at}
    )
    if not is_new:
        WaitingInvoice.objects.filter(pk=waiting.pk).update(why=why[:300], tries=F("tries") + 1)
    record(
        "accounting.invoice_waits", at=at, actor=actor, subject_kind="order", subject_id=order.guid,
        number=order.number, waiting=waiting.pk, why=why,
    )  # fmt: skip
