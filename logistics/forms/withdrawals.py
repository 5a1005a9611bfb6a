"""What a person types to keep units back from sale."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from catalog.enums import ProductKind
from catalog.models import Product
from catalog.selectors import find_by_reference
from logistics.forms.asked import product_field, the_one
from logistics.forms.stock import reason_field, units_field
from logistics.models import Place
from logistics.services import Kept


class KeepBackForm(forms.Form):
    """Units, why, and between which instants."""

    quantity = units_field(gettext_lazy("Units to keep back"), 1)
    reason = reason_field(gettext_lazy("Reason"))
    starts = forms.SplitDateTimeField(
        label=gettext_lazy("From"),
        required=False,
        help_text=gettext_lazy("Empty: now."),
        widget=UnfoldAdminSplitDateTimeWidget(),
    )
    ends = forms.SplitDateTimeField(
        label=gettext_lazy("Sold again from"),
        required=False,
        help_text=gettext_lazy("Empty: not for sale any more."),
        widget=UnfoldAdminSplitDateTimeWidget(),
    )

    @property
    def kept(self) -> Kept:
        given = self.cleaned_data
        return Kept(given["quantity"], given["reason"], given["starts"], given["ends"])


class WithdrawForm(KeepBackForm):
    """The same, for a product told by SKU or code, at a place."""

    product = product_field()
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("Place"), widget=UnfoldAdminSelectWidget())
    field_order = ("product", "place", "quantity", "reason", "starts", "ends")

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        field.queryset = places

    def clean_product(self) -> Product:
        """The one product meant; several variants behind one EAN must be told apart by SKU."""
        typed = self.cleaned_data["product"]
        sold = [one for one in find_by_reference(typed) if one.kind != ProductKind.PARENT]
        return the_one(sold, typed, _("No product that is sold has this reference."))
