"""Fields that several of Orchestrator's pages ask with."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.models import Product
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
