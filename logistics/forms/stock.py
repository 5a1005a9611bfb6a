"""What a person types about stock. A hidden key makes a form that is sent twice count once."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from logistics.enums import MovementKind
from logistics.forms.asked import AtAPlaceForm
from logistics.models import Place

MOST = 1_000_000
RIGHT_KINDS = (MovementKind.RECEIPT, MovementKind.RETURN, MovementKind.CORRECTION)


def units_field(label: Any, smallest: int, **more: Any) -> forms.IntegerField:
    """So many units."""
    return forms.IntegerField(
        label=label, min_value=smallest, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget(), **more
    )


def reason_field(label: Any, **more: Any) -> forms.CharField:
    """Why, in a line."""
    return forms.CharField(label=label, max_length=200, widget=UnfoldAdminTextInputWidget(), **more)


class StockForm(forms.Form):
    """A change of stock by hand."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @property
    def document(self) -> str:
        return f"office:{self.cleaned_data['key']}"


class CountForm(StockForm):
    """How many were counted."""

    counted = units_field(gettext_lazy("Counted on the shelf"), 0)
    reason = reason_field(gettext_lazy("Remark"), required=False)


class CorrectForm(StockForm):
    """Units to add or, negative, to take away."""

    quantity = units_field(gettext_lazy("Units to add, or −1, −2… to take away"), -MOST)
    reason = reason_field(gettext_lazy("Reason"))


class TransferForm(StockForm):
    """Units to carry to another place."""

    to_place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("To"), widget=UnfoldAdminSelectWidget())
    quantity = units_field(gettext_lazy("Units"), 1)
    reason = reason_field(gettext_lazy("Reason"))

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to_place"]
        field.queryset = places


class SafetyForm(forms.Form):
    """Units that are never promised."""

    units = units_field(gettext_lazy("Units never promised"), 0)


class ReceiveForm(AtAPlaceForm, StockForm):
    """Units that arrive at a place, for a product told by SKU or code."""

    field_order = ("product", "place", "quantity", "kind", "reason")
    quantity = units_field(gettext_lazy("Units"), 1)
    kind = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[(kind.value, kind.label) for kind in RIGHT_KINDS],
        widget=UnfoldAdminSelectWidget(),
    )
    reason = reason_field(gettext_lazy("Remark"), required=False)
