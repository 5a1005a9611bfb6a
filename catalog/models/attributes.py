"""Typed attributes. Definitions are rows; a product's values are one JSON object keyed by attribute code."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.enums import AttributeType
from catalog.models.structure import Family, Segment


class Attribute(models.Model):
    """What can be said of a product: colour, age, hero.

    Values in `Product.attributes`: text, long text, URL and list option code as string, number as number,
    yes/no as boolean, date as ISO string; several list options as an array of codes.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=1, choices=AttributeType, default=AttributeType.TEXT)
    group = models.CharField(_("group"), max_length=80, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    is_public = models.BooleanField(_("shown to shoppers"), default=True)
    is_facet = models.BooleanField(_("filter in listings"), default=False)
    is_differentiating = models.BooleanField(_("tells variants apart"), default=False)
    is_copied = models.BooleanField(
        _("copied to variants"),
        default=False,
        db_default=False,
        help_text=_("Variants take the parent's value when they are made and whenever it changes there."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class AttributeOption(models.Model):
    """A value that a list attribute may take."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="options", verbose_name=_("attribute"))
    code = models.CharField(_("code"), max_length=120)
    label = models.CharField(_("label"), max_length=200)
    position = models.PositiveIntegerField(_("position"), default=0)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("attribute value")
        verbose_name_plural = _("attribute values")
        ordering = ["position", "label"]
        constraints = [models.UniqueConstraint(fields=["attribute", "code"], name="one_option_per_code")]

    def __str__(self) -> str:
        return self.label


class AttributeUse(models.Model):
    """Products of this family, or of this segment, are asked for the attribute; families and segments below too.

    An attribute without uses is asked of every product.
    """

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="uses", verbose_name=_("attribute"))
    family = models.ForeignKey(
        Family, models.CASCADE, null=True, blank=True, related_name="asked", verbose_name=_("family")
    )
    segment = models.ForeignKey(
        Segment, models.CASCADE, null=True, blank=True, related_name="asked", verbose_name=_("segment")
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("use of an attribute")
        verbose_name_plural = _("uses of an attribute")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(family__isnull=False, segment__isnull=True) | Q(family__isnull=True, segment__isnull=False),
                name="used_by_a_family_or_a_segment",
            ),
            models.UniqueConstraint(fields=["attribute", "family"], name="one_use_per_family"),
            models.UniqueConstraint(fields=["attribute", "segment"], name="one_use_per_segment"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} · {self.family or self.segment}"
