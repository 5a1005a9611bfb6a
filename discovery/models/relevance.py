"""What a merchandiser expects of lists, run again whenever something may have changed it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Segment
from discovery.enums import TestKind, TestState
from stores.models import SalesChannel


class RelevanceTest(models.Model):
    """One sentence: in the list of a search or of a segment, something stands where it should."""

    channel = models.ForeignKey(SalesChannel, models.CASCADE, verbose_name=_("channel"))
    language = models.CharField(_("language"), max_length=5, default="fr")
    query = models.CharField(_("search"), max_length=200, blank=True)
    segment = models.ForeignKey(Segment, models.CASCADE, null=True, blank=True, verbose_name=_("segment"))
    kind = models.CharField(_("expects that"), max_length=12, choices=TestKind, default=TestKind.IN_TOP)
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    other = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("other product")
    )
    first = models.PositiveSmallIntegerField(
        _("first"), default=3, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    active = models.BooleanField(_("active"), default=True)
    state = models.CharField(_("result"), max_length=5, choices=TestState, default=TestState.NEVER, editable=False)
    finding = models.CharField(_("what was found"), max_length=300, blank=True, editable=False)
    ran_at = models.DateTimeField(_("last run"), null=True, editable=False)
    since = models.DateTimeField(_("so since"), null=True, editable=False)

    class Meta:
        verbose_name = _("relevance test")
        verbose_name_plural = _("relevance tests")
        ordering = ["id"]
        permissions = [("run_relevancetest", "Can run relevance tests")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(segment=None) & ~Q(query="")) | Q(segment__isnull=False, query=""),
                name="test_looks_at_one_list",
            ),
            models.CheckConstraint(condition=Q(first__range=(1, 50)), name="test_looks_at_1_to_50"),
        ]

    def __str__(self) -> str:
        return self.query or str(self.segment)


class RelevanceCall(models.Model):
    """One row: when somebody last wanted the tests to run, and when all of them last ran."""

    wanted_at = models.DateTimeField(null=True)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("run of the relevance tests")
        verbose_name_plural = _("runs of the relevance tests")

    def __str__(self) -> str:
        return str(self.ran_at or "")
