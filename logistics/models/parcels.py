"""Parcels and shipments (ORC-5): what of a slip was packed together, who carries it, and what left at once."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.enums import ParcelState
from logistics.models.delivery import Carrier
from logistics.models.preparation import Preparation, PreparationLine
from logistics.models.stock import Place


class HandoverList(models.Model):
    """Parcels of a place that a carrier took with it at once: the paper that its driver signs."""

    number = models.CharField(_("number"), max_length=60, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+", verbose_name=_("carrier"))
    at = models.DateTimeField(_("handed over"))
    actor = models.CharField(_("who"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("hand-over list")
        verbose_name_plural = _("hand-over lists")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class Shipment(models.Model):
    """What of a slip left at once. `key` is its document in the stock ledger; `lines` are units by order position."""

    key = models.CharField(_("document"), max_length=80, unique=True)
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, related_name="shipments", verbose_name=_("preparation slip")
    )
    lines = models.JSONField(_("lines"), default=dict)
    documents = models.JSONField(
        _("documents"),
        default=list,
        blank=True,
        help_text=_("What an outside tool wrote for it: kind, number, address."),
    )
    at = models.DateTimeField(_("left"))
    actor = models.CharField(_("who"), max_length=150, blank=True)
    told_at = models.DateTimeField(_("mail sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key


class Parcel(models.Model):
    """One box. Sizes in millimetres, weight in grams; `number` is what its label's bars say."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=40, unique=True)
    preparation = models.ForeignKey(
        Preparation, models.PROTECT, related_name="parcels", verbose_name=_("preparation slip")
    )
    shipment = models.ForeignKey(
        Shipment, models.PROTECT, null=True, blank=True, related_name="parcels", verbose_name=_("shipment")
    )
    handover = models.ForeignKey(
        HandoverList, models.PROTECT, null=True, blank=True, related_name="parcels", verbose_name=_("hand-over list")
    )
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("carrier")
    )
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    tracking_url = models.CharField(_("address of tracking"), max_length=300, blank=True)
    weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length, mm"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width, mm"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height, mm"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ParcelState, default=ParcelState.PACKED)
    packed_at = models.DateTimeField(_("packed"))
    packed_by = models.CharField(_("packed by"), max_length=150, blank=True)
    changed_at = models.DateTimeField(_("last news"))

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ParcelState.PACKED) | Q(shipment__isnull=False), name="parcel_left_with_a_shipment"
            )
        ]
        indexes = [
            models.Index(fields=["preparation"], condition=Q(state=ParcelState.PACKED), name="parcels_to_send"),
            models.Index(fields=["tracking"], condition=~Q(tracking=""), name="parcel_tracking"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def follow(self) -> str:
        """Where its way can be followed; empty when nobody knows."""
        if self.tracking_url:
            return self.tracking_url
        pattern = self.carrier.tracking_url if self.carrier else ""
        return pattern.replace("{number}", self.tracking) if pattern and self.tracking else ""


class ParcelLine(models.Model):
    """Units of a slip's line in a parcel."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines", verbose_name=_("parcel"))
    line = models.ForeignKey(PreparationLine, models.PROTECT, related_name="packed", verbose_name=_("line of a slip"))
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("line of a parcel")
        verbose_name_plural = _("lines of parcels")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="one_parcel_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_line_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"
