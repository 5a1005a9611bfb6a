"""Slips to prepare in stores, slips that are late, orders that nobody can send, shelves to count again."""

from django.utils.translation import gettext as _

from logbook.models import Event
from logbook.ports import consumer
from logistics.enums import SlipKind
from logistics.models import Preparation, StockMovement
from stores.models import Store
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url, order_subject
from tasks_mgmt.selectors import open_about
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes, store_team


@consumer("tasks_mgmt.slips", kinds=["logistics.preparation_opened", "logistics.preparation_reminded"])
def on_slip(event: Event) -> None:
    """A store has something to send: its team prepares it. A slip is past its time: somebody sees to it."""
    told = event.data
    slip = Preparation.objects.filter(guid=event.subject_id).select_related("place__store").first()
    if slip is None or not slip.is_open:
        return
    if event.kind.endswith("opened"):
        if slip.kind == SlipKind.SEND and slip.place.store is not None:
            raise_for_cause(
                enums.ORDER_TO_PREPARE,
                cause=f"{enums.ORDER_TO_PREPARE}:{slip.number}",
                title=_("Prepare slip %(number)s at %(place)s") % {"number": slip.number, "place": slip.place.name},
                description=_("To be sent to %(name)s. Take the goods off the shelf and say what you found.")
                % {"name": slip.recipient},
                subject=_slip_subject(slip),
                to=store_team(slip.place.store),
                at=event.at,
            )
        return
    if int(told.get("reminder", 0)) >= 3:
        raise_for_cause(
            enums.SLIP_LATE,
            cause=f"{enums.SLIP_LATE}:{slip.number}",
            title=_("Slip %(number)s at %(place)s is late") % {"number": slip.number, "place": slip.place.name},
            description=_(
                "Nobody prepared it in time. Call the place, or have it refuse the slip: others may send it."
            ),
            subject=_slip_subject(slip),
            at=event.at,
        )


@consumer(
    "tasks_mgmt.slips_ended",
    kinds=["logistics.preparation_prepared", "logistics.preparation_refused", "logistics.preparation_cancelled"],
)
def on_slip_ended(event: Event) -> None:
    """Nobody has to gather it any more."""
    number = str(event.data.get("number", ""))
    word = _("The slip is prepared.") if event.kind.endswith("prepared") else _("The slip is closed.")
    settle_causes([f"{kind}:{number}" for kind in (enums.ORDER_TO_PREPARE, enums.SLIP_LATE)], at=event.at, word=word)


@consumer("tasks_mgmt.routing", kinds=["orders.routing_stuck", "orders.order_routed", "orders.order_cancelled"])
def on_routing(event: Event) -> None:
    """No place can send an order: a person decides. Once it has a place, or is cancelled, nobody has to."""
    cause = f"{enums.ROUTING_STUCK}:{event.subject_id}"
    if not event.kind.endswith("stuck"):
        settle_causes([cause], at=event.at, word=_("The order has a place that prepares it, or is cancelled."))
        return
    number = str(event.data.get("number") or event.subject_id)
    raise_for_cause(
        enums.ROUTING_STUCK,
        cause=cause,
        title=_("No place can send order %(number)s") % {"number": number},
        description=str(event.data.get("why") or ""),
        subject=order_subject(event.subject_id, number),
        at=event.at,
    )


@consumer("tasks_mgmt.recounts", kinds=["logistics.recount_wanted"])
def on_recount(event: Event) -> None:
    """Something was not found where it should lie: its place counts that shelf."""
    told = event.data
    store = Store.objects.filter(pk=told["store"]).first() if told.get("store") else None
    raise_for_cause(
        enums.RECOUNT,
        cause=f"{enums.RECOUNT}:{told['product']}:{told['place']}",
        title=_("Count %(sku)s at %(place)s again") % {"sku": told.get("sku", ""), "place": told.get("place_name", "")},
        description=_("%(units)s not found for slip %(slip)s. They are not sold meanwhile: enter what you count.")
        % {"units": told.get("units", ""), "slip": told.get("slip", "")},
        subject=Subject(
            "catalog.product",
            str(told["product"]),
            str(told.get("sku", "")),
            office_url("logistics_stockbalance_changelist"),
        ),
        to=store_team(store) if store else None,
        at=event.at,
    )


@consumer("tasks_mgmt.recounted", kinds=["logistics.stock_changed"])
def on_counted(event: Event) -> None:
    """The shelf was counted: the task closes itself."""
    ids = [str(number) for number in event.data.get("ids", [])]
    tasks = {task.cause: task for task in open_about("catalog.product", ids, kind=enums.RECOUNT)}
    if not tasks:
        return
    counts = StockMovement.objects.filter(
        kind="count", product__in={int(task.subject_id) for task in tasks.values()}
    ).values_list("product", "place", "at")
    counted = {}
    for product, place, at in counts:
        cause = f"{enums.RECOUNT}:{product}:{place}"
        if cause in tasks and at >= tasks[cause].created_at:
            counted[cause] = at
    settle_causes(list(counted), at=event.at, word=_("It was counted."))


def _slip_subject(slip: Preparation) -> Subject:
    url = office_url("logistics_preparation_change", slip.pk)
    return Subject("logistics.preparation", str(slip.guid), _("Slip %(number)s") % {"number": slip.number}, url)
