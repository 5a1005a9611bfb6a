"""Products shown beside a product."""

from django import forms
from django.utils.translation import gettext as _

from catalog.forms.parts import FedRow
from catalog.models import Association, Product


class AssociationForm(FedRow):
    """A product, why it is shown and how many of it go with one."""

    class Meta:
        model = Association
        fields = ("kind", "other", "quantity", "reason", "position")

    def clean_other(self) -> Product:
        """Not the product itself."""
        other: Product = self.cleaned_data["other"]
        if other.pk == self.instance.product_id:
            raise forms.ValidationError(_("A product is not shown beside itself."))
        return other

    def clean_quantity(self) -> object:
        """Above 0."""
        quantity = self.cleaned_data["quantity"]
        if not 0 < quantity < 100_000:
            raise forms.ValidationError(_("A quantity must be above 0."))
        return quantity
