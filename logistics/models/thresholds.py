"""From how many units on a product is there for buyers of a channel (ORC-2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from stores.models import SalesChannel


class ChannelThreshold(models.Model):
    """What holds for one product on one channel, before the thresholds of store zones.

    A variant without a row of its own follows its parent's. Quantities are units that the supply rules let count;
    strictly fewer than a threshold are none.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="thresholds", verbose_name=_("product"))
    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="+", verbose_name=_("channel"))
    unavailable_below = models.PositiveIntegerField(
        _("not available below"),
        null=True,
        blank=True,
        help_text=_("Units for delivery together, or in one store. Empty: as the zone of the store says."),
    )
    hidden_below = models.PositiveIntegerField(
        _("not shown below"),
        null=True,
        blank=True,
        help_text=_("Units in all places of the channel: with fewer the shop does not show it at all."),
    )
    most_per_order = models.PositiveIntegerField(_("most in one order"), null=True, blank=True)

    class Meta:
        verbose_name = _("threshold of a product")
        verbose_name_plural = _("thresholds of products")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "channel"], name="one_threshold_per_channel"),
            models.CheckConstraint(
                condition=Q(unavailable_below__isnull=False)
                | Q(hidden_below__isnull=False)
                | Q(most_per_order__isnull=False),
                name="threshold_says_something",
                violation_error_message=_("Give at least one figure."),
            ),
            models.CheckConstraint(
                condition=Q(most_per_order=None) | Q(most_per_order__gte=1),
                name="an_order_holds_one",
                violation_error_message=_("At least 1, or empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} · {self.channel}"
