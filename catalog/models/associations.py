"""Products shown beside another: what goes with it, what is better, what it needs (2.14)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product


class AssociationKind(models.Model):
    """Why products are shown together; the name stands above them on the page. Hidden kinds are for colleagues."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_public = models.BooleanField(_("shown to shoppers"), default=True)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("kind of association")
        verbose_name_plural = _("kinds of association")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Association(models.Model):
    """`other` is shown beside `product`; quantity: how many of it go with one (batteries: 4)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="associations", verbose_name=_("product"))
    kind = models.ForeignKey(AssociationKind, models.PROTECT, related_name="+", verbose_name=_("kind"))
    other = models.ForeignKey(
        Product, models.CASCADE, related_name="associated_to", verbose_name=_("product beside it")
    )
    quantity = models.DecimalField(_("how many for one"), max_digits=8, decimal_places=3, default=1)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        ordering = ["kind__position", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "kind", "other"], name="associated_once_per_kind"),
            models.CheckConstraint(condition=~Q(product=F("other")), name="not_associated_with_itself"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="association_quantity_above_0"),
        ]
        indexes = [models.Index(fields=["source"], name="association_source")]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}"
