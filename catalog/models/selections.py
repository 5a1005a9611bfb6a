"""Named lists of products, shared by campaigns, pages, screens and feeds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product


class Selection(models.Model):
    """A list of products shaped by hand; rules come on top of the same membership table."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SelectionItem(models.Model):
    """A product of a selection; a parent stands for all its children."""

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="items", verbose_name=_("selection"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="selection_items", verbose_name=_("product"))
    relevance = models.DecimalField(_("relevance"), max_digits=4, decimal_places=2, default=1)

    class Meta:
        verbose_name = _("product of the selection")
        verbose_name_plural = _("products of the selection")
        ordering = ["-relevance", "id"]
        constraints = [models.UniqueConstraint(fields=["selection", "product"], name="once_per_selection")]

    def __str__(self) -> str:
        return str(self.product)
