"""What a bundle (lot) is made of. How it is sold and priced stands at the product: `bundle_mode`, `bundle_percent`."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product


class BundleLine(models.Model):
    """A component of a bundle and how many of it one bundle holds. Bundles do not hold bundles."""

    bundle = models.ForeignKey(Product, models.CASCADE, related_name="bundle_lines", verbose_name=_("bundle"))
    component = models.ForeignKey(Product, models.PROTECT, related_name="in_bundles", verbose_name=_("product inside"))
    quantity = models.PositiveSmallIntegerField(_("how many"), default=1)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("product of a bundle")
        verbose_name_plural = _("products of a bundle")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "component"], name="once_per_bundle"),
            models.CheckConstraint(condition=~Q(bundle=F("component")), name="bundle_not_in_itself"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=999), name="bundle_quantity_1_to_999"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.component_id}"
