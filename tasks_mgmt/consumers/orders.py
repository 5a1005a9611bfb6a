"""Orders to prepare, to mend, to explain."""

from django.utils.translation import gettext as _

from logbook.models import Event
from logbook.ports import consumer
from orders.enums import MethodKind, OrderState, PaymentState, RiskAction
from orders.models import Order, Return
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url, order_subject
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes, store_team

_ORDERS = [
    "integrations.order_refused",
    *(f"orders.{what}" for what in ("order_placed", "payment_received", "payment_authorised")),
]
_COVERED = (PaymentState.PAID, PaymentState.AUTHORISED)


@consumer("tasks_mgmt.orders", kinds=_ORDERS)
def on_order(event: Event) -> None:
    """The ERP refused an order: mend it. A pickup order came in, or its money did: prepare it."""
    if event.kind.startswith("orders."):
        _prepare(event)
        return
    number = str(event.data.get("number") or event.subject_id)
    raise_for_cause(
        enums.ORDER_REFUSED,
        cause=f"{enums.ORDER_REFUSED}:{event.subject_id}",
        title=_("The ERP refused order %(number)s") % {"number": number},
        description=str(event.data.get("reason") or event.data.get("message") or event.data.get("refusal") or ""),
        subject=order_subject(event.subject_id, number),
        at=event.at,
    )


def _prepare(event: Event) -> None:
    order = Order.objects.select_related("store", "payment_method").filter(guid=event.subject_id).first()
    if order is None or order.store is None or order.state != OrderState.PLACED:
        return
    if order.payment_method.kind != MethodKind.PAY_IN_STORE and order.payment_state not in _COVERED:
        return  # the event of its payment will come back here
    raise_for_cause(
        enums.ORDER_TO_PREPARE,
        cause=f"{enums.ORDER_TO_PREPARE}:{event.subject_id}",
        title=_("Prepare order %(number)s for %(store)s") % {"number": order.number, "store": order.store.name},
        description=_("%(name)s will come for it. Take the goods off the shelf, then mark the order ready.")
        % {"name": order.recipient},
        subject=order_subject(event.subject_id, order.number),
        to=store_team(order.store),
        at=event.at,
    )


@consumer("tasks_mgmt.goods_gone", kinds=["orders.goods_gone"])
def on_goods_gone(event: Event) -> None:
    """It was paid when its goods were already promised to others: somebody finds some, or calls the shopper."""
    number = str(event.data.get("number") or event.subject_id)
    raise_for_cause(
        enums.GOODS_GONE,
        cause=f"{enums.GOODS_GONE}:{event.subject_id}",
        title=_("Order %(number)s is paid but its goods are gone") % {"number": number},
        description=str(event.data.get("why") or ""),
        subject=order_subject(event.subject_id, number),
        at=event.at,
    )


@consumer("tasks_mgmt.orders_done", kinds=["orders.order_ready", "orders.order_done", "orders.order_cancelled"])
def on_order_moved(event: Event) -> None:
    """Prepared or cancelled: nobody has to prepare it any more."""
    word = _("The order was cancelled.") if event.kind.endswith("cancelled") else _("The order is prepared.")
    settle_causes([f"{enums.ORDER_TO_PREPARE}:{event.subject_id}"], at=event.at, word=word)


@consumer("tasks_mgmt.handovers", kinds=["integrations.order_acknowledged"])
def on_handover(event: Event) -> None:
    """The ERP took the order after all."""
    settle_causes([f"{enums.ORDER_REFUSED}:{event.subject_id}"], at=event.at, word=_("The ERP took the order."))


@consumer("tasks_mgmt.order_holds", kinds=["orders.order_held", "orders.order_released"])
def on_hold(event: Event) -> None:
    """An order is held: somebody explains it; once nothing holds it any more the task closes."""
    cause = f"{enums.ORDER_HELD}:{event.subject_id}"
    if event.kind.endswith("released"):
        if event.data.get("free"):
            settle_causes([cause], at=event.at, word=str(event.data.get("reason") or _("Nothing holds it any more.")))
        return
    number = str(event.data.get("number") or event.subject_id)
    raise_for_cause(
        enums.ORDER_HELD,
        cause=cause,
        title=_("Order %(number)s is held") % {"number": number},
        description=str(event.data.get("reason") or ""),
        subject=order_subject(event.subject_id, number),
        at=event.at,
    )


@consumer("tasks_mgmt.order_risks", kinds=["orders.risk_found", "orders.risk_settled", "orders.order_cancelled"])
def on_risk(event: Event) -> None:
    """An order has more points of risk than its channel bears and only a person is told; held ones have their task."""
    cause = f"{enums.ORDER_RISK}:{event.subject_id}"
    if not event.kind.endswith("found"):
        settle_causes([cause], at=event.at, word=_("The risk is gone."))
        return
    if event.data.get("action") != RiskAction.TELL:
        return
    number = str(event.data.get("number") or event.subject_id)
    raise_for_cause(
        enums.ORDER_RISK,
        cause=cause,
        title=_("Order %(number)s looks risky") % {"number": number},
        description=str(event.data.get("reason") or ""),
        subject=order_subject(event.subject_id, number),
        at=event.at,
    )


@consumer(
    "tasks_mgmt.returns", kinds=[f"orders.return_{what}" for what in ("asked", "received", "refused", "withdrawn")]
)
def on_return(event: Event) -> None:
    """Goods are to come back: the task is due when they should long be here, and closes with the return."""
    number = str(event.data.get("returned") or "")
    cause = f"{enums.RETURN_WAITS}:{number}"
    if not event.kind.endswith("asked"):
        settle_causes([cause], at=event.at, word=_("The return is closed."))
        return
    pk = Return.objects.filter(number=number).values_list("pk", flat=True).first()
    raise_for_cause(
        enums.RETURN_WAITS,
        cause=cause,
        title=_("Receive return %(number)s") % {"number": number},
        description=_("Count what came, good and damaged; or refuse it, with the reason."),
        subject=Subject("orders.return", number, number, office_url("orders_return_change", pk) if pk else ""),
        at=event.at,
    )
