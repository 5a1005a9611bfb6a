"""Parts of a stock place: where goods are picked, stored, mended or put together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.enums import ZonePurpose
from logistics.models.stock import Place


class StorageZone(models.Model):
    """A part of a place. One that counts shares the balance of its place; another lies apart, on a shelf of its own.

    `shelf` is a stock place that feeds no channel: its units are in the ledger like all others and promised to nobody.
    """

    place = models.ForeignKey(Place, models.PROTECT, related_name="zones", verbose_name=_("place"))
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=12, choices=ZonePurpose, default=ZonePurpose.PICKING)
    counts = models.BooleanField(
        _("counts as available"),
        default=True,
        help_text=_("Else what lies here is promised to nobody. This cannot be changed later."),
    )
    shelf = models.OneToOneField(
        Place, models.PROTECT, null=True, blank=True, editable=False, related_name="zone", verbose_name=_("shelf")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("storage zone")
        verbose_name_plural = _("storage zones")
        ordering = ["place", "code"]
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="one_zone_per_code"),
            models.CheckConstraint(
                condition=Q(counts=True, shelf=None) | Q(counts=False, shelf__isnull=False),
                name="zone_apart_has_a_shelf",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.name}"
