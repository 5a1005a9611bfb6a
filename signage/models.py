"""Screens in stores."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Selection
from stores.models import SalesChannel, Store


class Screen(models.Model):
    """A screen that shows a selection with the prices and stock of its store; its address carries a secret."""

    name = models.CharField(_("name"), max_length=100)
    token = models.UUIDField(_("secret of its address"), default=uuid.uuid4, unique=True, editable=False)
    store = models.ForeignKey(Store, models.PROTECT, related_name="screens", verbose_name=_("store"))
    channel = models.ForeignKey(SalesChannel, models.PROTECT, verbose_name=_("channel"))
    selection = models.ForeignKey(Selection, models.PROTECT, verbose_name=_("selection"))
    seconds_per_product = models.PositiveSmallIntegerField(_("seconds per product"), default=8)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("screen")
        verbose_name_plural = _("screens")
        ordering = ["store", "name"]

    def __str__(self) -> str:
        return self.name
