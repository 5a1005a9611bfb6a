"""Making variants: a list of names, one a line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from catalog.enums import AttributeType
from catalog.models import Attribute
from catalog.services.children import NewChild


class ChildrenForm(forms.Form):
    """Names of the variants to make, and the attribute that each name fills."""

    names = forms.CharField(
        label=_("Variants, one a line"),
        help_text=_("A name, or SKU;name. Without a SKU one is made from the parent's."),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 10, "placeholder": "Iron Man\nHulk\nFIG-THOR;Thor"}),
    )
    attribute = forms.ChoiceField(
        label=_("What tells them apart"),
        required=False,
        help_text=_("The attribute that takes each name. A list gets the values that it lacks."),
        widget=widgets.UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = Attribute.objects.filter(type__in=[AttributeType.LIST, AttributeType.TEXT])
        found = usable.order_by("-is_differentiating", "name")[:300]
        self.fields["attribute"].choices = [("", _("nothing but the name")), *((a.code, a.name) for a in found)]  # type: ignore[attr-defined]

    def children(self) -> list[NewChild]:
        """What to make."""
        made = []
        for line in self.cleaned_data["names"].splitlines():
            sku, mark, name = line.partition(";")
            made.append(NewChild(name, sku) if mark else NewChild(line))
        return made
