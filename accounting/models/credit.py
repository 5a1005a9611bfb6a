"""Credit notes: what of an order is given back, line by line, and whether the money went."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.enums import CreditReason
from orders.models import Order, OrderLine, PaymentMethod, Refund


class CreditNote(models.Model):
    """Numbered without gaps. Amounts with tax; `vat` shows what lies in them by rate.

    `refund` is the money that goes back for it; older ones only say when and how it went.
    """

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=30, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    reason = models.CharField(_("reason"), max_length=10, choices=CreditReason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    total = models.DecimalField(_("total with tax"), max_digits=12, decimal_places=2)
    net_total = models.DecimalField(_("total without tax"), max_digits=12, decimal_places=2)
    vat = models.JSONField(_("VAT by rate"), default=list)
    made_at = models.DateTimeField(_("made"))
    made_by = models.CharField(_("by"), max_length=150, blank=True)
    refunded_at = models.DateTimeField(_("money given back"), null=True, blank=True)
    refunded_by = models.CharField(_("given back by"), max_length=150, blank=True)
    refund_method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given back through")
    )
    refund = models.OneToOneField(
        Refund, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("refund")
    )

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(total__gt=0), name="credit_is_positive")]

    def __str__(self) -> str:
        return self.number


class CreditLine(models.Model):
    """How many of an order's line are credited, for how much with tax; none: its price was lowered, it stays sold."""

    credit = models.ForeignKey(CreditNote, models.CASCADE, related_name="lines", verbose_name=_("credit note"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    total = models.DecimalField(_("total with tax"), max_digits=12, decimal_places=2)
    net_total = models.DecimalField(_("total without tax"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("line of a credit note")
        verbose_name_plural = _("lines of credit notes")
        constraints = [models.UniqueConstraint(fields=["credit", "line"], name="credited_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"
