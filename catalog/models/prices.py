"""What a product costs before any campaign. Amounts include tax; dates are half-open ranges read at request time."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product
from stores.models import SalesChannel, Store


class BasePrice(models.Model):
    """One layer: base (no channel, no store), a channel's, a store's, or a grid's (precedence A6)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="prices", verbose_name=_("product"))
    channel = models.ForeignKey(SalesChannel, models.CASCADE, null=True, blank=True, verbose_name=_("channel"))
    store = models.ForeignKey(Store, models.CASCADE, null=True, blank=True, verbose_name=_("store"))
    grid = models.CharField(_("price grid"), max_length=40, blank=True)
    amount = models.DecimalField(_("price with tax"), max_digits=12, decimal_places=2)
    promo_amount = models.DecimalField(
        _("promotional price with tax"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    promo_during = DateTimeRangeField(_("promotion dates"), null=True, blank=True)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "channel", "store", "grid"], nulls_distinct=False, name="one_price_per_layer"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(promo_amount__isnull=True) | Q(promo_amount__gte=0), name="promo_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
