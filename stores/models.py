"""Where we sell: channels, sites, zones and stores."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stores.enums import AddressCause, ChannelKind, PublicationRule, TargetKind, VariantTiles


class SalesChannel(models.Model):
    """A way to reach shoppers, with its own publication and prices."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=ChannelKind, default=ChannelKind.WEB)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Paris")
    publication_rule = models.CharField(
        _("publication rule"),
        max_length=20,
        choices=PublicationRule,
        default=PublicationRule.COMPLETE,
        help_text=_("What a validated product needs before it can be published here."),
    )
    auto_publish = models.BooleanField(
        _("publish imports"),
        default=True,
        help_text=_("Imported products that satisfy the rule are published at once."),
    )
    variant_tiles = models.CharField(
        _("variants in listings"),
        max_length=10,
        choices=VariantTiles,
        default=VariantTiles.PARENT,
        db_default=VariantTiles.PARENT.value,
        help_text=_("What holds for every product that does not choose for itself."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A web address with its look; one channel may have several."""

    channel = models.ForeignKey(SalesChannel, models.PROTECT, related_name="sites", verbose_name=_("channel"))
    host = models.CharField(_("host"), max_length=100, unique=True, help_text=_("shop.example.com; * answers any host"))
    name = models.CharField(_("name"), max_length=100)
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    root_segment = models.CharField(_("root segment code"), max_length=60, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    in_production = models.BooleanField(_("open to search engines"), default=False)
    legal_name = models.CharField(_("company"), max_length=120, blank=True, default="")
    logo = models.CharField(_("logo"), max_length=500, blank=True, default="")
    social_pages = models.TextField(
        _("pages elsewhere"), blank=True, default="", help_text=_("One https address a line.")
    )
    return_days = models.PositiveSmallIntegerField(
        _("days to return"), default=14, help_text=_("Told to search engines with each offer; 0 says nothing.")
    )
    return_countries = models.CharField(
        _("returns from"),
        max_length=120,
        blank=True,
        default="FR",
        db_default="FR",
        help_text=_("Countries where the days to return hold, two letters each, with spaces between: FR BE LU."),
    )
    product_title = models.CharField(_("title of products"), max_length=160, default="{name} – {brand} | {site}")
    segment_title = models.CharField(_("title of segments"), max_length=160, default="{name} | {site}")
    brand_title = models.CharField(_("title of brands"), max_length=160, default="{name} | {site}")
    robots_txt = models.TextField(
        _("more lines of robots.txt"), blank=True, default="", help_text=_("Added to what the shop closes by itself.")
    )
    llms_txt = models.TextField(
        _("introduction of llms.txt"), blank=True, default="", help_text=_("What language models should know first.")
    )
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["host"]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """Stores grouped by region or by business criterion, with the thresholds they share."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    unavailable_below = models.PositiveIntegerField(_("not available below"), default=1)

    class Meta:
        verbose_name = _("zone of stores")
        verbose_name_plural = _("zones of stores")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place with a door that shoppers walk through."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="stores", verbose_name=_("zone"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR", help_text=_("ISO 3166, two letters"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    hours = models.JSONField(
        _("opening hours"),
        default=dict,
        blank=True,
        help_text=_('By day, ISO number: {"1": [["09:30", "12:30"], ["14:00", "19:00"]]}'),
    )
    welcome = models.TextField(_("welcome message"), blank=True)
    offers_pickup = models.BooleanField(_("offers pickup"), default=True)
    takes_payment = models.BooleanField(_("takes payment at pickup"), default=True)
    archived = models.BooleanField(_("archived"), default=False)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)
    fed_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FormerAddress(models.Model):
    """An address that once led somewhere, or should: whoever comes by it is sent on for good.

    It names a thing, not the thing's next address: however often that changes, one step leads there. `path` stands
    without the language's prefix and without the first slash; an empty language or channel means any.
    """

    channel = models.ForeignKey(
        SalesChannel, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("channel")
    )
    language = models.CharField(_("language"), max_length=5, blank=True)
    path = models.CharField(_("old address"), max_length=300)
    target_kind = models.CharField(_("leads to"), max_length=10, choices=TargetKind)
    target_id = models.BigIntegerField(null=True, editable=False)
    target_path = models.CharField(_("page"), max_length=300, blank=True)
    cause = models.CharField(_("because"), max_length=10, choices=AddressCause, default=AddressCause.BY_HAND)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "language", "channel"], name="one_target_per_former_address", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(path=""), name="former_address_is_not_the_home"),
            models.CheckConstraint(condition=~Q(path=F("target_path")), name="former_address_not_its_own_target"),
            models.CheckConstraint(
                condition=Q(target_kind="path", target_id=None) & ~Q(target_path="")
                | ~Q(target_kind="path") & Q(target_id__isnull=False, target_path=""),
                name="former_address_names_a_thing_or_a_page",
            ),
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="former_address_target")]

    def __str__(self) -> str:
        return f"/{self.path}"
