"""Who speaks of products: sources in the order in which they are believed, what each said, and fields that are held."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.enums import SourceKind
from catalog.models.products import Product
from catalog.models.structure import Family, Segment


class Source(models.Model):
    """Somebody who speaks of products. flows: codes of the flows that are its voice; the first in order is believed.
    fields: those that it ever spoke of beside another source.

    One is the usual one: flows that are nobody's speak for it. One stands for what colleagues type.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind, default=SourceKind.OVERLAY)
    position = models.PositiveSmallIntegerField(
        _("place in the order"), default=50, help_text=_("The lowest number is believed first.")
    )
    flows = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("flows"))
    fields = ArrayField(models.CharField(max_length=120), default=list, db_default=[], blank=True, editable=False)
    is_usual = models.BooleanField(
        _("the usual one"), default=False, help_text=_("Flows that are nobody else's speak for it.")
    )

    class Meta:
        verbose_name = _("source of products")
        verbose_name_plural = _("sources of products")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["is_usual"], condition=Q(is_usual=True), name="one_usual_source"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind=SourceKind.HAND), name="one_source_by_hand"),
            models.CheckConstraint(condition=~Q(kind=SourceKind.HAND, is_usual=True), name="hands_are_no_flow"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldOrder(models.Model):
    """For one field, or a group of them, another order of belief than the usual one."""

    field = models.CharField(_("field or group"), max_length=80, unique=True)
    sources = ArrayField(models.BigIntegerField(), verbose_name=_("sources, the most believed first"))

    class Meta:
        verbose_name = _("order of a field")
        verbose_name_plural = _("orders of fields")
        ordering = ["field"]

    def __str__(self) -> str:
        return self.field


class Claim(models.Model):
    """What a source says of a product, kept where more than one spoke. said: field → value.

    since: field → [when, run] where that differs from `said_at`, `said_by_run`.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="claims", verbose_name=_("product"))
    source = models.ForeignKey(Source, models.CASCADE, related_name="+", db_index=False, verbose_name=_("source"))
    said = models.JSONField(_("says"), default=dict)
    since = models.JSONField(default=dict, db_default={})
    said_at = models.DateTimeField(_("since"), null=True)
    said_by_run = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("what a source says")
        verbose_name_plural = _("what sources say")
        constraints = [models.UniqueConstraint(fields=["product", "source"], name="one_claim_per_source")]

    def __str__(self) -> str:
        return f"{self.product_id} ← {self.source_id}"


class FieldLock(models.Model):
    """A field (or a group, or all) that no import changes, of one product or of all of a family or segment.

    It holds until its end, whether or not the job that tidies up has run.
    """

    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="field_locks", verbose_name=_("product")
    )
    family = models.ForeignKey(Family, models.CASCADE, null=True, blank=True, verbose_name=_("family"))
    segment = models.ForeignKey(Segment, models.CASCADE, null=True, blank=True, verbose_name=_("segment"))
    field = models.CharField(_("field or group"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: until somebody lifts it."))
    made_at = models.DateTimeField(_("since"), editable=False)
    made_by = models.CharField(_("who"), max_length=150, blank=True, editable=False)

    class Meta:
        verbose_name = _("lock of a field")
        verbose_name_plural = _("locks of fields")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, family=None, segment=None)
                | Q(product=None, family__isnull=False, segment=None)
                | Q(product=None, family=None, segment__isnull=False),
                name="lock_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("made_at")), name="lock_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["product", "family", "segment", "field"], nulls_distinct=False, name="one_lock_per_field"
            ),
        ]
        indexes = [models.Index(fields=["until"], name="lock_until")]

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"
