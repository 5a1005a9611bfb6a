"""Why orders are cancelled: a list that the house keeps, in two levels."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from altazion.lib.translating import Spoken


class CancelReason(Spoken, models.Model):
    """A reason of cancellation, or a more exact one below it. `description` is what the shopper reads."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
        limit_choices_to={"parent": None},
        help_text=_("Empty: a reason by itself, or a heading of more exact ones."),
    )
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(
        _("shown to the shopper"), max_length=200, blank=True, help_text=_("Empty: the name is shown.")
    )
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=models.Value({}, output_field=models.JSONField())
    )
    for_shoppers = models.BooleanField(
        _("shoppers may choose it"), default=False, help_text=_("When they cancel their own order.")
    )
    by_itself = models.BooleanField(
        _("kept for what happens by itself"), default=False, help_text=_("Nobody chooses it: the platform does.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reason of cancellation")
        verbose_name_plural = _("reasons of cancellation")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="reason_is_not_its_own_heading"),
            models.CheckConstraint(condition=~Q(for_shoppers=True, by_itself=True), name="reason_is_chosen_or_not"),
        ]

    def __str__(self) -> str:
        return f"{self.parent.shown_name} › {self.shown_name}" if self.parent else self.shown_name

    @property
    def shopper_words(self) -> str:
        """What the shopper reads, in the active language."""
        return self.shown_description or self.shown_name
