"""What a person types to keep units back from sale."""

from django import forms
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from logistics.forms.asked import AtAPlaceForm
from logistics.forms.stock import reason_field, units_field
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


class WithdrawForm(AtAPlaceForm, KeepBackForm):
    """The same, for a product told by SKU or code, at a place."""

    field_order = ("product", "place", "quantity", "reason", "starts", "ends")
