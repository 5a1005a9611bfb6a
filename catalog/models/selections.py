"""Named lists of products, shared by campaigns, pages, screens and feeds."""

import datetime as dt

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from altazion.lib.translating import said_in
from catalog.enums import Membership
from catalog.models.products import Product


class Selection(models.Model):
    """A list of products: picked by hand, kept by a rule, or both (pinned and excluded ones beside the rule).

    `rule`: groups joined by or, of conditions joined by and (`catalog.rules.selecting`); empty for a list by hand.
    `during`: when pages show it, campaigns reach it and labels follow it; no dates, always.
    `failure`: why its rule could not be followed last time.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=models.Value({}, output_field=models.JSONField())
    )
    group = models.CharField(_("group"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)
    rule = models.JSONField(_("rule"), default=list, blank=True, editable=False)
    during = DateTimeRangeField(_("dates"), null=True, blank=True)
    refreshed_at = models.DateTimeField(_("followed"), null=True, blank=True, editable=False)
    failure = models.TextField(_("failure"), blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def shown_at(self, at: dt.datetime) -> bool:
        """True if its dates, if any, hold this instant."""
        during = self.during
        if during is None:
            return True
        return (
            not during.isempty and (not during.lower or during.lower <= at) and (not during.upper or at < during.upper)
        )

    @property
    def shown_name(self) -> str:
        """Its name as a title, in the active language if it is written in it."""
        return said_in(self.translations, "name", self.name)

    @property
    def by_rule(self) -> bool:
        """True if a rule keeps it."""
        return bool(self.rule)


class SelectionItem(models.Model):
    """A product of a selection; a parent stands for all its children."""

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="items", verbose_name=_("selection"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="selection_items", verbose_name=_("product"))
    relevance = models.DecimalField(_("relevance"), max_digits=4, decimal_places=2, default=1)
    origin = models.CharField(_("how it came"), max_length=1, choices=Membership, default=Membership.HAND)

    class Meta:
        verbose_name = _("product of the selection")
        verbose_name_plural = _("products of the selection")
        ordering = ["-relevance", "id"]
        constraints = [models.UniqueConstraint(fields=["selection", "product"], name="once_per_selection")]

    def __str__(self) -> str:
        return str(self.product)


class SelectionExclusion(models.Model):
    """A product that the rule of a selection never takes; a parent stands for all its children."""

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="exclusions", verbose_name=_("selection"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", verbose_name=_("product"))

    class Meta:
        verbose_name = _("excluded product")
        verbose_name_plural = _("excluded products")
        constraints = [models.UniqueConstraint(fields=["selection", "product"], name="excluded_once")]

    def __str__(self) -> str:
        return str(self.product)
