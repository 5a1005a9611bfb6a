"""Supply rules: which part of what lies at the places of a channel it may promise (ORC-1)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.enums import Listing, PlaceKind, Purpose
from logistics.models.stock import Place
from stores.models import SalesChannel, Zone


class SupplyRule(models.Model):
    """One rank of a channel's rules: the places it takes, and what of their stock counts.

    A place belongs to the first active rule that fits it, whatever that rule then makes of its stock. A channel
    without rules for a purpose promises all that its supply sources hold.
    """

    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="supply_rules", verbose_name=_("channel"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.DELIVERY)
    rank = models.PositiveSmallIntegerField(_("rank"), default=10, help_text=_("The lowest chooses its places first."))
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("takes"), max_length=10, choices=PlaceKind, default=PlaceKind.WAREHOUSE)
    country = models.CharField(_("stores in the country"), max_length=2, blank=True, help_text=_("Empty: any."))
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stores of the zone")
    )
    listing = models.CharField(
        _("named places"),
        max_length=6,
        choices=Listing,
        blank=True,
        help_text=_("A list stands in place of country and zone."),
    )
    places = models.ManyToManyField(Place, blank=True, related_name="+", verbose_name=_("places of the list"))
    percent = models.PositiveSmallIntegerField(
        _("counts at, %"),
        default=100,
        validators=[MaxValueValidator(100)],
        help_text=_("Of the free units of each place, rounded down; at 0 the rule is passed over."),
    )
    least = models.PositiveIntegerField(
        _("from, units"), default=0, help_text=_("A place that holds fewer counts for nothing.")
    )
    most = models.PositiveIntegerField(
        _("up to, units"), null=True, blank=True, help_text=_("A place that holds more counts for nothing.")
    )
    threshold = models.PositiveIntegerField(
        _("all places together, units"), default=0, help_text=_("With fewer, the product counts for nothing.")
    )
    origins = models.PositiveSmallIntegerField(
        _("places that hold it"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("With fewer, the product counts for nothing."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("supply rule")
        verbose_name_plural = _("supply rules")
        ordering = ["channel", "purpose", "rank", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100, origins__gte=1), name="supply_rule_in_range"),
            models.CheckConstraint(
                condition=Q(kind=PlaceKind.STORE) | Q(country="", zone=None),
                name="only_stores_have_country_and_zone",
                violation_error_message=_("Country and zone choose between stores; a list names warehouses."),
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.DELIVERY) | Q(threshold=0, origins=1),
                name="a_pickup_has_one_place",
                violation_error_message=_("A pickup is served by one store: what all hold does not count."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_the_rest(self) -> bool:
        """True when it takes whatever place of its kind no earlier rule took."""
        return not (self.country or self.zone_id or self.listing)
