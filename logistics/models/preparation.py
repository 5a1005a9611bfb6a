"""Preparation slips (ORC-5): what one place has to gather of an order, by whom and until when.

A slip names its order by an opaque reference and the number people quote: this room does not know orders. The units on
its lines are held under that reference, at the slip's place, until they leave.
"""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from logistics.enums import SlipKind, SlipState
from logistics.models.delivery import DeliveryMode
from logistics.models.stock import Place
from stores.models import SalesChannel

LIVING = (SlipState.WAITING, SlipState.CLAIMED, SlipState.PREPARED)
OPEN = (SlipState.WAITING, SlipState.CLAIMED)


class Preparation(models.Model):
    """What a place gathers of one order. `document` is the order's number, `rank` counts its slips."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=30, unique=True)
    reference = models.UUIDField(editable=False)
    document = models.CharField(_("order"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("slip of the order"))
    channel = models.ForeignKey(SalesChannel, models.PROTECT, related_name="+", verbose_name=_("channel"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="preparations", verbose_name=_("place"))
    kind = models.CharField(_("kind"), max_length=10, choices=SlipKind)
    mode = models.ForeignKey(DeliveryMode, models.PROTECT, related_name="+", verbose_name=_("delivery mode"))
    recipient = models.CharField(_("recipient"), max_length=160)
    address = models.JSONField(_("address"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SlipState, default=SlipState.WAITING)
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("to be ready by"))
    remind_at = models.DateTimeField(_("next reminder"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    claimed_by = models.CharField(_("taken by"), max_length=150, blank=True)
    claimed_at = models.DateTimeField(_("taken"), null=True, blank=True)
    claim_until = models.DateTimeField(_("theirs until"), null=True, blank=True)
    prepared_at = models.DateTimeField(_("prepared"), null=True, blank=True)
    prepared_by = models.CharField(_("prepared by"), max_length=150, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("why refused"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("preparation slip")
        verbose_name_plural = _("preparation slips")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "rank"], name="one_slip_per_rank"),
            models.CheckConstraint(
                condition=~Q(state=SlipState.CLAIMED) | Q(claim_until__isnull=False) & ~Q(claimed_by=""),
                name="claimed_slips_have_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[SlipState.PREPARED, SlipState.SENT]) | Q(prepared_at__isnull=False),
                name="prepared_slips_know_when",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "due_at", "id"], condition=Q(state__in=OPEN), name="slips_to_prepare"),
            models.Index(fields=["due_at"], condition=Q(state__in=OPEN), name="slips_by_deadline"),
            models.Index(fields=["remind_at"], condition=Q(state__in=OPEN), name="slips_to_remind_of"),
            models.Index(fields=["document"], name="slips_of_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Somebody still has to gather it."""
        return self.state in OPEN

    def is_late(self, at: dt.datetime) -> bool:
        """Open past its time."""
        return self.is_open and at > self.due_at


class PreparationLine(models.Model):
    """Units of a product on a slip. `line` is the name under which they are held; `prepared` None: nobody said yet."""

    preparation = models.ForeignKey(Preparation, models.CASCADE, related_name="lines", verbose_name=_("slip"))
    line = models.CharField(_("line"), max_length=40)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    sku = models.CharField(_("SKU"), max_length=60)
    name = models.CharField(_("name"), max_length=250)
    quantity = models.PositiveIntegerField(_("to gather"))
    prepared = models.PositiveIntegerField(_("gathered"), null=True, blank=True)
    missing = models.PositiveIntegerField(_("not found"), default=0)
    sent = models.PositiveIntegerField(_("sent"), default=0)

    class Meta:
        verbose_name = _("line of a slip")
        verbose_name_plural = _("lines of slips")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["preparation", "line"], name="one_line_per_slip"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, missing__lte=F("quantity"))
                & (Q(prepared=None, sent=0) | Q(prepared__lte=F("quantity") - F("missing"), sent__lte=F("prepared"))),
                name="slip_line_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["product"], condition=Q(missing__gt=0), name="slip_lines_missing")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"

    @property
    def left(self) -> int:
        """Units still to be gathered or told missing."""
        return self.quantity - self.missing - (self.prepared or 0)


class ShelfLocation(models.Model):
    """Where in a place a product lies: picking lists follow it."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    place = models.ForeignKey(Place, models.CASCADE, related_name="+", verbose_name=_("place"))
    location = models.CharField(
        _("location"), max_length=40, help_text=_("Aisle, shelf, bin, in the order in which one walks: B-04-2.")
    )

    class Meta:
        verbose_name = _("shelf location")
        verbose_name_plural = _("shelf locations")
        ordering = ["place", "location"]
        constraints = [models.UniqueConstraint(fields=["product", "place"], name="one_location_per_place")]

    def __str__(self) -> str:
        return self.location
