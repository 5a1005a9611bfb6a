"""What a product needs to be complete, by family, channel and language, and how far each one is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.enums import RequiredFact
from catalog.models.attributes import Attribute
from catalog.models.products import Product
from catalog.models.structure import Family
from stores.models import SalesChannel


class Requirement(models.Model):
    """A fact or an attribute that products need. Empty family, channel or language: all of them.

    A family's requirements hold for the families below it as well. Without any at all, the usual facts count.
    """

    family = models.ForeignKey(
        Family, models.CASCADE, null=True, blank=True, related_name="requirements", verbose_name=_("family")
    )
    channel = models.ForeignKey(
        SalesChannel, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("channel")
    )
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    fact = models.CharField(_("fact"), max_length=20, choices=RequiredFact, blank=True, default="")
    attribute = models.ForeignKey(
        Attribute, models.CASCADE, null=True, blank=True, related_name="requirements", verbose_name=_("attribute")
    )

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["family", "fact", "attribute"]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(fact="") & Q(attribute__isnull=True)) | (Q(fact="") & Q(attribute__isnull=False)),
                name="requires_a_fact_or_an_attribute",
            ),
            models.UniqueConstraint(
                fields=["family", "channel", "language", "fact", "attribute"],
                nulls_distinct=False,
                name="required_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.attribute or self.get_fact_display())


class Completeness(models.Model):
    """How complete a product is on a channel in a language: 0 to 100, and what is missing.

    missing: facts by their word, attributes as "attr:CODE". Written by one statement, read by lists.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="completeness")
    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="+")
    language = models.CharField(max_length=5)
    percent = models.PositiveSmallIntegerField()
    missing = ArrayField(models.CharField(max_length=65), default=list)

    class Meta:
        verbose_name = _("completeness")
        verbose_name_plural = _("completeness")
        constraints = [models.UniqueConstraint(fields=["product", "channel", "language"], name="one_completeness")]
        indexes = [models.Index(fields=["product"], condition=Q(percent__lt=100), name="incomplete_products")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.channel_id} {self.language}: {self.percent}"
