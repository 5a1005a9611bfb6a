"""What carriers, customs and the law want to know of a product, and the company's own six marks."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Flag


def _size(label: Any) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, null=True, blank=True)


def _words(label: Any, length: int) -> models.CharField:
    return models.CharField(label, max_length=length, blank=True, default="", db_default="")


class TradeFacts(models.Model):
    """Lengths in millimetres, weights in grams; gross is with its packing (`Product.weight_g` weighs that).

    maker_*, eu_*, warnings: what the General Product Safety Regulation wants shown (EU 2023/988, article 19).
    flags: `enums.Flag` added up.
    """

    height_mm = _size(_("height, packed (mm)"))
    width_mm = _size(_("width, packed (mm)"))
    length_mm = _size(_("length, packed (mm)"))
    net_weight_g = _size(_("net weight (g)"))
    net_height_mm = _size(_("height (mm)"))
    net_width_mm = _size(_("width (mm)"))
    net_length_mm = _size(_("length (mm)"))
    hs_code = models.CharField(
        _("customs code (HS)"),
        max_length=10,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^\d{6}(\d{2}(\d{2})?)?$", _("A customs code has 6, 8 or 10 digits."))],
    )
    origin_country = models.CharField(
        _("country of origin"),
        max_length=2,
        blank=True,
        default="",
        db_default="",
        help_text=_("ISO 3166, two letters"),
    )
    maker_name = _words(_("manufacturer"), 160)
    maker_address = _words(_("manufacturer's postal address"), 300)
    maker_contact = _words(_("manufacturer's e-mail or web address"), 200)
    eu_person = _words(_("responsible person in the EU"), 160)
    eu_address = _words(_("responsible person's postal address"), 300)
    eu_contact = _words(_("responsible person's e-mail or web address"), 200)
    warnings = models.TextField(_("warnings and safety information"), blank=True, default="", db_default="")
    flags = models.PositiveSmallIntegerField(_("marks"), default=0, db_default=0)

    class Meta:
        abstract = True

    @property
    def flag_codes(self) -> list[str]:
        """The marks it carries."""
        return [flag.code for flag in Flag if self.flags & flag.value]


class FlagName(models.Model):
    """What one of the six marks is called here, and whether shoppers read it."""

    flag = models.PositiveSmallIntegerField(_("mark"), choices=Flag, unique=True)
    name = models.CharField(_("name"), max_length=60)
    in_shop = models.BooleanField(
        _("shown in the shop"),
        default=False,
        db_default=False,
        help_text=_("Its name stands on tiles and product pages, after the labels."),
    )
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("name of a mark")
        verbose_name_plural = _("names of marks")
        ordering = ["flag"]

    def __str__(self) -> str:
        return self.name
