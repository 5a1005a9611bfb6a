"""Gift cards and vouchers: money that we owe to whoever holds the code. The balance stands in a ledger."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.enums import VoucherKind, VoucherMove
from orders.models.payments import Payment
from orders.models.refunds import RefundPart


class Voucher(models.Model):
    """A gift card or voucher. Its code is kept as a hash: it is shown once, when it is issued."""

    kind = models.CharField(_("kind"), max_length=10, choices=VoucherKind, default=VoucherKind.GIFT_CARD)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(_("code ends in"), max_length=4)
    issued = models.DecimalField(_("issued for"), max_digits=10, decimal_places=2)
    balance = models.DecimalField(_("balance"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    step = models.DecimalField(
        _("paid in steps of"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("As vouchers of 20 are: 20, 40, 60… Empty: any amount."),
    )
    single_use = models.BooleanField(_("used once"), default=False, help_text=_("What is left after it is lost."))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    reason = models.CharField(_("why it was issued"), max_length=200)
    key = models.CharField(max_length=200, unique=True, editable=False)
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("gift card or voucher")
        verbose_name_plural = _("gift cards and vouchers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(issued__gt=0), name="voucher_is_issued_for_something"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=models.F("issued")), name="voucher_balance_exists"
            ),
            models.CheckConstraint(condition=Q(step=None) | Q(step__gt=0), name="voucher_step_exists"),
        ]
        indexes = [models.Index(fields=["ending"], name="voucher_ending")]

    def __str__(self) -> str:
        return f"…{self.ending}"


class VoucherEntry(models.Model):
    """A line of a voucher's ledger: above zero it came, below zero it went. Only ever added."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="entries", verbose_name=_("voucher"))
    kind = models.CharField(_("what"), max_length=10, choices=VoucherMove)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    balance = models.DecimalField(_("balance after it"), max_digits=10, decimal_places=2)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="voucher_entries", verbose_name=_("payment")
    )
    part = models.ForeignKey(
        RefundPart, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("part of a refund")
    )
    key = models.CharField(max_length=200, unique=True, editable=False)
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("line of a voucher")
        verbose_name_plural = _("lines of vouchers")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="voucher_never_below_zero")]

    def __str__(self) -> str:
        return f"{self.amount} ({self.kind})"
