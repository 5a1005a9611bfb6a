"""Fields that several of Orchestrator's pages ask with."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.enums import ProductKind
from catalog.models import Product
from catalog.selectors import find_by_reference
from logistics.models import Place
from stores.models import SalesChannel, Store

MOST_NAMED = 12


def product_field() -> forms.CharField:
    """A product by SKU or any code; `the_one` says which is meant."""
    return forms.CharField(
        label=gettext_lazy("SKU, EAN or other reference"), max_length=60, widget=UnfoldAdminTextInputWidget()
    )


def the_one(found: Iterable[Product], typed: str, nobody: str) -> Product:
    """The one product meant; variants behind one EAN must be told apart by SKU. `nobody`: what to say of none."""
    products = list(found)
    if not products:
        raise forms.ValidationError(nobody)
    exact = [one for one in products if one.sku == typed.strip()]
    if len(products) > 1 and not exact:
        skus = ", ".join(product.sku for product in products[:MOST_NAMED])
        raise forms.ValidationError(_("Several variants share it. Which SKU: %(skus)s?") % {"skus": skus})
    return (exact or products)[0]


class AtAPlaceForm(forms.Form):
    """A product that is sold, told by SKU or code, at one of the places that the colleague sees."""

    product = product_field()
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("Place"), widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        field.queryset = places

    def clean_product(self) -> Product:
        """The one product meant; several variants behind one EAN must be told apart by SKU."""
        typed = self.cleaned_data["product"]
        sold = [one for one in find_by_reference(typed) if one.kind != ProductKind.PARENT]
        return the_one(sold, typed, _("No product that is sold has this reference."))


def channel_field() -> forms.ModelChoiceField:
    """A channel that sells."""
    return forms.ModelChoiceField(
        SalesChannel.objects.filter(active=True),
        label=gettext_lazy("Channel"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )


def store_field(**narrowed: bool) -> forms.ModelChoiceField:
    """A store, or none."""
    return forms.ModelChoiceField(
        Store.objects.filter(archived=False, **narrowed).order_by("name"),
        label=gettext_lazy("Store"),
        required=False,
        empty_label=gettext_lazy("none chosen"),
        widget=UnfoldAdminSelectWidget(),
    )
