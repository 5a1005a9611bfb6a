"""Goods that come back: what was asked for, what came, in which condition, and what was given back for it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import ProductType
from logistics.models import Place
from orders.enums import ReturnReason, ReturnState
from orders.models.refunds import Refund
from stores.models import SalesChannel


class ReturnPolicy(models.Model):
    """Within how many days shoppers of a channel may send goods back, and which kinds they may not."""

    channel = models.OneToOneField(
        SalesChannel, models.CASCADE, related_name="return_policy", verbose_name=_("channel")
    )
    days = models.PositiveSmallIntegerField(
        _("days from receipt"), default=14, help_text=_("At least 14 for what is sold at a distance.")
    )
    excluded = models.ManyToManyField(
        ProductType, blank=True, related_name="+", verbose_name=_("product types that do not come back")
    )
    instructions = models.CharField(
        _("what shoppers are told"),
        max_length=300,
        blank=True,
        help_text=_("Printed on the slip: where to send, how to pack."),
    )

    class Meta:
        verbose_name = _("terms of return")
        verbose_name_plural = _("terms of return")
        ordering = ["channel"]

    def __str__(self) -> str:
        return str(self.channel)


class Return(models.Model):
    """A shopper wants to give goods of an order back. Its secret `guid` opens the slip."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=30, unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="returns", verbose_name=_("order"))
    state = models.CharField(_("state"), max_length=10, choices=ReturnState, default=ReturnState.ASKED)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.CharField(_("by"), max_length=150, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, verbose_name=_("came back to"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=150, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True, help_text=_("The shopper reads it."))
    refund = models.OneToOneField(
        Refund, models.PROTECT, null=True, blank=True, related_name="of_return", verbose_name=_("refund")
    )

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReturnState.ASKED, closed_at=None)
                | ~Q(state=ReturnState.ASKED) & Q(closed_at__isnull=False),
                name="closed_return_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(state=ReturnState.ASKED), name="returns_open")]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """Units of one line. `good` go back on sale, `damaged` do not; `accepted` are paid back; the rest did not come."""

    of_return = models.ForeignKey(Return, models.CASCADE, related_name="lines", verbose_name=_("return"))
    line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="returns", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("units"))
    reason = models.CharField(_("reason"), max_length=10, choices=ReturnReason, default=ReturnReason.NONE)
    good = models.PositiveIntegerField(_("good"), default=0)
    damaged = models.PositiveIntegerField(_("damaged"), default=0)
    accepted = models.PositiveIntegerField(_("paid back"), default=0)

    class Meta:
        verbose_name = _("line of a return")
        verbose_name_plural = _("lines of returns")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "line"], name="return_names_a_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="return_of_something"),
            models.CheckConstraint(condition=Q(quantity__gte=F("good") + F("damaged")), name="no_more_came_than_asked"),
            models.CheckConstraint(condition=Q(accepted__lte=F("good") + F("damaged")), name="paid_back_for_what_came"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"
