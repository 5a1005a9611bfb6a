"""The templates of product pages that the shop offers, known here by key and label only."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.models import ProductType


def layout_field(plain: Any) -> forms.ChoiceField:
    """A choice among them in place of a plain text."""
    choices = [("", "—"), *import_string(settings.PRODUCT_LAYOUTS).items()]
    return forms.ChoiceField(
        choices=choices,
        required=False,
        label=plain.label,
        help_text=plain.help_text,
        widget=UnfoldAdminSelectWidget(),
    )


class ProductTypeForm(forms.ModelForm):
    """A product type with the template of its pages."""

    class Meta:
        model = ProductType
        fields = ("name", "code", "nature", "sales_account", "page_layout", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page_layout"] = layout_field(self.fields["page_layout"])
