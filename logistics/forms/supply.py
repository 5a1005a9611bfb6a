"""A supply rule as a person types it, and a product to ask about."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.selectors import find_by_reference
from logistics.forms.asked import channel_field, product_field, store_field, the_one
from logistics.models import SupplyRule
from logistics.services.supply import no_rest, rest_is_taken


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

    product = product_field()
    channel = channel_field()
    store = store_field()

    def clean_product(self) -> Product:
        """The product meant; a reference that several share is answered with their SKUs."""
        typed = self.cleaned_data["product"].strip()
        return the_one(find_by_reference(typed), typed, _("No product has this reference."))
