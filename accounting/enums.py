"""Choices of the books."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Separator(models.TextChoices):
    TAB = "tab", _("tab")
    PIPE = "pipe", _("vertical bar (|)")


class LineState(models.TextChoices):
    """A line of a bank statement."""

    MATCHED = "matched", pgettext_lazy("bank line", "matched")
    NOT_FOUND = "not_found", pgettext_lazy("bank line", "not found")
    EXPLAINED = "explained", pgettext_lazy("bank line", "explained")


class AnomalyKind(models.TextChoices):
    """What is odd between the bank and us."""

    NOT_FOUND = "not_found", _("the bank has it, no payment of ours is like it")
    AMOUNT = "amount", _("the bank says another amount")
    MISSING = "missing", _("we have the payment, the bank does not")


class Posted(models.TextChoices):
    """What a rule of accounts is about."""

    VAT = "vat", _("VAT collected")
    SALES = "sales", _("sales of goods")
    SHIPPING = "shipping", _("delivery fees charged")
    METHOD = "method", _("money received by a way to pay")


class CreditReason(models.TextChoices):
    """Why money is credited."""

    RETURN = "return", _("goods came back")
    MISSING = "missing", _("goods were missing or broken")
    GESTURE = "gesture", _("commercial gesture")
    ERROR = "error", _("an error of ours")


class InvoiceKind(models.TextChoices):
    """What a numbered document is."""

    INVOICE = "invoice", _("invoice")
    CREDIT = "credit", _("credit note")
