"""Units that stand at a place and are not for sale: on show, counted wrong, not yet on the shelf (ORC-3)."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from logistics.models.stock import Place


class Withdrawal(models.Model):
    """So many units of a product that a place keeps back, and why.

    `during` is half-open and read at request time: nothing has to run for the units to be sold again. No end: for good.
    """

    product = models.ForeignKey(
        Product, models.CASCADE, db_index=False, related_name="withdrawals", verbose_name=_("product")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="withdrawals", verbose_name=_("place"))
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=200)
    during = DateTimeRangeField(_("dates"))
    actor = models.CharField(_("who"), max_length=150, blank=True)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("withdrawn stock")
        verbose_name_plural = _("withdrawn stock")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="withdrawal_holds_something"),
            models.CheckConstraint(condition=Q(during__isempty=False), name="withdrawal_lasts"),
        ]
        indexes = [models.Index(fields=["product", "place"], name="withdrawal_of_balance")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}@{self.place_id}"
