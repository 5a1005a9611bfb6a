"""Choices of the orders room (operations-domain 2.10, simple life cycle)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    PLACED = "placed", _("placed")
    READY = "ready", _("prepared, ready")
    DONE = "done", _("handed over")
    CANCELLED = "cancelled", _("cancelled")


class PaymentState(models.TextChoices):
    DUE = "due", _("to be paid")
    PART = "part", _("paid in part")
    AUTHORISED = "authorised", pgettext_lazy("order", "authorised")
    PAID = "paid", _("paid")
    REFUNDED = "refunded", _("refunded")


class HoldKind(models.TextChoices):
    """What holds an order."""

    HAND = "hand", _("by hand")
    BANK = "bank", _("a bank statement")
    MONEY = "money", _("money that could not be had")
    RISK = "risk", _("a risk")
    DISPUTE = "dispute", _("a dispute")


class LineKind(models.TextChoices):
    PRODUCT = "product", _("product")
    SHIPPING = "shipping", _("shipping fee")


class MethodKind(models.TextChoices):
    PAY_IN_STORE = "pay_in_store", _("pay in store")
    CARD = "card", _("card online")
    VOUCHER = "voucher", _("gift card or voucher")


class VoucherKind(models.TextChoices):
    GIFT_CARD = "gift_card", _("gift card")
    VOUCHER = "voucher", _("voucher")
    GESTURE = "gesture", _("commercial gesture")


class VoucherMove(models.TextChoices):
    """What a line of a voucher's ledger is."""

    ISSUED = "issued", pgettext_lazy("voucher", "issued")
    USED = "used", pgettext_lazy("voucher", "paid with")
    BACK = "back", pgettext_lazy("voucher", "given back")
    LOST = "lost", pgettext_lazy("voucher", "left over, lost")


class CaptureWhen(models.TextChoices):
    """When the money of a card is taken."""

    ORDERED = "ordered", _("when ordered")
    PREPARED = "prepared", _("when prepared: authorised before, only what leaves is taken")


class RefundReason(models.TextChoices):
    """Why money goes back."""

    CANCELLED = "cancelled", _("the order was cancelled")
    EXCESS = "excess", _("more came than was due")
    MISSING = "missing", _("goods were missing")
    RETURN = "return", _("goods came back")
    GESTURE = "gesture", _("commercial gesture")


class PartState(models.TextChoices):
    """How far money that goes back is. What failed waits for a person."""

    ASKED = "asked", pgettext_lazy("refund", "on its way")
    WAITS = "waits", pgettext_lazy("refund", "to be handed out at the till")
    DONE = "done", pgettext_lazy("refund", "given back")
    FAILED = "failed", pgettext_lazy("refund", "failed")
    ABANDONED = "abandoned", pgettext_lazy("refund", "given up")


class AttemptState(models.TextChoices):
    """One attempt to pay. Only the provider's own call proves it.

    Authorised money is promised by the bank and taken later (`capturing`), or let go (`voiding`, then `voided`).
    """

    STARTED = "started", _("started")
    AUTHORISED = "authorised", pgettext_lazy("payment", "authorised")
    CAPTURING = "capturing", pgettext_lazy("payment", "being taken")
    FAILED = "failed", pgettext_lazy("payment", "could not be taken")
    VOIDING = "voiding", pgettext_lazy("payment", "being let go")
    VOIDED = "voided", pgettext_lazy("payment", "let go")
    RECEIVED = "received", _("received")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", pgettext_lazy("payment", "cancelled")


class RiskKind(models.TextChoices):
    """What a risk rule looks at."""

    PRODUCTS = "products", _("Products of a selection")
    BASKET = "basket", _("Amount of the order")
    UNITS = "units", _("Units of one product")
    FIRST = "first", _("Amount of a first order")
    EMAIL = "email", _("E-mail addresses")
    PHONE = "phone", _("Phones")
    NAME = "name", _("Names")
    POSTCODE = "postcode", _("Postcodes")
    ACCOUNT = "account", _("Customers, by number in the ERP")
    NETWORK = "network", _("Networks and addresses on the Internet")
    COUNTRY = "country", _("Delivered to another country than the customer's")


class RiskAction(models.TextChoices):
    """What happens to an order with more points than are borne."""

    TELL = "tell", _("a task tells a colleague")
    HOLD = "hold", _("the order is held")
    CANCEL = "cancel", _("the order is cancelled")


class DisputeOutcome(models.TextChoices):
    """How a dispute ended."""

    WON = "won", _("for us")
    LOST = "lost", _("against us")
    SETTLED = "settled", _("by agreement")


class ReturnState(models.TextChoices):
    """How far a return is."""

    ASKED = "asked", pgettext_lazy("return", "asked for")
    RECEIVED = "received", pgettext_lazy("return", "received")
    REFUSED = "refused", pgettext_lazy("return", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("return", "withdrawn")


class ReturnReason(models.TextChoices):
    """Why goods come back; nobody has to say."""

    NONE = "none", _("no reason")
    MIND = "mind", _("does not please")
    UNLIKE = "unlike", _("not as described")
    DAMAGED = "damaged", _("arrived damaged")
    BROKEN = "broken", _("does not work")
    WRONG = "wrong", _("wrong product")
    LATE = "late", _("arrived too late")
    TWICE = "twice", _("received twice")


# Codes of reasons that the platform gives by itself; the list in Office names them.
UNPAID = "unpaid"
NOTHING_HAD = "nothing_had"
PROMISED = (AttemptState.AUTHORISED, AttemptState.CAPTURING, AttemptState.FAILED)  # money the bank stands for
RISK = "risk"
