"""What outside systems took from us and what they call it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models import Order


class OrderHandover(models.Model):
    """An order on its way to an outside system: waiting, sent, acknowledged under the system's own number (OSC-4)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="handovers", verbose_name=_("order"))
    system = models.SlugField(_("system"), max_length=40)
    queued_at = models.DateTimeField(_("waiting since"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_in_run = models.ForeignKey(
        "integrations.Run", models.SET_NULL, null=True, blank=True, verbose_name=_("sent in run")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    outside_number = models.CharField(_("number there"), max_length=60, blank=True)
    refusal = models.CharField(_("refused because"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("order handed over")
        verbose_name_plural = _("orders handed over")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["order", "system"], name="one_handover_per_system")]
        indexes = [
            models.Index(fields=["system", "id"], condition=models.Q(acknowledged_at=None), name="handover_open")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.system}"
