"""An order's events as sentences."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from altazion.lib.money import display
from logbook.models import Event


def sentence(event: Event, currency: str) -> str:
    """What happened to an order, in words."""
    told = event.data
    back = {"back": told.get("returned", ""), "place": told.get("place", ""), "why": told.get("reason", "")}
    words = {
        "orders.order_placed": _("Placed for %(total)s.") % {"total": _money(told.get("total"), currency)},
        "orders.order_routed": _("To be prepared by %(places)s.")
        % {"places": "; ".join(f"{place}: {goods}" for place, goods in told.get("places", []))},
        "orders.order_shipped": _("Left from %(place)s: %(parcels)s.")
        % {"place": told.get("place", ""), "parcels": ", ".join(one["number"] for one in told.get("parcels", []))},
        "orders.routing_stuck": _("No place can send it: %(why)s") % {"why": told.get("why", "")},
        "orders.order_ready": _("Prepared and ready."),
        "orders.order_done": _("Handed over."),
        "orders.order_cancelled": _cancelled(event),
        "orders.payment_received": _paid(event, currency),
        "orders.payment_authorised": _("%(amount)s authorised.") % {"amount": _money(told.get("amount"), currency)},
        "orders.capture_asked": _("%(amount)s is being taken.") % {"amount": _money(told.get("amount"), currency)},
        "orders.capture_failed": _("%(amount)s could not be taken: %(why)s")
        % {"amount": _money(told.get("amount"), currency), "why": told.get("why", "")},
        "orders.void_asked": _("An authorisation of %(amount)s is let go.")
        % {"amount": _money(told.get("amount"), currency)},
        "orders.payment_voided": _("%(amount)s were let go.") % {"amount": _money(told.get("amount"), currency)},
        "orders.authorisation_lost": _("An authorisation of %(amount)s ended: %(why)s")
        % {"amount": _money(told.get("amount"), currency), "why": told.get("why", "")},
        "orders.authorisation_ends": _("An authorisation of %(amount)s ends soon.")
        % {"amount": _money(told.get("amount"), currency)},
        "orders.payment_mismatch": _("The bank told of %(told)s instead of %(amount)s; it was not taken. %(why)s")
        % {"amount": _money(told.get("amount"), currency), "told": told.get("told"), "why": told.get("why", "")},
        "orders.refund_abandoned": _("Giving %(amount)s back this way was given up: %(why)s")
        % {"amount": _money(told.get("amount"), currency), "why": told.get("why", "")},
        "orders.refund_due": _("%(amount)s must be given back.") % {"amount": _money(told.get("amount"), currency)},
        "orders.refund_asked": _("%(amount)s goes back.") % {"amount": _money(told.get("amount"), currency)},
        "orders.refund_made": _("%(amount)s was given back.") % {"amount": _money(told.get("amount"), currency)},
        "orders.refund_waits": _("%(amount)s is to be handed out at the till.")
        % {"amount": _money(told.get("amount"), currency)},
        "orders.refund_failed": _("Giving %(amount)s back failed: %(why)s")
        % {"amount": _money(told.get("amount"), currency), "why": told.get("why", "")},
        "orders.order_settled": _("Settled on what could be prepared: %(before)s became %(total)s.")
        % {"before": _money(told.get("before"), currency), "total": _money(told.get("total"), currency)},
        "orders.order_held": _("Held: %(why)s") % {"why": told.get("reason", "")},
        "orders.order_released": _("Explained, no longer held for it: %(why)s") % {"why": told.get("reason", "")},
        "orders.risk_found": str(told.get("reason", "")),
        "orders.risk_settled": _("The risk is back under what is borne."),
        "orders.risk_dismissed": _("Dismissed: %(risk)s %(why)s")
        % {"risk": told.get("risk", ""), "why": told.get("reason", "")},
        "orders.dispute_opened": _("Disputed: %(why)s") % {"why": told.get("reason", "")},
        "orders.dispute_closed": _("The dispute is closed: %(why)s") % {"why": told.get("reason", "")},
        "orders.return_asked": _("Return %(back)s asked for.") % back,
        "orders.return_received": _("Return %(back)s received at %(place)s.") % back,
        "orders.return_refused": _("Return %(back)s refused: %(why)s") % back,
        "orders.return_withdrawn": _("Return %(back)s withdrawn.") % back,
        "orders.goods_gone": _("Paid, but its goods were given to others meanwhile: %(why)s")
        % {"why": told.get("why", "")},
        "accounting.invoice_made": _("%(document)s was made.") % {"document": told.get("document", "")},
        "accounting.paper_made": _("The file of %(document)s is made.") % {"document": told.get("document", "")},
        "accounting.paper_waits": _("The file of %(document)s could not be made: %(why)s")
        % {"document": told.get("document", ""), "why": told.get("why", "")},
        "accounting.invoice_waits": _("Its invoice could not be made: %(why)s") % {"why": told.get("why", "")},
        "accounting.credit_note_made": _("Credit note %(credit)s over %(amount)s.")
        % {"credit": told.get("credit", ""), "amount": _money(told.get("amount"), currency)},
        "accounting.credit_note_paid": _("The money of credit note %(credit)s goes back.")
        % {"credit": told.get("credit", "")},
    }
    return words.get(event.kind, event.kind)


def _cancelled(event: Event) -> str:
    told = event.data
    why = _("Cancelled: %(why)s.") % {"why": told.get("reason", "")}
    return f"{why} {told['note']}" if told.get("note") else why


def _paid(event: Event, currency: str) -> str:
    told = event.data
    facts = {"amount": _money(told.get("amount"), currency), "till": told.get("till"), "store": told.get("store")}
    if facts["till"]:
        return _("%(amount)s received at till %(till)s of %(store)s.") % facts
    return _("%(amount)s received.") % facts


def _money(text: object, currency: str) -> str:
    try:
        return display(Decimal(str(text)), currency)
    except InvalidOperation:
        return ""
