"""Products of a bundle."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from unfold.forms import PaginationInlineFormSet

from catalog.enums import ProductKind, ProductState
from catalog.models import BundleLine, Product


class BundleLineForm(forms.ModelForm):
    """A product and how many of it."""

    class Meta:
        model = BundleLine
        fields = ("component", "quantity")

    def clean_component(self) -> Product:
        """Something that is sold itself."""
        component: Product = self.cleaned_data["component"]
        if component.kind == ProductKind.PARENT:
            raise forms.ValidationError(_("%(sku)s has variants: choose one of them.") % {"sku": component.sku})
        if component.kind == ProductKind.BUNDLE:
            raise forms.ValidationError(_("%(sku)s is a bundle; bundles do not hold bundles.") % {"sku": component.sku})
        if component.state == ProductState.ARCHIVED and "component" in self.changed_data:
            raise forms.ValidationError(_("%(sku)s is archived.") % {"sku": component.sku})
        return component

    def clean_quantity(self) -> int:
        """1 to 999."""
        quantity = int(self.cleaned_data["quantity"])
        if not 1 <= quantity <= 999:
            raise forms.ValidationError(_("The quantity goes from 1 to 999."))
        return quantity


class BundleFormSet(PaginationInlineFormSet):
    """Lines of one bundle: no product twice."""

    def validate_unique(self) -> None:
        """Left to `clean`, which speaks of products."""

    def clean(self) -> None:
        """Compare rows with each other."""
        super().clean()
        rows = self.lines()
        if len({component.pk for component, _n in rows}) < len(rows):
            raise forms.ValidationError(_("A product is given twice: change how many instead."))
        if any(component.pk == self.instance.pk for component, _n in rows):
            raise forms.ValidationError(_("A bundle does not hold itself."))

    def lines(self) -> list[tuple[Any, int]]:
        """What the bundle is to hold."""
        rows = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        return [
            (row["component"], row["quantity"])
            for row in rows
            if not row.get("DELETE") and row.get("component") and row.get("quantity")
        ]
