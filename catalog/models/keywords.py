"""The words shoppers use for a product that its name does not hold: "Avengers", "scotch" (OFF-13)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product


class KeywordCategory(models.Model):
    """A kind of keyword, such as heroes or licences; shoppers may filter by one."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_facet = models.BooleanField(
        _("filter in the shop"), default=False, help_text=_("Shoppers can narrow lists by these keywords.")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("keyword category")
        verbose_name_plural = _("keyword categories")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Keyword(models.Model):
    """A word that finds its products before any other. `forms`: as searches compare it, in every language."""

    category = models.ForeignKey(
        KeywordCategory, models.PROTECT, related_name="keywords", verbose_name=_("keyword category")
    )
    code = models.SlugField(_("code"), max_length=120)
    name = models.CharField(_("keyword"), max_length=120)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    forms = ArrayField(models.CharField(max_length=200), default=list, editable=False)

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="one_keyword_per_category")]
        indexes = [GinIndex(fields=["forms"], name="keyword_forms")]

    def __str__(self) -> str:
        return self.name


class ProductKeyword(models.Model):
    """A product that a keyword finds; a parent stands for all its children."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="keyword_links", verbose_name=_("product"))
    keyword = models.ForeignKey(Keyword, models.CASCADE, related_name="links", verbose_name=_("keyword"))
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("keyword of a product")
        verbose_name_plural = _("keywords of a product")
        constraints = [models.UniqueConstraint(fields=["product", "keyword"], name="keyword_once_per_product")]

    def __str__(self) -> str:
        return str(self.keyword)
