"""Failures and promises become tasks; when the cause is gone the task closes itself (law 8)."""

from decimal import Decimal

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib import money
from logbook.models import Event, FailedDelivery
from logbook.ports import consumer
from logistics.models import Place, StockBalance
from logistics.rules import low_threshold
from orders.enums import MethodKind, OrderState, PaymentState
from orders.models import Order, Refund
from orders.selectors import nothing_to_give_back
from tasks_mgmt import enums
from tasks_mgmt.selectors import open_about, open_of_kind
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes, store_team


def office_url(name: str, *args: object) -> str:
    """A page of Office, or nothing while it does not exist."""
    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return ""


_RUNS = [f"integrations.run_{what}" for what in ("failed", "finished", "held", "approved", "refused", "ignored")]


@consumer("tasks_mgmt.flows", kinds=_RUNS)
def on_run(event: Event) -> None:
    """A failed, held or partly refused run asks for a person; a good one settles what the earlier ones asked."""
    flow = str(event.data.get("flow", ""))
    name = str(event.data.get("flow_name") or flow)
    if event.kind == "integrations.run_ignored":
        _settle_flow(flow, _ASKING, event, _("The run was set aside."))
        return
    if event.kind in ("integrations.run_approved", "integrations.run_refused"):
        word = _("%s approved it.") if event.kind.endswith("approved") else _("%s refused it.")
        _settle_flow(flow, (enums.FLOW_HELD,), event, word % (event.actor or "—"))
        return
    state = "failed" if event.kind.endswith("run_failed") else str(event.data.get("state", ""))
    makers: dict[str, tuple[str, str]] = {
        "failed": (enums.FLOW_FAILED, _("Flow “%(flow)s” failed")),
        "held": (enums.FLOW_HELD, _("Flow “%(flow)s” is held back")),
        "done_with_rejections": (enums.FLOW_REJECTIONS, _("Flow “%(flow)s”: rows were refused")),
    }
    if state in makers:
        kind, title = makers[state]
        raise_for_cause(
            kind,
            cause=f"{kind}:{flow}",
            title=title % {"flow": name},
            description=_run_words(event),
            subject=Subject(
                "integrations.run",
                event.subject_id,
                _("Run %(number)s of %(flow)s") % {"number": event.subject_id, "flow": name},
                office_url("integrations_run_change", event.subject_id),
            ),
            at=event.at,
        )
    if state == "done":
        _settle_flow(flow, _ASKING, event, _("A later run of this flow went well."))
    elif state == "done_with_rejections":
        _settle_flow(flow, _ASKING[:2], event, _("A later run of this flow took the good rows."))


_ASKING = (enums.FLOW_FAILED, enums.FLOW_HELD, enums.FLOW_REJECTIONS)


def _settle_flow(flow: str, kinds: tuple[str, ...], event: Event, word: str) -> None:
    settle_causes([f"{kind}:{flow}" for kind in kinds], at=event.at, word=word)


def _run_words(event: Event) -> str:
    message = str(event.data.get("message") or "")
    counts = event.data.get("counts") or {}
    if refused := counts.get("rejected", counts.get("rows_rejected", 0)) if isinstance(counts, dict) else 0:
        line = ngettext("%(count)s row was refused.", "%(count)s rows were refused.", refused) % {"count": refused}
        message = f"{line} {message}".strip()
    return message


@consumer("tasks_mgmt.orders", kinds=["integrations.order_refused", "orders.order_placed", "orders.payment_received"])
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
        subject=_order_subject(event.subject_id, number),
        at=event.at,
    )


def _prepare(event: Event) -> None:
    order = Order.objects.select_related("store", "payment_method").filter(guid=event.subject_id).first()
    if order is None or order.store is None or order.state != OrderState.PLACED:
        return
    if order.payment_method.kind != MethodKind.PAY_IN_STORE and order.payment_state != PaymentState.PAID:
        return  # the event of its payment will come back here
    raise_for_cause(
        enums.ORDER_TO_PREPARE,
        cause=f"{enums.ORDER_TO_PREPARE}:{event.subject_id}",
        title=_("Prepare order %(number)s for %(store)s") % {"number": order.number, "store": order.store.name},
        description=_("%(name)s will come for it. Take the goods off the shelf, then mark the order ready.")
        % {"name": order.recipient},
        subject=_order_subject(event.subject_id, order.number),
        to=store_team(order.store),
        at=event.at,
    )


def _order_subject(guid: str, number: str) -> Subject:
    pk = Order.objects.filter(guid=guid).values_list("pk", flat=True).first()
    url = office_url("orders_order_change", pk) if pk else ""
    return Subject("orders.order", guid, _("Order %(number)s") % {"number": number}, url)


def _refund_subject(event: Event, number: str) -> Subject:
    """The refund whose button mends it, or the order while none was asked for."""
    pk = Refund.objects.filter(guid=event.data.get("refund")).values_list("pk", flat=True).first()
    words = _("Refund for order %(number)s") % {"number": number}, office_url("orders_refund_change", pk or 0)
    return Subject("orders.order", event.subject_id, *words) if pk else _order_subject(event.subject_id, number)


@consumer("tasks_mgmt.goods_gone", kinds=["orders.goods_gone"])
def on_goods_gone(event: Event) -> None:
    """It was paid when its goods were already promised to others: somebody finds some, or calls the shopper."""
    number = str(event.data.get("number") or event.subject_id)
    raise_for_cause(
        enums.GOODS_GONE,
        cause=f"{enums.GOODS_GONE}:{event.subject_id}",
        title=_("Order %(number)s is paid but its goods are gone") % {"number": number},
        description=str(event.data.get("why") or ""),
        subject=_order_subject(event.subject_id, number),
        at=event.at,
    )


_REFUNDS = [f"orders.refund_{what}" for what in ("due", "made", "failed", "waits")]


@consumer("tasks_mgmt.refunds", kinds=_REFUNDS)
def on_refund_due(event: Event) -> None:
    """More was received than is owed, or a refund failed, or a store hands it out; all given back closes the task."""
    cause = f"{enums.REFUND_DUE}:{event.subject_id}"
    if event.kind.endswith("made"):
        gone = [cause] if nothing_to_give_back(event.subject_id) else []
        settle_causes(gone, at=event.at, word=_("All of it was given back."))
        return
    number, amount = str(event.data.get("number") or event.subject_id), Decimal(str(event.data.get("amount") or 0))
    waits = event.kind.endswith("waits")
    why = _("Hand it out at the till, then say so on the refund's page.") if waits else event.data.get("why", "")
    raise_for_cause(
        enums.REFUND_DUE,
        cause=cause,
        title=_("Give money back for order %(number)s") % {"number": number},
        description=f"{_('Amount to give back: %(amount)s.') % {'amount': money.display(amount)}} {why}".strip(),
        subject=_refund_subject(event, number),
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


@consumer("tasks_mgmt.stock_low", kinds=["logistics.stock_low"])
def on_stock_low(event: Event) -> None:
    """Last pieces at a place: order more, or let it go."""
    product, place = event.data["product"], event.data["place"]
    where = Place.objects.filter(pk=place).values_list("name", flat=True).first() or str(place)
    words = {"sku": event.data.get("sku", ""), "place": where}
    left = int(event.data.get("available", 0))
    title = ngettext(
        "%(sku)s at %(place)s: %(left)s piece left", "%(sku)s at %(place)s: %(left)s pieces left", left
    ) % {**words, "left": left}
    raise_for_cause(
        enums.STOCK_LOW,
        cause=f"{enums.STOCK_LOW}:{product}:{place}",
        title=title,
        description=_("Order more, move some from another place, or let it sell out."),
        subject=Subject("catalog.product", str(product), words["sku"], office_url("catalog_product_change", product)),
        at=event.at,
    )


@consumer("tasks_mgmt.shortages", kinds=["logistics.shortage_found"])
def on_shortage(event: Event) -> None:
    """A file or a count found less than was promised: somebody has to choose who waits."""
    found = StockBalance.objects.filter(shortage__gt=0)[:1000].count() or len(event.data.get("ids", [])) or 1
    url = office_url("logistics_stockbalance_changelist")
    raise_for_cause(
        enums.SHORTAGE,
        cause=enums.SHORTAGE,
        title=ngettext(
            "%(count)s product is promised but missing", "%(count)s products are promised but missing", found
        )
        % {"count": found},
        description=_("A stock file or a count found fewer units than orders were promised. Find the units or call."),
        subject=Subject("logistics.stockbalance", "", _("Stock"), f"{url}?state=missing" if url else ""),
        at=event.at,
    )


@consumer("tasks_mgmt.divergences", kinds=["logistics.divergence_found"])
def on_divergence(event: Event) -> None:
    """Balances and ledger disagree: someone has to count."""
    raise_for_cause(
        enums.DIVERGENCE,
        cause=enums.DIVERGENCE,
        title=_("Stock and its ledger disagree"),
        description=str(event.data.get("message") or ""),
        subject=Subject("logistics.stockbalance", "", _("Stock"), office_url("logistics_stockmovement_changelist")),
        at=event.at,
    )


@consumer("tasks_mgmt.stock_back", kinds=["logistics.stock_changed"])
def on_stock_changed(event: Event) -> None:
    """Enough is there again: tasks about last pieces and shortages close themselves."""
    _settle_low(event)
    _settle_shortage(event)


def _settle_low(event: Event) -> None:
    ids = [str(number) for number in event.data.get("ids", [])]
    tasks = {task.cause: task for task in open_about("catalog.product", ids, kind=enums.STOCK_LOW)}
    if not tasks:
        return
    balances = StockBalance.objects.filter(product_id__in={int(task.subject_id) for task in tasks.values()})
    back = {
        f"{enums.STOCK_LOW}:{each.product_id}:{each.place_id}"
        for each in balances.select_related("product")
        if each.physical - each.reserved - each.safety >= low_threshold(each.product.limited_below)
    }
    settle_causes([cause for cause in tasks if cause in back], at=event.at, word=_("There is enough stock again."))


def _settle_shortage(event: Event) -> None:
    if open_of_kind(enums.SHORTAGE).exists() and not StockBalance.objects.filter(shortage__gt=0).exists():
        settle_causes([enums.SHORTAGE], at=event.at, word=_("Nothing is missing any more."))


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


@consumer("tasks_mgmt.selections", kinds=["catalog.selection_failed", "catalog.selection_recovered"])
def on_selection(event: Event) -> None:
    """A selection could not follow its rule: mend the rule; followed again, the task closes."""
    cause = f"{enums.SELECTION_FAILED}:{event.subject_id}"
    if event.kind.endswith("recovered"):
        settle_causes([cause], at=event.at, word=_("The rule is followed again."))
        return
    name = str(event.data.get("name") or event.subject_id)
    raise_for_cause(
        enums.SELECTION_FAILED,
        cause=cause,
        title=_("The selection “%(name)s” cannot follow its rule") % {"name": name},
        description=str(event.data.get("error") or ""),
        subject=Subject(
            "catalog.selection", event.subject_id, name, office_url("catalog_selection_rule", event.subject_id)
        ),
        at=event.at,
    )


@consumer("tasks_mgmt.relevance", kinds=["discovery.relevance_failed", "discovery.relevance_held"])
def on_relevance(event: Event) -> None:
    """A product is not where a merchandiser expects it; once it is again the task closes."""
    cause = f"{enums.RELEVANCE}:{event.subject_id}"
    if event.kind.endswith("held"):
        settle_causes([cause], at=event.at, word=_("The test holds again."))
        return
    expects = str(event.data.get("expects") or "")
    url = office_url("discovery_relevancetest_change", event.subject_id)
    raise_for_cause(
        enums.RELEVANCE,
        cause=cause,
        title=_("Not so any more: %(sentence)s") % {"sentence": expects},
        description=str(event.data.get("finding") or ""),
        subject=Subject("discovery.relevance_test", event.subject_id, expects, url),
        at=event.at,
    )


@consumer("tasks_mgmt.media", kinds=["catalog.media_not_fetched", "catalog.media_fetched"])
def on_media(event: Event) -> None:
    """Files that a flow names by address did not come; the list of them has the button to try again."""
    cause = f"{enums.NOT_FETCHED}:{event.subject_id}"
    if event.kind.endswith("media_fetched"):
        settle_causes([cause], at=event.at, word=_("All of them have come."))
        return
    failed = int(event.data.get("failed") or 1)
    url = office_url("catalog_mediafetch_changelist")
    raise_for_cause(
        enums.NOT_FETCHED,
        cause=cause,
        title=ngettext(
            "Flow “%(flow)s”: %(count)s file could not be fetched",
            "Flow “%(flow)s”: %(count)s files could not be fetched",
            failed,
        )
        % {"flow": event.subject_id, "count": failed},
        description=_("The list says why, file by file. Mend the address at its source, or try again."),
        subject=Subject(
            "catalog.media_fetch",
            event.subject_id,
            event.subject_id,
            f"{url}?state=failed&source={event.subject_id}" if url else "",
        ),
        at=event.at,
    )


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
        subject=_order_subject(event.subject_id, number),
        at=event.at,
    )


@consumer("tasks_mgmt.bank", kinds=["accounting.anomalies_found", "accounting.statement_explained"])
def on_statement(event: Event) -> None:
    """A bank statement has lines that nothing explains; when all are explained the task closes."""
    cause = f"{enums.BANK_ANOMALY}:{event.subject_id}"
    if event.kind.endswith("explained"):
        settle_causes([cause], at=event.at, word=_("Every line is explained."))
        return
    count = int(event.data.get("count") or 1)
    name = str(event.data.get("statement") or "")
    raise_for_cause(
        enums.BANK_ANOMALY,
        cause=cause,
        title=ngettext(
            "%(count)s anomaly in the bank statement %(name)s",
            "%(count)s anomalies in the bank statement %(name)s",
            count,
        )
        % {"count": count, "name": name},
        description=_("Match each with its payments, or explain it. The orders concerned are held until then."),
        subject=Subject(
            "accounting.statement",
            event.subject_id,
            name,
            office_url("accounting_statement_change", event.data.get("pk") or 0),
        ),
        at=event.at,
    )
