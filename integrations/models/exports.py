"""What an export flow writes, and which products were taken off a feed by hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Segment
from integrations.enums import ExportFormat, ExportKind
from integrations.models.flows import Flow
from stores.models import SalesChannel


class Export(models.Model):
    """The content of an export flow. The flow's coverage says whether a file holds all rows or those that changed."""

    flow = models.OneToOneField(Flow, models.CASCADE, related_name="export", verbose_name=_("flow"))
    kind = models.CharField(_("content"), max_length=20, choices=ExportKind)
    file_format = models.CharField(_("written as"), max_length=5, choices=ExportFormat, default=ExportFormat.CSV)
    channel = models.ForeignKey(
        SalesChannel,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("channel"),
        help_text=_("Of feeds, prices and orders; a feed needs one."),
    )
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, verbose_name=_("only in the segment"))
    only_validated = models.BooleanField(_("validated products only"), default=True)
    origin = models.CharField(
        _("address of the shop"),
        max_length=200,
        blank=True,
        help_text=_("https://shop.example.com, for feeds; empty: that of the channel's site"),
    )
    file_name = models.CharField(
        _("file name"), max_length=120, blank=True, help_text=_("Always this one; empty: with date and run.")
    )

    siren = models.CharField(
        _("SIREN"), max_length=9, blank=True, default="", db_default="", help_text=_("Of journals: the company's.")
    )
    public = models.BooleanField(
        _("served at an address"),
        default=False,
        db_default=False,
        help_text=_("Whoever knows the secret address may fetch the last file: for services that come for it."),
    )
    token = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("what it writes")
        verbose_name_plural = _("what it writes")

    def __str__(self) -> str:
        return self.get_kind_display()


class ExportedRow(models.Model):
    """What was last written of a thing, as a digest: a delta holds what differs from it."""

    flow = models.ForeignKey(Flow, models.CASCADE, related_name="+")
    key = models.CharField(max_length=160)
    digest = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "key"], name="exported_once")]

    def __str__(self) -> str:
        return self.key


class FeedStop(models.Model):
    """A product that a person took off all shopping feeds, now."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("put back"), null=True, blank=True)
    actor = models.CharField(_("who"), max_length=150, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("product off the feeds")
        verbose_name_plural = _("products off the feeds")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["product"], condition=Q(until=None), name="one_feed_stop")]

    def __str__(self) -> str:
        return str(self.product)
