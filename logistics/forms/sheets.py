"""What a person types on a sheet: goods line by line, and what is found or came."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from altazion.lib.problems import Refused
from logistics.enums import SheetKind
from logistics.forms.stock import reason_field
from logistics.models import Place
from logistics.selectors.lookup import stocked_named

MOST_TYPED = 500


class SheetForm(forms.Form):
    """A new sheet. Goods: a product a line, SKU or EAN, then how many."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=SheetKind.choices, widget=UnfoldAdminSelectWidget()
    )
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("Place"), widget=UnfoldAdminSelectWidget())
    to_place = forms.ModelChoiceField(
        Place.objects.filter(active=True),
        label=gettext_lazy("To"),
        required=False,
        help_text=gettext_lazy("For a transfer."),
        widget=UnfoldAdminSelectWidget(),
    )
    goods = forms.CharField(
        label=gettext_lazy("Goods"),
        required=False,
        help_text=gettext_lazy(
            "A line for each product: SKU or EAN, a space, how many. A count needs no number; "
            "empty, it lists all that lies there."
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )
    reason = reason_field(gettext_lazy("Remark"), required=False)
    shows_expected = forms.BooleanField(
        label=gettext_lazy("Show what the books say"),
        required=False,
        help_text=gettext_lazy("For a count; who counts without knowing counts better."),
        widget=UnfoldBooleanSwitchWidget(),
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        field.queryset = places

    def clean(self) -> dict[str, Any]:
        """A transfer has an end, other sheets have goods."""
        data: dict[str, Any] = super().clean() or {}
        kind, to_place = data.get("kind"), data.get("to_place")
        if kind == SheetKind.TRANSFER and (to_place is None or to_place == data.get("place")):
            self.add_error("to_place", _("Choose another place."))
        if kind != SheetKind.TRANSFER:
            data["to_place"] = None
        if kind != SheetKind.COUNT and not data.get("goods") and "goods" not in self.errors:
            self.add_error("goods", _("Put something on the sheet first."))
        return data

    def clean_goods(self) -> list[tuple[int, int]]:
        """Products and units; each bad line is told with its number."""
        typed = [line.split() for line in self.cleaned_data["goods"].splitlines()]
        if len(typed) > MOST_TYPED:
            raise forms.ValidationError(_("At most %(n)s products on a sheet.") % {"n": MOST_TYPED})
        is_count = self.data.get("kind") == SheetKind.COUNT
        goods, faults = [], []
        for number, words in enumerate(typed, 1):
            if not words:
                continue
            units = words[1] if len(words) == 2 else "0" if is_count and len(words) == 1 else ""
            if not (units.isascii() and units.isdigit() and len(units) < 8 and (int(units) or is_count)):
                faults.append(_("Line %(n)s: write a SKU or EAN, a space, and how many.") % {"n": number})
                continue
            try:
                goods.append((stocked_named(words[0]).pk, int(units)))
            except Refused as refusal:
                faults.append(_("Line %(n)s: %(why)s") % {"n": number, "why": refusal.message})
        if faults:
            raise forms.ValidationError(faults[:20])
        return goods


class ScanForm(forms.Form):
    """A code, and how many: added by a scan, or set."""

    code = forms.CharField(
        label=gettext_lazy("SKU or EAN"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    units = forms.IntegerField(
        label=gettext_lazy("Units"),
        min_value=0,
        max_value=1_000_000,
        initial=1,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
