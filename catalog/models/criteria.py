"""Criteria: the questions by which shoppers narrow a list. An attribute says what is; a criterion says how to ask."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.enums import CriterionDisplay, CriterionKind
from catalog.models.attributes import Attribute
from catalog.models.structure import Segment


class Criterion(models.Model):
    """A facet built on an attribute: its values one by one, ranges of numbers or days, yes and no, a value or none.

    An attribute that is a filter and has no criterion asks for its values as they are. With criteria, they decide.
    """

    code = models.SlugField(
        _("word in the address"), max_length=60, unique=True, help_text=_("f-age=3-6 in the address of a list")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("What shoppers read above the choices."))
    kind = models.CharField(_("kind"), max_length=1, choices=CriterionKind, default=CriterionKind.VALUES)
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="criteria", verbose_name=_("attribute"))
    display = models.CharField(_("display"), max_length=1, choices=CriterionDisplay, blank=True, default="")
    segments = models.ManyToManyField(
        Segment,
        blank=True,
        related_name="criteria",
        verbose_name=_("only in these segments"),
        help_text=_("And below them. Empty: everywhere."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class CriterionValue(models.Model):
    """A choice of a criterion. Range: from `minimum` (included) to `maximum` (not included), open where empty.

    Ranges of a date go from `since` (included) to `before` (not included). A colour (#rrggbb) or a picture stands
    before the label.

    Values: `value` is the attribute's value (the code, for a list) that gets this label and place.
    """

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="values", verbose_name=_("criterion"))
    code = models.SlugField(_("word in the address"), max_length=120, blank=True)
    label = models.CharField(_("label"), max_length=200)
    value = models.CharField(_("value of the attribute"), max_length=250, blank=True)
    minimum = models.DecimalField(_("from"), max_digits=18, decimal_places=6, null=True, blank=True)
    maximum = models.DecimalField(_("below"), max_digits=18, decimal_places=6, null=True, blank=True)
    since = models.DateField(_("from the day"), null=True, blank=True)
    before = models.DateField(_("before the day"), null=True, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True, default="", db_default="")
    image = models.CharField(
        _("picture"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("A path below the media folder, or an https address."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("choice of a criterion")
        verbose_name_plural = _("choices of a criterion")
        ordering = ["position", "minimum", "label"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "code"], name="one_choice_per_word"),
            models.UniqueConstraint(
                fields=["criterion", "value"], condition=~Q(value=""), name="one_choice_per_attribute_value"
            ),
            models.CheckConstraint(condition=Q(minimum__lt=F("maximum")), name="choice_begins_before_it_ends"),
            models.CheckConstraint(condition=Q(since__lt=F("before")), name="choice_of_days_begins_before_it_ends"),
        ]

    def __str__(self) -> str:
        return self.label
