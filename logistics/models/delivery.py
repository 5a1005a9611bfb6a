"""How goods travel (OFF-4, ORC-4): carriers, zones, modes with what they carry and cost, exceptions of products."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from altazion.lib.translating import Spoken
from catalog.models import Family, Product, VatRate
from logistics import rules
from logistics.enums import DeliveryKind, Period
from logistics.models.fields import WeekDays
from stores.models import SalesChannel


def _size(label: Any) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True)


def _translations() -> models.JSONField:
    empty = models.Value({}, output_field=models.JSONField())
    return models.JSONField(_("translations"), default=dict, blank=True, db_default=empty)


def names_areas(text: str) -> None:
    """Refuses a text of which a line names no area."""
    try:
        found = rules.areas(text)
    except rules.BadArea as error:
        sentence = _now("“%(line)s”: two letters of a country, then beginnings of postcodes; -20 leaves one out.")
        raise ValidationError(sentence % {"line": error.line[:60]}) from error
    if not found:
        raise ValidationError(_now("Name at least one country."))


class Carrier(models.Model):
    """Who carries parcels, and on which days."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    collects_on = WeekDays(_("collects on"))
    carries_on = WeekDays(_("days of transit"))
    delivers_on = WeekDays(_("hands over on"))
    works_on_holidays = models.BooleanField(_("works on holidays"), default=False)
    tracking_url = models.CharField(
        _("address of tracking"), max_length=300, blank=True, help_text=_("{number} stands for the parcel's number.")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeliveryGroup(Spoken, models.Model):
    """Modes that shoppers see under one heading: at home, at a pickup point…"""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("shown to the shopper"), max_length=200, blank=True)
    translations = _translations()
    position = models.PositiveSmallIntegerField(_("position"), default=10)

    class Meta:
        verbose_name = _("delivery heading")
        verbose_name_plural = _("delivery headings")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class DeliveryZone(models.Model):
    """A part of the world, by countries and beginnings of postcodes."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    areas = models.TextField(
        _("areas"),
        validators=[names_areas],
        help_text=_("One a line: FR a country, FR 20 98 what begins so, FR -20 all but that."),
    )

    class Meta:
        verbose_name = _("delivery zone")
        verbose_name_plural = _("delivery zones")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeliveryMode(Spoken, models.Model):
    """A way for goods to reach the shopper, with what it costs and what it carries (OFF-4, ORC-4)."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("shown to the shopper"), max_length=200, blank=True)
    translations = _translations()
    kind = models.CharField(_("kind"), max_length=4, choices=DeliveryKind)
    channels = models.ManyToManyField(SalesChannel, related_name="delivery_modes", verbose_name=_("channels"))
    group = models.ForeignKey(
        DeliveryGroup, models.SET_NULL, null=True, blank=True, related_name="modes", verbose_name=_("shown under")
    )
    carrier = models.ForeignKey(
        Carrier,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="modes",
        verbose_name=_("carrier"),
        help_text=_("Of one carrier and kind shoppers see the cheapest that takes their basket."),
    )
    exceptional = models.BooleanField(_("only when nothing else serves"), default=False, db_default=False)
    fee = models.DecimalField(_("fee with tax"), max_digits=8, decimal_places=2, default=0)
    vat_rate = models.ForeignKey(VatRate, models.PROTECT, verbose_name=_("VAT rate of the fee"))
    free_from = models.DecimalField(_("free from a basket of"), max_digits=10, decimal_places=2, null=True, blank=True)
    min_weight_g = models.PositiveIntegerField(_("lightest, grams"), default=0)
    max_weight_g = models.PositiveIntegerField(_("heaviest, grams"), null=True, blank=True)
    min_value = models.DecimalField(_("smallest basket"), max_digits=10, decimal_places=2, default=0)
    max_value = models.DecimalField(_("largest basket"), max_digits=10, decimal_places=2, null=True, blank=True)
    countries = models.CharField(
        _("countries"), max_length=200, default="FR", help_text=_("Two letters each, with spaces: FR BE LU")
    )
    zones = models.ManyToManyField(
        DeliveryZone,
        blank=True,
        related_name="modes",
        verbose_name=_("zones"),
        help_text=_("With zones, the countries above do not count."),
    )
    several_parcels = models.BooleanField(
        _("several parcels"),
        default=True,
        db_default=True,
        help_text=_("Then the volume is asked product by product, else of the whole basket."),
    )
    max_volume_l = models.PositiveIntegerField(_("most, litres"), null=True, blank=True)
    volume_margin = models.PositiveSmallIntegerField(
        _("lost in packing, %"), default=0, db_default=0, validators=[MaxValueValidator(100)]
    )
    max_length_mm = _size(_("longest side, mm"))
    max_width_mm = _size(_("second side, mm"))
    max_height_mm = _size(_("third side, mm"))
    max_girth_mm = _size(_("three sides together, mm"))
    quota = models.PositiveIntegerField(
        _("orders at most"), null=True, blank=True, help_text=_("In each period; empty: as many as come.")
    )
    quota_period = models.CharField(
        _("period"), max_length=5, choices=Period, default=Period.DAY, db_default=Period.DAY
    )
    average_cost = models.DecimalField(
        _("what it costs us, without tax"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    hold_hours = models.PositiveSmallIntegerField(
        _("hours before it is launched"),
        default=0,
        db_default=0,
        help_text=_("Time in which the order may still change."),
    )
    min_days = models.PositiveSmallIntegerField(_("earliest, working days"), default=0)
    max_days = models.PositiveSmallIntegerField(_("latest, working days"), default=0)
    cutoff_hour = models.PositiveSmallIntegerField(_("orders after this hour leave the next day"), default=14)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("delivery mode")
        verbose_name_plural = _("delivery modes")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class FeeBand(models.Model):
    """A line of a mode's fee table. With a table the mode's single fee does not count."""

    mode = models.ForeignKey(DeliveryMode, models.CASCADE, related_name="bands", verbose_name=_("delivery mode"))
    zone = models.ForeignKey(
        DeliveryZone, models.CASCADE, null=True, blank=True, verbose_name=_("zone"), help_text=_("Empty: everywhere.")
    )
    up_to_weight_g = models.PositiveIntegerField(_("up to, grams"), null=True, blank=True)
    from_value = models.DecimalField(_("from a basket of"), max_digits=10, decimal_places=2, default=0)
    fee = models.DecimalField(_("fee with tax"), max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = _("line of the fee table")
        verbose_name_plural = _("fee table")
        ordering = [
            models.F("zone").desc(nulls_last=True),
            models.F("up_to_weight_g").asc(nulls_last=True),
            "from_value",
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mode", "zone", "up_to_weight_g", "from_value"], name="one_fee_per_band", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(fee__gte=0, from_value__gte=0), name="band_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.mode_id}: {self.fee}"


class ForbiddenMode(models.Model):
    """A product, or a whole family, that never travels this way."""

    mode = models.ForeignKey(DeliveryMode, models.CASCADE, related_name="forbidden", verbose_name=_("delivery mode"))
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    family = models.ForeignKey(
        Family, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("family")
    )
    reason = models.CharField(_("reason"), max_length=160, blank=True, help_text=_("Shoppers read it."))

    class Meta:
        verbose_name = _("goods it does not take")
        verbose_name_plural = _("goods it does not take")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["mode", "product", "family"], name="forbidden_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(product__isnull=False, family__isnull=True) | Q(product__isnull=True, family__isnull=False),
                name="forbids_a_product_or_a_family",
                violation_error_message=_("Name a product or a family, one of them."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode_id} ✗ {self.product_id or self.family_id}"


class FulfilmentType(Spoken, models.Model):
    """How an article comes to be ready: from the shelf, made to order, engraved…"""

    code = models.CharField(_("code"), max_length=3, unique=True, help_text=_("Three signs at most, as files name it."))
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("shown to the shopper"), max_length=200, blank=True)
    translations = _translations()
    internal = models.BooleanField(_("done in the house"), default=True)
    delay_days = models.PositiveSmallIntegerField(_("takes, working days"), default=0)
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name = _("way of preparation")
        verbose_name_plural = _("ways of preparation")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductDelivery(models.Model):
    """What delivery has to know of one product; a variant without its own takes its parent's."""

    product = models.OneToOneField(
        Product, models.CASCADE, related_name="delivery", verbose_name=_("product"), primary_key=True
    )
    fulfilment = models.ForeignKey(
        FulfilmentType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("way of preparation")
    )
    delay_days = models.PositiveSmallIntegerField(_("own delay, working days"), default=0)
    not_before = models.DateField(_("not before"), null=True, blank=True)
    surcharge = models.DecimalField(
        _("extra fee a unit, with tax"),
        max_digits=8,
        decimal_places=2,
        default=0,
        help_text=_("Added to home delivery and pickup points; free delivery does not cover it."),
    )

    class Meta:
        verbose_name = _("delivery of a product")
        verbose_name_plural = _("delivery of products")
        ordering = ["product_id"]
        constraints = [models.CheckConstraint(condition=Q(surcharge__gte=0), name="surcharge_not_negative")]

    def __str__(self) -> str:
        return str(self.product_id)


class ModeUse(models.Model):
    """How many orders a mode has taken in the period that begins on `period`."""

    mode = models.ForeignKey(DeliveryMode, models.CASCADE, related_name="uses", verbose_name=_("delivery mode"))
    period = models.DateField(_("period from"))
    used = models.PositiveIntegerField(_("orders"), default=0)

    class Meta:
        verbose_name = _("use of a delivery mode")
        verbose_name_plural = _("uses of delivery modes")
        constraints = [models.UniqueConstraint(fields=["mode", "period"], name="one_use_per_period")]

    def __str__(self) -> str:
        return f"{self.mode_id} {self.period}: {self.used}"
