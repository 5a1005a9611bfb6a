"""Labels: what is said of a product for a while, in slots that shoppers recognise ("Nouveauté", "Exclu web")."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.enums import Flag, LabelDisplay, LabelRule
from catalog.models.products import Product
from catalog.models.selections import Selection
from stores.models import SalesChannel


class LabelSlot(models.Model):
    """A theme for labels and its place on a tile. Without channels it is shown on all of them."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    display = models.CharField(_("shown as"), max_length=5, choices=LabelDisplay, default=LabelDisplay.TEXT)
    allows_several = models.BooleanField(
        _("several at once"), default=False, help_text=_("Otherwise a product shows only the first label of the slot.")
    )
    is_facet = models.BooleanField(_("filter in listings"), default=False)
    on_tiles = models.BooleanField(_("shown in lists"), default=True, help_text=_("At most four labels on a tile."))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    channels = models.ManyToManyField(
        SalesChannel, blank=True, related_name="+", verbose_name=_("channels"), help_text=_("None: all channels.")
    )
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = _("slot of labels")
        verbose_name_plural = _("slots of labels")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """One label of a slot. With a rule it is on every product the rule holds for; by hand on those it was given to.

    Colours are #rrggbb. `during` is half-open and read at request time.
    """

    slot = models.ForeignKey(LabelSlot, models.CASCADE, related_name="labels", verbose_name=_("slot"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    ground = models.CharField(_("background"), max_length=7, default="#1f3a5f")
    ink = models.CharField(_("text colour"), max_length=7, default="#ffffff")
    image = models.CharField(_("picture"), max_length=500, blank=True)
    text = models.TextField(_("explanation on the product page"), blank=True, max_length=2000)
    priority = models.PositiveSmallIntegerField(_("priority"), default=100, help_text=_("Higher comes first."))
    during = DateTimeRangeField(_("dates"), null=True, blank=True)
    rule = models.CharField(_("rule"), max_length=10, choices=LabelRule, default=LabelRule.BY_HAND, blank=True)
    days = models.PositiveSmallIntegerField(_("days since publication"), null=True, blank=True)
    attribute = models.CharField(_("attribute"), max_length=60, blank=True)
    value = models.CharField(_("value"), max_length=250, blank=True)
    selection = models.ForeignKey(
        Selection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("selection")
    )
    flag = models.PositiveSmallIntegerField(_("mark"), choices=Flag, null=True, blank=True)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("tag", "label")
        verbose_name_plural = _("labels")
        ordering = ["slot__position", "-priority", "name"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "code"], name="one_label_per_code"),
            models.CheckConstraint(condition=~Q(rule="new") | Q(days__gte=1), name="label_of_novelties_has_days"),
            models.CheckConstraint(
                condition=~Q(rule="selection") | Q(selection__isnull=False), name="label_of_selection_has_one"
            ),
            models.CheckConstraint(condition=~Q(rule="flag") | Q(flag__isnull=False), name="label_of_mark_has_one"),
            models.CheckConstraint(
                condition=~Q(rule="attribute") | ~Q(attribute=""), name="label_of_attribute_has_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slot})"


class ProductLabel(models.Model):
    """A label given to a product by hand or by file. Children carry their parent's; position 1 to 4 leads on tiles."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="labels", verbose_name=_("product"))
    label = models.ForeignKey(Label, models.CASCADE, related_name="links", verbose_name=pgettext_lazy("tag", "label"))
    position = models.PositiveSmallIntegerField(_("place on tiles"), null=True, blank=True)
    during = DateTimeRangeField(_("dates"), null=True, blank=True)
    source = models.CharField(_("fed by"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("label of a product")
        verbose_name_plural = _("labels of products")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "label"], name="label_once_per_product"),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__gte=1, position__lte=4), name="label_place_1_to_4"
            ),
        ]
        indexes = [models.Index(fields=["source"], name="productlabel_source")]

    def __str__(self) -> str:
        return str(self.label)
