"""How products are arranged: families inside the company, segments before the shopper (OFF-5, OFF-6)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from catalog.enums import Nature, PageTemplate, SegmentKind


class VatRate(models.Model):
    """A tax rate: 0.2 is 20 %."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    rate = models.DecimalField(_("rate"), max_digits=6, decimal_places=4, help_text=_("0.2 means 20 %"))
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ["-rate"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="vat_rate_is_a_fraction"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_vat_rate"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductType(models.Model):
    """What a product is for accounting: goods, service, shipping fee (2.2)."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    nature = models.PositiveSmallIntegerField(_("nature"), choices=Nature, default=Nature.PRODUCT)
    sales_account = models.CharField(_("sales account"), max_length=20, blank=True, default="707000")
    description = models.TextField(_("description"), blank=True)
    page_layout = models.CharField(
        _("template of its pages"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: standard."),
    )

    class Meta:
        verbose_name = _("product type")
        verbose_name_plural = _("product types")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Family(models.Model):
    """The company's own classification, two levels; shoppers never see it."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("family above")
    )

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(parent=F("id")), name="family_not_its_own_parent")]

    def __str__(self) -> str:
        return self.name


class PublicPage(models.Model):
    """What shoppers and search engines read of a thing that has a page. Texts in other languages: `translations`."""

    intro = models.TextField(_("public description"), blank=True)
    image = models.CharField(_("picture"), max_length=500, blank=True)
    banner = models.CharField(
        _("banner"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("A wide picture above the page."),
    )
    header = models.TextField(
        _("header"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Text above the products. Simple HTML is allowed."),
    )
    meta_title = models.CharField(_("title for search engines"), max_length=160, blank=True, default="", db_default="")
    meta_description = models.CharField(
        _("description for search engines"), max_length=320, blank=True, default="", db_default=""
    )
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=Value({}, output_field=models.JSONField())
    )
    changed_at = models.DateTimeField(_("changed"), null=True, editable=False)

    class Meta:
        abstract = True


class Segment(PublicPage):
    """A place of the shoppers' tree, six levels at most. `path` holds the ids from the root down to itself."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("word in the address"), max_length=120, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("segment above")
    )
    path = ArrayField(models.BigIntegerField(), default=list, editable=False)
    level = models.PositiveSmallIntegerField(_("level"), default=1, editable=False)
    kind = models.CharField(_("kind"), max_length=1, choices=SegmentKind, default=SegmentKind.LISTED)
    importance = models.PositiveSmallIntegerField(
        _("importance"), default=100, help_text=_("0 to 999: 100 normal, 300 highlighted, 900 star")
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    header_below = models.BooleanField(
        _("header for those below"),
        default=True,
        db_default=True,
        help_text=_("Segments below that have no header show this one."),
    )
    page_template = models.CharField(
        _("page template"), max_length=20, choices=PageTemplate, blank=True, default="", db_default=""
    )
    archived = models.BooleanField(_("archived"), default=False)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)
    fed_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=6), name="segment_level_1_to_6"),
            models.CheckConstraint(condition=Q(importance__lte=999), name="segment_importance_0_to_999"),
            models.UniqueConstraint(KT("translations__en__slug"), name="one_segment_per_english_address"),
        ]
        indexes = [GinIndex(fields=["path"], name="segment_path")]

    def __str__(self) -> str:
        return self.name


class Brand(PublicPage):
    """A maker's name, with a page of its own."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("word in the address"), max_length=120, unique=True)
    importance = models.PositiveSmallIntegerField(_("importance"), default=100)
    is_own = models.BooleanField(_("own brand"), default=False)
    website = models.URLField(_("web site"), blank=True)
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(KT("translations__en__slug"), name="one_brand_per_english_address")]

    def __str__(self) -> str:
        return self.name
