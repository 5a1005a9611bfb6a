"""Rows below a product: prices, places, references, media."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.range import TimestamptzRange
from unfold import widgets
from unfold.forms import PaginationInlineFormSet

from altazion.lib import codes
from altazion.lib.office import fed_by
from catalog import rules
from catalog.enums import ProductKind, ProductState, ReferenceType
from catalog.models import BasePrice, ProductReference


class Moment(forms.DateTimeInput):
    """Date and time in one box, with the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__({"class": " ".join(widgets.DATETIME_CLASSES)}, format="%Y-%m-%dT%H:%M")


class PriceForm(forms.ModelForm):
    """A price layer; dates of the promotion as from and to."""

    promo_from = forms.DateTimeField(label=gettext_lazy("Promotion from"), required=False, widget=Moment)
    promo_to = forms.DateTimeField(label=gettext_lazy("until"), required=False, widget=Moment)

    class Meta:
        model = BasePrice
        fields = ("channel", "store", "amount", "promo_amount")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if during := self.instance.promo_during:
            self.initial.update(promo_from=during.lower, promo_to=during.upper)
        if self.instance.source:
            for field in self.fields.values():
                field.disabled = True
            self.fields["amount"].help_text = format_html(
                '<span class="material-symbols-outlined text-sm align-[-3px]">lock</span> {}',
                fed_by(self.instance.source),
            )

    def clean(self) -> dict[str, Any]:
        """A promotion is cheaper than the price, and ends after it starts."""
        cleaned = super().clean() or {}
        amount, promo = cleaned.get("amount"), cleaned.get("promo_amount")
        start, end = cleaned.get("promo_from"), cleaned.get("promo_to")
        if amount is not None and promo is not None and promo >= amount:
            self.add_error("promo_amount", _("A promotion costs less than the price."))
        if start and end and start >= end:
            self.add_error("promo_to", _("The promotion ends before it starts."))
        self.instance.promo_during = TimestamptzRange(start, end) if promo is not None and (start or end) else None
        return cleaned


class PriceFormSet(PaginationInlineFormSet):
    """Prices of one product: one per layer, and never none for a validated product."""

    def clean(self) -> None:
        """Compare rows with each other."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        living = [row for row in rows if not row.get("DELETE") and row.get("amount") is not None]
        layers = [(row.get("channel"), row.get("store")) for row in living]
        if len(set(layers)) < len(layers):
            raise forms.ValidationError(_("There are two prices for one channel and store."))
        product = self.instance
        needs_one = product.state == ProductState.VALIDATED and product.kind == ProductKind.SIMPLE
        if needs_one and self.initial_form_count() and not any(row["amount"] > 0 for row in living):
            raise forms.ValidationError(_("A validated product needs a price above zero."))


class FedRow(forms.ModelForm):
    """A row that an import wrote is shown locked: the import would write it again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.source:
            for field in self.fields.values():
                field.disabled = True
                field.widget.attrs["title"] = fed_by(self.instance.source)


class PlaceForm(FedRow):
    """Whether one row is primary is checked over all rows, not against what is stored now."""

    def validate_constraints(self) -> None:
        """Left to the formset."""


class PlaceFormSet(PaginationInlineFormSet):
    """Places of one product: no segment twice, at most one primary."""

    def validate_unique(self) -> None:
        """Left to `clean`, which speaks of segments."""

    def clean(self) -> None:
        """Compare rows with each other."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        living = [row for row in rows if not row.get("DELETE") and row.get("segment")]
        if len({row["segment"] for row in living}) < len(living):
            raise forms.ValidationError(_("A segment is given twice."))
        if sum(bool(row.get("is_primary")) for row in living) > 1:
            raise forms.ValidationError(_("Only one segment can be primary."))
        if living and self.instance.kind == ProductKind.CHILD:
            raise forms.ValidationError(_("A variant stands where its parent stands."))


class ReferenceForm(FedRow):
    """A typed code; EAN and ISBN are checked by their last digit."""

    class Meta:
        model = ProductReference
        fields = ("type", "value", "is_main")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = list(ReferenceType.choices)
        own = self.instance.type
        if own and own not in ReferenceType.values:
            usual.append((own, own))
        self.fields["type"] = forms.ChoiceField(
            choices=usual, label=_("type"), widget=widgets.UnfoldAdminSelectWidget, initial=ReferenceType.EAN13
        )
        self.fields["type"].disabled = bool(self.instance.source)
        if own in ReferenceType.values and codes.is_internal(self.instance.value):
            self.fields["value"].help_text = _("The shop's own making (02, 20 to 29): not for other companies.")

    def clean(self) -> dict[str, Any]:
        """Bring the code into the form in which it is kept."""
        cleaned = super().clean() or {}
        if cleaned.get("type") and cleaned.get("value"):
            try:
                cleaned["value"] = rules.clean_reference(cleaned["type"], cleaned["value"])
            except ValueError:
                self.add_error("value", _("The last digit of this code does not fit: one was mistyped."))
        return cleaned
