"""Products, their references, places, pictures and publication. SKU is unique; an EAN is not (OFF-8, choice A16)."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from altazion.lib.films import Film, film_at
from catalog.enums import BundleMode, MediaKind, ProductKind, ProductState, StockType
from catalog.models.structure import Brand, Family, ProductType, Segment, VatRate
from catalog.models.trade import TradeFacts
from stores.enums import VariantTiles
from stores.models import SalesChannel


class Product(TradeFacts):
    """Anything with a SKU. A child has one parent; a parent has no parent and is not sold itself."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sku = models.CharField(_("SKU"), max_length=60, unique=True)
    external_id = models.CharField(_("identifier in the source"), max_length=60, null=True, blank=True, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ProductKind, default=ProductKind.SIMPLE)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    type = models.ForeignKey(ProductType, models.PROTECT, verbose_name=_("product type"))
    vat_rate = models.ForeignKey(VatRate, models.PROTECT, verbose_name=_("VAT rate"))
    family = models.ForeignKey(Family, models.PROTECT, null=True, blank=True, verbose_name=_("family"))
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, verbose_name=_("brand"))
    name = models.CharField(_("name"), max_length=250, blank=True)
    slug = models.SlugField(_("word in the address"), max_length=120, blank=True)
    short_description = models.CharField(_("short description"), max_length=500, blank=True)
    description = models.TextField(
        _("description"), blank=True, help_text=_("Simple HTML is allowed; what could act is removed.")
    )
    meta_title = models.CharField(_("title for search engines"), max_length=160, blank=True, default="", db_default="")
    meta_description = models.CharField(_("description for search engines"), max_length=320, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=ProductState, default=ProductState.IN_PREPARATION)
    stock_type = models.PositiveSmallIntegerField(_("stock type"), choices=StockType, default=StockType.AVERAGE)
    weight_g = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    importance = models.PositiveSmallIntegerField(
        _("importance"), default=100, help_text=_("0 to 999: 100 normal, 300 highlighted, 900 star")
    )
    limited_below = models.PositiveIntegerField(_("last pieces below"), null=True, blank=True)
    bundle_mode = models.CharField(
        _("how the bundle is sold"),
        max_length=10,
        choices=BundleMode,
        default=BundleMode.WHOLE,
        db_default=BundleMode.WHOLE.value,
        help_text=_("By itself: the order lists each product with its share of the price; they may travel apart."),
    )
    bundle_percent = models.DecimalField(
        _("percent off what is inside"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("The bundle costs what its products cost together, less this. Empty: its own price holds."),
    )
    variant_tiles = models.CharField(
        _("variants in listings"),
        max_length=10,
        choices=VariantTiles,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: as the sales channel says."),
    )
    page_layout = models.CharField(
        _("template of its page"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: that of its type."),
    )
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)
    fed_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True, editable=False)
    archived_by_run = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["-id"]
        permissions = [("validate_product", "Can validate products"), ("publish_product", "Can publish products")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=ProductKind.CHILD) & Q(parent__isnull=False))
                | (~Q(kind=ProductKind.CHILD) & Q(parent__isnull=True)),
                name="only_children_have_a_parent",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="product_not_its_own_parent"),
            models.CheckConstraint(condition=Q(importance__lte=999), name="product_importance_0_to_999"),
            models.CheckConstraint(
                condition=Q(bundle_percent__isnull=True) | Q(bundle_percent__gte=0, bundle_percent__lt=100),
                name="bundle_percent_0_to_100",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="product_state"),
            models.Index(fields=["name", "-id"], name="product_by_name"),
            models.Index(fields=["source"], name="product_source"),
            GinIndex(OpClass(Upper("sku"), name="gin_trgm_ops"), name="product_sku_trgm"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="product_name_trgm"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class FedRow(models.Model):
    """What a source last said of a product, as a digest: a row that says the same again need not be looked at."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    digest = models.BigIntegerField()
    taken_at = models.DateTimeField(null=True)
    run_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("fed row")
        verbose_name_plural = _("fed rows")
        constraints = [models.UniqueConstraint(fields=["product", "source"], name="one_fed_row_per_source")]

    def __str__(self) -> str:
        return f"{self.product_id} ← {self.source}"


class ProductReference(models.Model):
    """A code by which the world knows a product. Several products may share one (children of one EAN)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="references", verbose_name=_("product"))
    type = models.CharField(_("type"), max_length=20)
    value = models.CharField(_("value"), max_length=60)
    is_main = models.BooleanField(_("main"), default=False)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [models.UniqueConstraint(fields=["product", "type", "value"], name="one_reference_per_value")]
        indexes = [models.Index(fields=["value"], name="reference_value")]

    def __str__(self) -> str:
        return f"{self.type} {self.value}"


class ProductSegment(models.Model):
    """A product's place in the shoppers' tree; one of them is primary and gives the breadcrumb."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="places", verbose_name=_("product"))
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="members", verbose_name=_("segment"))
    is_primary = models.BooleanField(_("primary"), default=False)
    relevance = models.DecimalField(
        _("relevance"), max_digits=4, decimal_places=2, default=1, help_text=_("0 to 9.99; higher comes first")
    )
    position = models.PositiveIntegerField(
        _("place in the order"),
        null=True,
        blank=True,
        help_text=_("Set by hand; those without one follow by relevance."),
    )
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("place in a segment")
        verbose_name_plural = _("places in segments")
        constraints = [
            models.UniqueConstraint(fields=["product", "segment"], name="once_per_segment"),
            models.UniqueConstraint(fields=["product"], condition=Q(is_primary=True), name="one_primary_segment"),
        ]

    def __str__(self) -> str:
        return str(self.segment)


class DocumentKind(models.Model):
    """What a document is: manual, warranty, quality label."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("kind of document")
        verbose_name_plural = _("kinds of document")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Media(models.Model):
    """A picture, video or document. `location` is an https address or a path below the media folder.

    What was sent has a digest (SHA-256) that is also its name. sizes: [[width in pixels, location], …] of the smaller
    copies, empty until they are made. focus: the point that stays in sight when a picture is cropped, in percent.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="media", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=10, choices=MediaKind, default=MediaKind.IMAGE)
    location = models.CharField(_("file or address"), max_length=500)
    title = models.CharField(_("title"), max_length=160, blank=True)
    alt = models.CharField(_("description for those who cannot see it"), max_length=250, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_public = models.BooleanField(_("shown to shoppers"), default=True)
    focus_x = models.PositiveSmallIntegerField(_("focal point from the left, in percent"), default=50, db_default=50)
    focus_y = models.PositiveSmallIntegerField(_("focal point from the top, in percent"), default=50, db_default=50)
    document_kind = models.ForeignKey(
        DocumentKind, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("kind of document")
    )
    language = models.CharField(
        _("language"), max_length=8, blank=True, default="", db_default="", choices=settings.LANGUAGES
    )
    poster = models.CharField(
        _("poster of a film"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("The picture that stands there until it plays: a path or an https address, or send a file."),
    )
    digest = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    mime = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    bytes = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    sizes = models.JSONField(default=list, db_default=[], blank=True, editable=False)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("media")
        verbose_name_plural = _("media")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "location"], name="once_per_location"),
            models.CheckConstraint(condition=Q(focus_x__lte=100, focus_y__lte=100), name="focus_in_percent"),
        ]
        indexes = [models.Index(fields=["location"], name="media_location")]

    def __str__(self) -> str:
        return self.title or self.location

    @property
    def film(self) -> Film | None:
        """The film of another house behind the address, for a video that is no file."""
        return film_at(self.location) if self.kind == MediaKind.VIDEO and "://" in self.location else None

    @property
    def focus(self) -> str:
        """Classes of the focal point, in steps of ten percent."""
        return f"fx-{round(self.focus_x, -1)} fy-{round(self.focus_y, -1)}"

    @property
    def url(self) -> str:
        """Where a browser finds it; nothing for a file of colleagues only."""
        if not self.is_public and "://" not in self.location:
            return ""
        return self.location if "://" in self.location else default_storage.url(self.location)


class Publication(models.Model):
    """A product on a channel. Validated and published are two gates (2.3); children follow their parent's row."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="publications", verbose_name=_("product"))
    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="publications", verbose_name=_("channel"))
    published_at = models.DateTimeField(_("published"))
    by_hand = models.BooleanField(_("by hand"), default=False)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [models.UniqueConstraint(fields=["product", "channel"], name="once_per_channel")]

    def __str__(self) -> str:
        return f"{self.product_id} → {self.channel_id}"


class KeptOff(models.Model):
    """A colleague took the product off this channel: imports do not publish it there again."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="kept_off", verbose_name=_("product"))
    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="+", verbose_name=_("channel"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("kept off a channel")
        verbose_name_plural = _("kept off a channel")
        constraints = [models.UniqueConstraint(fields=["product", "channel"], name="kept_off_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.product_id} ↛ {self.channel_id}"
