"""Money to give back, and lines of a bank statement that nothing explains."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib import money
from logbook.models import Event
from logbook.ports import consumer
from orders.models import Refund
from orders.selectors import nothing_to_give_back
from tasks_mgmt import enums
from tasks_mgmt.consumers.subjects import office_url, order_subject
from tasks_mgmt.services import Subject, raise_for_cause, settle_causes

_REFUNDS = [f"orders.refund_{what}" for what in ("due", "made", "failed", "waits")]

_AUTHORISATIONS = [
    f"orders.{what}" for what in ("authorisation_ends", "authorisation_lost", "payment_received", "payment_voided")
]


@consumer("tasks_mgmt.refunds", kinds=_REFUNDS)
def on_refund_due(event: Event) -> None:
    """More was received than is owed, or a refund failed, or a store hands it out; all given back closes the task."""
    cause = f"{enums.REFUND_DUE}:{event.subject_id}"
    if event.kind.endswith("made"):
        if nothing_to_give_back(event.subject_id):
            settle_causes([cause], at=event.at, word=_("All of it was given back."))
        return
    number = str(event.data.get("number") or event.subject_id)
    amount = Decimal(str(event.data.get("amount") or 0))
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


def _refund_subject(event: Event, number: str) -> Subject:
    """The refund whose button mends it, or the order while none was asked for."""
    pk = Refund.objects.filter(guid=event.data.get("refund")).values_list("pk", flat=True).first()
    words = _("Refund for order %(number)s") % {"number": number}, office_url("orders_refund_change", pk or 0)
    return Subject("orders.order", event.subject_id, *words) if pk else order_subject(event.subject_id, number)


@consumer("tasks_mgmt.authorisations", kinds=_AUTHORISATIONS)
def on_authorisation(event: Event) -> None:
    """Authorised money that will be lost, or is: take it, or have it paid again. Taken or let go closes the task."""
    cause = f"{enums.AUTHORISATION}:{event.data.get('payment')}"
    if event.kind not in ("orders.authorisation_ends", "orders.authorisation_lost"):
        settle_causes([cause], at=event.at, word=_("The money was taken or let go."))
        return
    number = str(event.data.get("number") or event.subject_id)
    amount = money.display(Decimal(str(event.data.get("amount") or 0)))
    if event.kind.endswith("ends"):
        title = _("The authorisation of order %(number)s ends soon")
        todo = _("Prepare the order, or take the %(amount)s now on its page.")
    else:
        title = _("The authorisation of order %(number)s is lost")
        todo = _("Ask the shopper to pay the %(amount)s again, or cancel the order.")
    raise_for_cause(
        enums.AUTHORISATION,
        cause=cause,
        title=title % {"number": number},
        description=f"{todo % {'amount': amount}} {event.data.get('why') or ''}".strip(),
        subject=order_subject(event.subject_id, number),
        at=event.at,
    )


@consumer("tasks_mgmt.mismatches", kinds=["orders.payment_mismatch"])
def on_mismatch(event: Event) -> None:
    """A provider told of other money than was asked: it was not counted, a person looks at the provider."""
    number = str(event.data.get("number") or event.subject_id)
    told, amount = event.data.get("told"), money.display(Decimal(str(event.data.get("amount") or 0)))
    raise_for_cause(
        enums.MISMATCH,
        cause=f"{enums.MISMATCH}:{event.data.get('payment')}",
        title=_("The bank told of another amount for order %(number)s") % {"number": number},
        description=_("Asked were %(amount)s, told were %(told)s. Nothing was counted: look at the provider.")
        % {"amount": amount, "told": told},
        subject=order_subject(event.subject_id, number),
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


_INVOICES = [f"accounting.{what}" for what in ("invoice_waits", "invoice_made", "paper_waits", "paper_made")]


@consumer("tasks_mgmt.invoices", kinds=_INVOICES)
def on_invoice(event: Event) -> None:
    """An invoice, or its file, could not be made: the button stands on its page; made after all closes the task."""
    is_file = "paper" in event.kind
    cause = f"{enums.INVOICE_WAITS}:{event.data.get('invoice') if is_file else event.subject_id}"
    if event.kind.endswith("made"):
        settle_causes([cause], at=event.at, word=_("The invoice is made."))
        return
    number = str(event.data.get("number") or event.subject_id)
    page = office_url("accounting_invoice_change", event.data.get("pk") or 0) if is_file else ""
    title = (
        _("The file of invoice %(number)s could not be made")
        if is_file
        else _("The invoice of order %(number)s could not be made")
    )
    raise_for_cause(
        enums.INVOICE_WAITS,
        cause=cause,
        title=title % {"number": event.data.get("document") if is_file else number},
        description=str(event.data.get("why") or ""),
        subject=Subject(
            "orders.order",
            event.subject_id,
            _("Order %(number)s") % {"number": number},
            page or office_url("accounting_invoice_changelist"),
        ),
        at=event.at,
    )
