"""How shoppers' words are understood: synonyms, and searches that lead straight to a page."""

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Brand, Segment
from discovery.enums import SynonymKind
from stores.models import SalesChannel


class SynonymSet(models.Model):
    """Words of one language that find each other's products. `plain`: the words without accents, for looking up."""

    language = models.CharField(_("language"), max_length=5, default="fr")
    kind = models.CharField(_("kind"), max_length=10, choices=SynonymKind, default=SynonymKind.GROUP)
    words = ArrayField(models.CharField(max_length=80), verbose_name=_("words"))
    plain = ArrayField(models.CharField(max_length=80), editable=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words"]
        indexes = [GinIndex(fields=["plain"], name="synonym_plain")]

    def __str__(self) -> str:
        return ", ".join(self.words)


class SearchRedirect(models.Model):
    """A search that leads to a page instead of a list: a segment, a brand, or a local address."""

    channel = models.ForeignKey(SalesChannel, models.CASCADE, null=True, blank=True, verbose_name=_("channel"))
    query = models.CharField(_("search"), max_length=200)
    segment = models.ForeignKey(Segment, models.CASCADE, null=True, blank=True, verbose_name=_("segment"))
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, verbose_name=_("brand"))
    address = models.CharField(
        _("address"), max_length=300, blank=True, help_text=_("A page of this site, such as /stores/")
    )
    during = DateTimeRangeField(_("dates"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("search that leads to a page")
        verbose_name_plural = _("searches that lead to a page")
        ordering = ["query"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "query"], name="one_redirect_per_search", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.query
