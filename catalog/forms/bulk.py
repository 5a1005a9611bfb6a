"""What one verb for many products needs to know."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from catalog.models import Brand, Family, Product, ProductSegment, Segment, Selection, SelectionItem
from catalog.selectors.provenance import choices
from catalog.services.bulk import LockWish
from stores.models import SalesChannel

VERBS = {
    "validate": (_("Validate"), "catalog.validate_product"),
    "withdraw": (_("Back to preparation"), "catalog.validate_product"),
    "publish": (_("Publish on a channel"), "catalog.publish_product"),
    "unpublish": (_("Take off a channel"), "catalog.publish_product"),
    "place": (_("Put in a segment"), "catalog.change_product"),
    "family": (_("Set the family"), "catalog.change_product"),
    "brand": (_("Set the brand"), "catalog.change_product"),
    "select": (_("Add to a selection"), "catalog.change_selection"),
    "price": (_("Change prices by a percentage"), "catalog.change_product"),
    "lock": (_("Lock fields against imports"), "catalog.change_product"),
    "unlock": (_("Lift locks of fields"), "catalog.change_product"),
    "archive": (_("Archive"), "catalog.change_product"),
}


class Chosen(AutocompleteSelect):
    """Search and choose, in the theme's dress."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attrs["class"] = "unfold-admin-autocomplete admin-autocomplete"


def _choice(label: Any, model: Any, owner: Any, name: str, **only: Any) -> forms.ModelChoiceField:
    field = owner._meta.get_field(name)  # noqa: SLF001 - the documented way to a field
    return forms.ModelChoiceField(model.objects.filter(**only), label=label, widget=Chosen(field, admin.site))


class BulkForm(forms.Form):
    """The one thing that the verb needs, or nothing."""

    def __init__(self, verb: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = {
            "publish": lambda: forms.ModelChoiceField(
                SalesChannel.objects.filter(active=True), label=_("Channel"), widget=widgets.UnfoldAdminSelectWidget()
            ),
            "place": lambda: _choice(_("Segment"), Segment, ProductSegment, "segment", archived=False),
            "family": lambda: _choice(_("Family"), Family, Product, "family"),
            "brand": lambda: _choice(_("Brand"), Brand, Product, "brand", archived=False),
            "select": lambda: _choice(_("Selection"), Selection, SelectionItem, "selection"),
            "price": lambda: forms.DecimalField(
                label=_("Percent"),
                min_value=-90,
                max_value=500,
                max_digits=5,
                decimal_places=2,
                localize=True,
                help_text=_("10 makes prices a tenth higher, -10 a tenth lower."),
                widget=widgets.UnfoldAdminTextInputWidget(),
            ),
        }
        made["unpublish"] = made["publish"]
        if verb in made:
            self.fields["what"] = made[verb]()
        if verb == "lock":
            self.fields["what"] = forms.ChoiceField(
                label=_("Field or group"), choices=choices(), widget=widgets.UnfoldAdminSelectWidget()
            )
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), max_length=200, widget=widgets.UnfoldAdminTextInputWidget()
            )
            self.fields["until"] = forms.DateField(
                label=_("Until (empty: until lifted)"), required=False, widget=widgets.UnfoldAdminSingleDateWidget()
            )

    @property
    def asks(self) -> bool:
        """Whether the verb needs to know something."""
        return bool(self.fields)

    def what(self) -> Any:
        """What was said; None for a verb that needs nothing."""
        if "until" not in self.fields:
            return self.cleaned_data.get("what")
        return LockWish(self.cleaned_data["what"], self.cleaned_data["reason"], self.cleaned_data["until"])
