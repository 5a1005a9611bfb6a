"""The kinds of automatic task that come with the platform. Groups are named as the starting roles are."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOW, NORMAL, URGENT, CRITICAL = 10, 20, 30, 40
LAST_RESORT = "Administrateur"  # who gets what nobody else is named for


@dataclass(frozen=True)
class Kind:
    """What gives birth to a task, how much it matters, how soon, and which groups would be the right ones."""

    code: str
    label: str | Promise
    importance: int
    due_in_hours: int
    groups: tuple[str, ...]


_FLOWS = ("Intégrateur", "E-commerce", LAST_RESORT)  # the first that has members
_SHOP = ("Responsable de gamme", "E-commerce", LAST_RESORT)
_STOCK = ("Logistique", "E-commerce", LAST_RESORT)
_CATALOGUE = ("Responsable de gamme", "E-commerce", LAST_RESORT)
_BOOKS = ("Comptabilité", "E-commerce", LAST_RESORT)
_ORDERS = ("Service client", "E-commerce", LAST_RESORT)

FLOW_FAILED = "flow_failed"
FLOW_HELD = "flow_held"
FLOW_ILL = "flow_ill"
FLOW_REJECTIONS = "flow_rejections"
ORDER_REFUSED = "order_refused"
ORDER_TO_PREPARE = "order_to_prepare"
REFUND_DUE = "refund_due"
GOODS_GONE = "goods_gone"
STOCK_LOW = "stock_low"
SHORTAGE = "shortage"
DIVERGENCE = "divergence"
DELIVERY_FAILED = "delivery_failed"
RELEVANCE = "relevance"
SELECTION_FAILED = "selection_failed"
NOT_FETCHED = "media_not_fetched"
ORDER_HELD = "order_held"
RETURN_WAITS = "return_waits"
ORDER_RISK = "order_risk"
BANK_ANOMALY = "bank_anomaly"
INVOICE_WAITS = "invoice_waits"
AUTHORISATION = "authorisation"
MISMATCH = "payment_mismatch"
ROUTING_STUCK = "routing_stuck"
SLIP_LATE = "slip_late"
RECOUNT = "recount"

KINDS = (
    Kind(FLOW_FAILED, _("A flow failed"), URGENT, 4, _FLOWS),
    Kind(FLOW_ILL, _("A flow is late, slow or unlike itself"), URGENT, 4, _FLOWS),
    Kind(FLOW_HELD, _("A flow is held back"), URGENT, 4, _FLOWS),
    Kind(FLOW_REJECTIONS, _("A file had rows refused"), NORMAL, 48, _FLOWS),
    Kind(ORDER_REFUSED, _("The ERP refused an order"), URGENT, 4, _ORDERS),
    Kind(ORDER_TO_PREPARE, _("An order to prepare in the store"), URGENT, 2, _ORDERS),
    Kind(GOODS_GONE, _("Paid, but the goods are gone"), CRITICAL, 2, _ORDERS),
    Kind(REFUND_DUE, _("Money to give back"), URGENT, 24, _ORDERS),
    Kind(AUTHORISATION, _("An authorisation of money ends"), URGENT, 8, _ORDERS),
    Kind(MISMATCH, _("A bank told of another amount"), URGENT, 8, _ORDERS),
    Kind(ORDER_HELD, _("An order is held"), URGENT, 8, _ORDERS),
    Kind(ORDER_RISK, _("An order looks risky"), URGENT, 8, _ORDERS),
    Kind(RETURN_WAITS, _("A return to receive"), LOW, 240, _ORDERS),
    Kind(BANK_ANOMALY, _("A bank statement has lines that nothing explains"), URGENT, 24, _BOOKS),
    Kind(INVOICE_WAITS, _("An invoice could not be made"), URGENT, 24, _BOOKS),
    Kind(STOCK_LOW, _("Last pieces of a product"), NORMAL, 48, _STOCK),
    Kind(SHORTAGE, _("Promised but missing"), CRITICAL, 4, _STOCK),
    Kind(DIVERGENCE, _("Stock and its ledger disagree"), CRITICAL, 4, _STOCK),
    Kind(ROUTING_STUCK, _("No place can send an order"), URGENT, 4, _ORDERS),
    Kind(SLIP_LATE, _("A preparation slip is late"), URGENT, 4, _STOCK),
    Kind(RECOUNT, _("A shelf to count again"), NORMAL, 24, _STOCK),
    Kind(SELECTION_FAILED, _("The rule of a selection cannot be followed"), NORMAL, 24, _CATALOGUE),
    Kind(NOT_FETCHED, _("Pictures or documents could not be fetched"), NORMAL, 48, _FLOWS),
    Kind(RELEVANCE, _("A relevance test does not hold"), NORMAL, 48, _SHOP),
    Kind(DELIVERY_FAILED, _("A part of the platform could not take an event"), URGENT, 8, (LAST_RESORT,)),
)
