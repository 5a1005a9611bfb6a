"""Orders that may be a fraud: rules that give points, what they found, how much is borne; and disputes about orders."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Selection
from orders.enums import DisputeOutcome, RiskAction, RiskKind
from stores.models import SalesChannel


class RiskRule(models.Model):
    """What makes an order suspect, and how many points that is. `values`: one word a line, for kinds with a list."""

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("looks at"), max_length=12, choices=RiskKind)
    channel = models.ForeignKey(
        SalesChannel, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("channel"),
        help_text=_("Empty: all channels."),
    )  # fmt: skip
    above = models.DecimalField(
        _("above"), max_digits=12, decimal_places=2, null=True, blank=True,
        help_text=_("Amount with tax, or units: what is more than this gives the points."),
    )  # fmt: skip
    selection = models.ForeignKey(
        Selection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("products")
    )
    values = models.TextField(
        _("list"), blank=True,
        help_text=_("One a line: e-mail addresses or @domains, phones, names, beginnings of postcodes, networks."),
    )  # fmt: skip
    score = models.PositiveSmallIntegerField(_("points"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("risk rule")
        verbose_name_plural = _("risk rules")
        ordering = ["kind", "name"]
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=1000), name="risk_1_to_1000")]

    def __str__(self) -> str:
        return self.name


class RiskTolerance(models.Model):
    """How many points an order of a channel may have, and what happens above."""

    channel = models.OneToOneField(
        SalesChannel, models.CASCADE, related_name="risk_tolerance", verbose_name=_("channel")
    )
    points = models.PositiveSmallIntegerField(_("points borne"), help_text=_("An order with more is acted upon."))
    action = models.CharField(_("above that"), max_length=10, choices=RiskAction, default=RiskAction.HOLD)

    class Meta:
        verbose_name = _("risk tolerance")
        verbose_name_plural = _("risk tolerances")
        ordering = ["channel"]

    def __str__(self) -> str:
        return f"{self.channel}: {self.points}"


class OrderRisk(models.Model):
    """What a rule found at an order. Dismissed by a colleague, its points count no more."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="risks", verbose_name=_("order"))
    rule = models.ForeignKey(RiskRule, models.PROTECT, related_name="found", verbose_name=_("rule"))
    score = models.PositiveSmallIntegerField(_("points"))
    sentence = models.CharField(_("found"), max_length=200)
    found_at = models.DateTimeField(_("when"))
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, blank=True)
    dismissed_by = models.CharField(_("by"), max_length=150, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("risk of an order")
        verbose_name_plural = _("risks of orders")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["order", "rule"], name="one_risk_per_rule")]
        indexes = [models.Index(fields=["-id"], condition=Q(dismissed_at=None), name="risk_live")]

    def __str__(self) -> str:
        return self.sentence


class Dispute(models.Model):
    """Somebody contests an order: its bank, its shopper. Nothing of it is shipped until the dispute is closed."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="disputes", verbose_name=_("order"))
    reason = models.CharField(_("what it is about"), max_length=300)
    reference = models.CharField(_("reference"), max_length=120, blank=True, help_text=_("At the bank or insurer."))
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.CharField(_("opened by"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=150, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=DisputeOutcome, blank=True)
    conclusion = models.CharField(_("conclusion"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(closed_at=None), name="one_open_dispute"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="closed_dispute_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
