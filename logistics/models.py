"""One unified stock over warehouses and stores (ORC-3): places, balances, the ledger behind them, reservations.

`available = physical - safety - reserved`. A reservation can never push reserved above physical; only a stock file or
a count that finds less than was promised may, and then the difference stands in `shortage` for a person to repair.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from altazion.lib.translating import Spoken
from catalog.models import Product, VatRate
from logistics.enums import DeliveryKind, MovementKind, PlaceKind, Purpose, ReservationState
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
        ]

    def __str__(self) -> str:
        return self.name


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

    product = models.ForeignKey(Product, models.CASCADE, related_name="balances", verbose_name=_("product"))
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

    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
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


class DeliveryMode(Spoken, models.Model):
    """A way for goods to reach the shopper, with what it costs and what it carries (OFF-4, ORC-4)."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("shown to the shopper"), max_length=200, blank=True)
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=models.Value({}, output_field=models.JSONField())
    )
    kind = models.CharField(_("kind"), max_length=4, choices=DeliveryKind)
    channels = models.ManyToManyField(SalesChannel, related_name="delivery_modes", verbose_name=_("channels"))
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
