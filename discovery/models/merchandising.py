"""What merchandisers decide about the order of lists. Dates are read when a page is asked for; nothing is switched."""

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Brand, Product, Segment, Selection
from discovery.enums import EffectKind, RulePlace, StockState, Unavailable
from stores.models import SalesChannel

MOST_EFFECTS = 100


def _one_of(*names: str) -> Q:
    """Exactly one of these fields says something. Keys are null for nothing, texts empty."""
    texts = {"attribute", "stock"}
    silent = {name: Q(**({name: ""} if name in texts else {f"{name}__isnull": True})) for name in names}
    found = Q()
    for one in names:
        rest = Q()
        for name in names:
            rest &= ~silent[name] if name == one else silent[name]
        found |= rest
    return found


class MerchandisingRule(models.Model):
    """Pins, boosts, buries and hides for some searches, a segment or a selection, between two instants.

    `queries` are stored plain: small letters, no accents, one space between words. No channel: all of them.
    """

    name = models.CharField(_("name"), max_length=120)
    channel = models.ForeignKey(SalesChannel, models.CASCADE, null=True, blank=True, verbose_name=_("channel"))
    place = models.CharField(_("holds for"), max_length=10, choices=RulePlace, default=RulePlace.QUERY)
    queries = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("searches"))
    segment = models.ForeignKey(Segment, models.CASCADE, null=True, blank=True, verbose_name=_("segment"))
    selection = models.ForeignKey(Selection, models.CASCADE, null=True, blank=True, verbose_name=_("selection"))
    during = DateTimeRangeField(_("dates"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("merchandising rule")
        verbose_name_plural = _("merchandising rules")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place=RulePlace.QUERY, segment=None, selection=None)
                | Q(place=RulePlace.SEGMENT, segment__isnull=False, selection=None)
                | Q(place=RulePlace.SELECTION, segment=None, selection__isnull=False),
                name="rule_holds_for_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RuleEffect(models.Model):
    """One thing that a rule does, to a product, a selection, a brand, a value of a facet, or a state of stock."""

    rule = models.ForeignKey(MerchandisingRule, models.CASCADE, related_name="effects", verbose_name=_("rule"))
    kind = models.CharField(_("does"), max_length=5, choices=EffectKind, default=EffectKind.PIN)
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    selection = models.ForeignKey(
        Selection, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("selection")
    )
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("brand"))
    attribute = models.CharField(_("facet"), max_length=60, blank=True)
    value = models.CharField(_("value"), max_length=250, blank=True)
    stock = models.CharField(_("stock"), max_length=3, choices=StockState, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    factor = models.DecimalField(
        _("times"),
        max_digits=5,
        decimal_places=2,
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("A boost multiplies, a bury divides: 2 is gentle, 20 beats a star."),
    )

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=EffectKind.PIN) | Q(product__isnull=False, position__range=(1, 100)),
                name="pin_has_product_and_position",
            ),
            models.CheckConstraint(condition=Q(factor__range=(1, 100)), name="effect_factor_1_to_100"),
            models.CheckConstraint(
                condition=_one_of("product", "selection", "brand", "attribute", "stock"),
                name="effect_aims_at_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ListingPolicy(models.Model):
    """How a channel lists what cannot be had at the moment."""

    channel = models.OneToOneField(SalesChannel, models.CASCADE, primary_key=True, verbose_name=_("channel"))
    unavailable = models.CharField(
        _("sold-out products"), max_length=10, choices=Unavailable, default=Unavailable.MIXED
    )

    class Meta:
        verbose_name = _("order of lists")
        verbose_name_plural = _("order of lists")

    def __str__(self) -> str:
        return str(self.channel)


class DecisionVersion(models.Model):
    """Counts what merchandisers decided: one row, part of the key of whatever is kept about lists.

    It is no part of the index, so a decision waits for nobody who rebuilds that.
    """

    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("version of the decisions")
        verbose_name_plural = _("versions of the decisions")

    def __str__(self) -> str:
        return str(self.number)
