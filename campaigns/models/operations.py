"""Campaigns. Nothing is switched on by a job: a campaign counts while its range holds the instant asked about."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from altazion.lib.translating import said_in
from catalog.models import Selection
from stores.models import SalesChannel


class Campaign(models.Model):
    """A percentage off the products of a selection, on chosen channels, between two instants."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    public_label = models.CharField(_("label for shoppers"), max_length=60, blank=True)
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=models.Value({}, output_field=models.JSONField())
    )
    channels = models.ManyToManyField(SalesChannel, related_name="campaigns", verbose_name=_("channels"))
    selection = models.ForeignKey(Selection, models.PROTECT, related_name="campaigns", verbose_name=_("selection"))
    percent_off = models.DecimalField(
        _("percent off"), max_digits=5, decimal_places=2, help_text=_("10 takes a tenth off the base price")
    )
    during = DateTimeRangeField(_("dates"))
    approved = models.BooleanField(
        _("approved"), default=False, help_text=_("Only an approved campaign changes prices.")
    )
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent_off__gt=0, percent_off__lte=100), name="percent_between_0_and_100"
            ),
        ]
        indexes = [GistIndex(fields=["during"], name="campaign_during")]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_label(self) -> str:
        """What shoppers read, in the active language if it is written in it."""
        return said_in(self.translations, "public_label", self.public_label)
