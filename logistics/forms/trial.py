"""A basket to try the rules of delivery with."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from logistics.forms.asked import channel_field, store_field
from logistics.selectors import ids_of

MOST_LINES = 50


class BasketForm(forms.Form):
    """What is bought and where it goes."""

    items = forms.CharField(
        label=gettext_lazy("Basket"),
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("A line for each product: its SKU, then how many (one if left out)."),
    )
    channel = channel_field()
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        initial="FR",
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": gettext_lazy("Two letters, such as FR.")},
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"), max_length=12, required=False, widget=UnfoldAdminTextInputWidget()
    )

    def clean_items(self) -> list[tuple[int, int]]:
        """Product ids and quantities; what is not known is named, with its line."""
        asked: list[tuple[str, int]] = []
        for number, line in enumerate(self.cleaned_data["items"].splitlines(), 1):
            if not line.strip():
                continue
            sku, _space, count = line.strip().replace("\t", " ").replace("×", " ").rpartition(" ")
            if not sku or not count.isdecimal():
                sku, count = line.strip(), "1"
            if not 1 <= int(count[:6]) <= 9999:
                raise forms.ValidationError(_("Line %(line)s: from 1 to 9,999 units.") % {"line": number})
            asked.append((sku.strip(), int(count)))
        if len(asked) > MOST_LINES:
            raise forms.ValidationError(_("At most %(most)s products.") % {"most": MOST_LINES})
        ids = ids_of(sku for sku, _count in asked)
        if unknown := [sku for sku, _count in asked if sku not in ids]:
            raise forms.ValidationError(_("Not known: %(skus)s.") % {"skus": ", ".join(unknown[:10])})
        return [(ids[sku], count) for sku, count in asked]


class TrialForm(BasketForm):
    """The same, with the store chosen, its value and when it is ordered."""

    store = store_field(offers_pickup=True)
    value = forms.DecimalField(
        label=gettext_lazy("Value of the goods, with tax"),
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text=gettext_lazy("Empty: at base prices."),
    )
    ordered_at = forms.DateTimeField(
        label=gettext_lazy("Ordered"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Empty: now."),
    )

    def at(self, now: dt.datetime) -> dt.datetime:
        """When it is ordered: as typed, in Office's own time zone, else now."""
        return self.cleaned_data["ordered_at"] or now
