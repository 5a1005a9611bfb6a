"""Orders that wait for an explanation: nothing is prepared or handed over until somebody gives it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.enums import HoldKind


class OrderHold(models.Model):
    """Why an order is held, since when, and how it was explained. `cause` names what asked for it, once."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="holds", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=HoldKind, default=HoldKind.HAND)
    cause = models.CharField(max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateTimeField(_("since"))
    actor = models.CharField(_("who"), max_length=150, blank=True)
    until = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.CharField(_("released by"), max_length=150, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("hold of an order")
        verbose_name_plural = _("holds of orders")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["cause"], condition=Q(until=None), name="held_once_by_cause")]
        indexes = [models.Index(fields=["order"], condition=Q(until=None), name="holds_of_order")]

    def __str__(self) -> str:
        return self.reason
