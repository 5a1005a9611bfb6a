"""One unified stock over warehouses and stores (ORC-3): places, balances, the ledger behind them, reservations.

`available = physical - safety - reserved`. A reservation can never push reserved above physical; only a stock file or
a count that finds less than was promised may, and then the difference stands in `shortage` for a person to repair.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from logistics.enums import MovementKind, PlaceKind, Purpose, ReservationState
from logistics.models.fields import WeekDays
from stores.models import SalesChannel, Store


class Place(models.Model):
    """Where stock lies: a warehouse, or a store's shelves."""

    kind = models.CharField(_("kind"), max_length=10, choices=PlaceKind)
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=120)
    store = models.OneToOneField(
        Store, models.PROTECT, null=True, blank=True, related_name="place", verbose_name=_("store")
    )
    active = models.BooleanField(_("active"), default=True)
    wants_parcels = models.BooleanField(
        _("the store wants to send parcels"), default=True, db_default=True, help_text=_("What its manager decides.")
    )
    may_send = models.BooleanField(
        _("it is let send parcels"), default=True, db_default=True, help_text=_("What the head office decides.")
    )
    prepares_on = WeekDays(_("prepares orders on"))
    preparation_days = models.PositiveSmallIntegerField(
        _("days to prepare an order"), default=0, db_default=0, help_text=_("Working days of this place.")
    )
    holidays = models.CharField(
        _("closed on the holidays of"),
        max_length=6,
        blank=True,
        default="",
        db_default="",
        help_text=_("FR, or FR-57 for a region of its own; empty: it works on holidays."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority of sending"), default=50, db_default=50, help_text=_("Orders are sent from the highest first.")
    )
    parcel_cost = models.DecimalField(
        _("cost of a parcel"),
        max_digits=8,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("Work and carriage, for the choice between places."),
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True, help_text=_("Empty: the store's own.")
    )
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = _("stock place")
        verbose_name_plural = _("stock places")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_place_per_code"),
            models.CheckConstraint(
                condition=Q(kind=PlaceKind.STORE, store__isnull=False)
                | Q(kind=PlaceKind.WAREHOUSE, store__isnull=True),
                name="store_places_have_a_store",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="place_on_the_globe",
                violation_error_message=_("Latitude from -90 to 90 and longitude from -180 to 180, both or none."),
            ),
            models.CheckConstraint(condition=Q(parcel_cost__gte=0), name="parcel_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceDay(models.Model):
    """A day that is not like others at a place: closed at 0 %, as always at 100 %, reinforced above."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="planning", verbose_name=_("place"))
    date = models.DateField(_("day"))
    percent = models.PositiveSmallIntegerField(
        _("works at, %"), default=0, help_text=_("0 is closed; over 0 it works, on a Sunday or a holiday too.")
    )
    note = models.CharField(_("remark"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("day of a place")
        verbose_name_plural = _("planning")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["place", "date"], name="one_plan_per_day"),
            models.CheckConstraint(condition=Q(percent__lte=300), name="plan_up_to_300_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.date}: {self.percent} %"


class SupplySource(models.Model):
    """Which places feed a channel, for what, in which order."""

    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="supply", verbose_name=_("channel"))
    place = models.ForeignKey(Place, models.CASCADE, related_name="serves", verbose_name=_("place"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    rank = models.PositiveSmallIntegerField(_("rank"), default=10)

    class Meta:
        verbose_name = _("supply source")
        verbose_name_plural = _("supply sources")
        ordering = ["channel", "purpose", "rank"]
        constraints = [models.UniqueConstraint(fields=["channel", "place", "purpose"], name="one_source_per_purpose")]

    def __str__(self) -> str:
        return f"{self.channel} ← {self.place}"


class StockBalance(models.Model):
    """How much of a product a place holds now. Changed only together with a ledger line or a reservation."""

    product = models.ForeignKey(
        Product, models.CASCADE, db_index=False, related_name="balances", verbose_name=_("product")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="balances", verbose_name=_("place"))
    physical = models.IntegerField(_("physical"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    safety = models.IntegerField(_("safety"), default=0)
    incoming = models.IntegerField(_("incoming"), default=0)
    shortage = models.IntegerField(_("promised but missing"), default=0)

    class Meta:
        verbose_name = _("stock balance")
        verbose_name_plural = _("stock balances")
        constraints = [
            models.UniqueConstraint(fields=["product", "place"], name="one_balance_per_place"),
            models.CheckConstraint(condition=Q(physical__gte=0), name="physical_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(safety__gte=0, incoming__gte=0, shortage__gte=0), name="stock_not_negative"
            ),
            models.CheckConstraint(condition=Q(reserved__lte=F("physical") + F("shortage")), name="reserved_is_there"),
        ]
        indexes = [models.Index(fields=["product"], condition=Q(shortage__gt=0), name="balance_shortage")]

    def __str__(self) -> str:
        return f"{self.product_id}@{self.place_id}: {self.physical}"


class StockMovement(models.Model):
    """A line of the ledger: who moved how many units, by which document, and what was left.

    Append-only: a trigger of the database refuses to change or delete a line.
    """

    # Its balance, written in the same transaction, answers for both: two checks a line cost a large file much.
    product = models.ForeignKey(
        Product, models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("product")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("place")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind)
    quantity = models.IntegerField(_("quantity"))
    balance_after = models.IntegerField(_("physical after"))
    document = models.CharField(_("document"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(_("who"), max_length=150, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "product", "place", "kind"], name="one_movement_per_document"),
        ]
        indexes = [models.Index(fields=["product", "place", "-id"], name="movement_of_balance")]

    def __str__(self) -> str:
        return f"{self.quantity:+d} {self.document}"


class Reservation(models.Model):
    """Units promised to a cart, an order or a device. One still HELD past `expires_at` counts for nobody."""

    reference = models.UUIDField(_("for"))
    line = models.CharField(_("line"), max_length=40)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    quantity = models.PositiveIntegerField(_("quantity"))
    state = models.CharField(_("state"), max_length=10, choices=ReservationState, default=ReservationState.HELD)
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Empty: held until shipped or given back.")
    )
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(fields=["reference", "line", "place"], name="one_reservation_per_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_holds_something"),
        ]
        indexes = [
            models.Index(fields=["product", "place", "expires_at"], condition=Q(state="held"), name="reservation_held"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservation_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}@{self.place_id}"
