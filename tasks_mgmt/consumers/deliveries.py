"""Events that a consumer could not take."""

from django.utils.translation import gettext as _

from logbook.models import Event, FailedDelivery
from logbook.ports import consumer
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes


@consumer("tasks_mgmt.deliveries", kinds=["logbook.delivery_failed"])
def on_delivery_failed(event: Event) -> None:
    """A consumer could not take an event: one task per consumer, with the button in the list of failures."""
    name = event.subject_id
    if FailedDelivery.objects.filter(consumer=name, resolved_at=None).exists():
        raise_for_cause(
            enums.DELIVERY_FAILED,
            cause=f"{enums.DELIVERY_FAILED}:{name}",
            title=_("“%(name)s” could not take an event") % {"name": name},
            description=str(event.data.get("error") or ""),
            subject=Subject("logbook.faileddelivery", name, name, office_url("logbook_faileddelivery_changelist")),
            at=event.at,
        )


@consumer("tasks_mgmt.deliveries_done", kinds=["logbook.delivery_recovered"])
def on_delivery_recovered(event: Event) -> None:
    """Once nothing of a consumer is left undelivered its task closes."""
    name = event.subject_id
    if not FailedDelivery.objects.filter(consumer=name, resolved_at=None).exists():
        settle_causes([f"{enums.DELIVERY_FAILED}:{name}"], at=event.at, word=_("Everything was delivered."))
