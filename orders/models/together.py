"""What was bought together, as the orders say."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Product


class BoughtTogether(models.Model):
    """`other` came in `orders` of the orders that held `product`; both are listings (parents for their variants)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    other = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("bought with it"))
    orders = models.PositiveIntegerField(_("orders"))

    class Meta:
        verbose_name = _("bought together")
        verbose_name_plural = _("bought together")
        constraints = [models.UniqueConstraint(fields=["product", "other"], name="bought_together_once")]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}: {self.orders}"
