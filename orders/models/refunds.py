"""Money that goes back: a refund, and the payments it goes back to. Its key says what it answers, so it goes once."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.enums import PartState, RefundReason
from orders.models.payments import Payment


class Refund(models.Model):
    """What of an order's money is given back, tax included, and why."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="refunds", verbose_name=_("order"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    reason = models.CharField(_("reason"), max_length=20, choices=RefundReason)
    key = models.CharField(
        _("key"), max_length=200, unique=True, help_text=_("The same refund asked for twice is made once.")
    )
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class RefundPart(models.Model):
    """What of a refund goes back to one payment, and how far it is."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    refund = models.ForeignKey(Refund, models.CASCADE, related_name="parts", verbose_name=_("refund"))
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refund_parts", verbose_name=_("payment"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    state = models.CharField(_("state"), max_length=10, choices=PartState, default=PartState.ASKED)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    message = models.CharField(_("message"), max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    called_at = models.DateTimeField(_("provider called"), null=True, blank=True)
    first_called_at = models.DateTimeField(_("provider first called"), null=True, blank=True)
    done_at = models.DateTimeField(_("given back"), null=True, blank=True)
    done_by = models.CharField(_("given back by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("part of a refund")
        verbose_name_plural = _("parts of refunds")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_part_is_positive"),
            models.UniqueConstraint(fields=["refund", "payment"], name="refund_names_a_payment_once"),
            models.CheckConstraint(
                condition=~Q(state=PartState.DONE) | Q(done_at__isnull=False), name="given_back_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ({self.state})"

    @property
    def call_key(self) -> str:
        """Under which its provider is asked: the same until it gave an answer, so that the money goes once."""
        return f"refund:{self.guid}:{self.tries}"
