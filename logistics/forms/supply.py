"""A supply rule as a person types it, and a product to ask about."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.models import Product
from catalog.selectors import find_by_reference
from logistics.models import SupplyRule
from logistics.services.supply import no_rest, rest_is_taken
from stores.models import SalesChannel, Store


class SupplyRuleForm(forms.ModelForm):
    """A rule; refused when stores would be left that no rule takes."""

    class Meta:
        model = SupplyRule
        fields = (
            "channel", "purpose", "rank", "name", "kind", "country", "zone", "listing", "places",
            "percent", "least", "most", "threshold", "origins", "active",
        )  # fmt: skip

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).strip().upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Two letters, such as FR."))
        return country

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        listing, places = found.get("listing"), found.get("places") or ()
        if listing and not places and "places" not in self.errors:
            self.add_error("places", _("Name the places of the list."))
        if places and not listing:
            self.add_error("listing", _("Say what the list does: only these places, or all but these."))
        kind = found.get("kind")
        if wrong := [place.name for place in places if kind and place.kind != kind]:
            self.add_error("places", _("Not of the kind that the rule takes: %(names)s.") % {"names": ", ".join(wrong)})
        least, most = found.get("least"), found.get("most")
        if least is not None and most is not None and most < least:
            self.add_error("most", _("Not less than the units it begins with."))
        return found

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        rule = self.instance
        if self.errors or not rule.channel_id:
            return
        others = SupplyRule.objects.filter(channel=rule.channel_id, purpose=rule.purpose).exclude(pk=rule.pk)
        if not rest_is_taken([*others, rule]):
            self.add_error("rank", no_rest())


class WhyForm(forms.Form):
    """Which product, on which channel, for delivery and perhaps in a store."""

    product = forms.CharField(
        label=gettext_lazy("SKU, EAN or other reference"), max_length=60, widget=UnfoldAdminTextInputWidget()
    )
    channel = forms.ModelChoiceField(
        SalesChannel.objects.filter(active=True),
        label=gettext_lazy("Channel"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    store = forms.ModelChoiceField(
        Store.objects.filter(archived=False).order_by("name"),
        label=gettext_lazy("Store"),
        required=False,
        empty_label=gettext_lazy("none chosen"),
        widget=UnfoldAdminSelectWidget(),
    )

    def clean_product(self) -> Product:
        """The product meant; a reference that several share is answered with their SKUs."""
        typed = self.cleaned_data["product"].strip()
        found = find_by_reference(typed)
        if not found:
            raise forms.ValidationError(_("No product has this reference."))
        exact = [one for one in found if one.sku == typed]
        if len(found) > 1 and not exact:
            skus = ", ".join(product.sku for product in found[:12])
            raise forms.ValidationError(_("Several variants share it. Which SKU: %(skus)s?") % {"skus": skus})
        return (exact or list(found))[0]
