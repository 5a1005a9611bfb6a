"""How orders are routed (ORC-5): what a channel lets happen, and which of several solutions it prefers."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.enums import RoutingScore
from stores.models import SalesChannel


class RoutingPolicy(models.Model):
    """What may become of a channel's orders, and how long their preparation may take. Without a row: the defaults."""

    channel = models.OneToOneField(
        SalesChannel, models.CASCADE, related_name="routing_policy", verbose_name=_("channel")
    )
    split = models.BooleanField(
        _("several places may share an order"), default=True, help_text=_("Else one place sends it all, or nobody.")
    )
    partial = models.BooleanField(
        _("prepare what there is"),
        default=False,
        help_text=_("Else an order of which one line cannot be sent waits for a person."),
    )
    shipments = models.PositiveSmallIntegerField(
        _("shipments at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: as many as it takes."),
    )
    hours_to_prepare = models.PositiveSmallIntegerField(
        _("hours to prepare"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("Then a slip is late; reminders go at a half, at three quarters and at its end."),
    )
    claim_minutes = models.PositiveSmallIntegerField(
        _("minutes a colleague keeps a slip"),
        default=120,
        validators=[MinValueValidator(5)],
        help_text=_("A slip taken and not prepared goes back to the list for others."),
    )

    class Meta:
        verbose_name = _("routing policy")
        verbose_name_plural = _("routing policies")
        ordering = ["channel"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours_to_prepare__gte=1, claim_minutes__gte=1) & (Q(shipments=None) | Q(shipments__gte=1)),
                name="routing_policy_in_range",
            )
        ]

    def __str__(self) -> str:
        return str(self.channel)


class RoutingRule(models.Model):
    """One rank of a channel's choice: of the solutions left, those near enough to the best by this score stay."""

    channel = models.ForeignKey(SalesChannel, models.CASCADE, related_name="routing_rules", verbose_name=_("channel"))
    rank = models.PositiveSmallIntegerField(_("rank"), default=10, help_text=_("The lowest chooses first."))
    score = models.CharField(_("prefers"), max_length=10, choices=RoutingScore)
    tolerance = models.DecimalField(
        _("tolerance"),
        max_digits=9,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("In the score's unit: a solution so little worse than the best stays in."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["channel", "rank", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "score"],
                name="one_routing_rule_per_score",
                violation_error_message=_("This channel has a rule with this preference already."),
            ),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="routing_tolerance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} · {self.get_score_display()}"
