"""The one page on which an order is given."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from orders.selectors import Checkout
from storefront.forms.fields import PlainForm, Postcodes, plain_text

COUNTRIES = [("FR", _("France")), ("BE", _("Belgium")), ("LU", _("Luxembourg")), ("CH", _("Switzerland"))]
POSTCODES = Postcodes()
PHONE = re.compile(r"^\+?[\d .()/-]{6,24}$")
ADDRESS = ("line1", "line2", "postcode", "city", "country")
RECALCULATE = {
    "hx-post": reverse_lazy("storefront:checkout"),
    "hx-trigger": "change",
    "hx-vals": '{"update": "1"}',
    "hx-target": "#checkout",
    "hx-swap": "outerHTML",
}
# A postcode changes ways and fees only: what is being typed in the next field stays as it is.
LOOK_AGAIN = {
    **RECALCULATE,
    "hx-target": "#delivery-options",
    "hx-select": "#delivery-options",
    "hx-select-oob": "#checkout-summary",
}
KEPT = ("email", "first_name", "last_name", "phone", "delivery_mode", "store", *ADDRESS, "payment_method")


class CheckoutForm(PlainForm):
    """Who, where to, how it is paid. What is needed follows from the delivery that was chosen."""

    first_name = plain_text(_("First name"), 80, "given-name", error_messages={"required": _("Give your first name.")})
    last_name = plain_text(_("Last name"), 80, "family-name", error_messages={"required": _("Give your last name.")})
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The confirmation goes there."),
        error_messages={"required": _("Give your e-mail address."), "invalid": _("This is not an e-mail address.")},
    )
    phone = plain_text(_("Phone (optional)"), 24, "tel", required=False, help_text=_("Only used about this order."))
    delivery_mode = forms.CharField(max_length=30, error_messages={"required": _("Choose how to receive your order.")})
    store = forms.CharField(max_length=30, required=False)
    line1 = plain_text(_("Street and number"), 160, "address-line1", required=False)
    line2 = plain_text(_("Building, floor, door (optional)"), 160, "address-line2", required=False)
    postcode = plain_text(_("Postcode"), 12, "postal-code", required=False, attrs=LOOK_AGAIN)
    city = plain_text(_("Town"), 80, "address-level2", required=False)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=COUNTRIES,
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country", **RECALCULATE}),
    )
    payment_method = forms.CharField(max_length=40, error_messages={"required": _("Choose how to pay.")})
    terms = forms.BooleanField(
        label=_("I accept the terms of sale."),
        error_messages={"required": _("Please accept the terms of sale to order.")},
    )
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offer: Checkout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and not PHONE.match(phone):
            raise forms.ValidationError(_("This is not a phone number."))
        return phone

    def clean(self) -> dict[str, Any]:
        """Needs a store for pickup, an address for delivery; an error stands at each missing field."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if self.offer.needs_store and not answers.get("store"):
            self.add_error("store", _("Choose the store where you will collect your order."))
        if self.offer.needs_address:
            self._need_address(answers)
        return answers

    def _need_address(self, answers: dict[str, Any]) -> None:
        missing = {
            "line1": _("Give the street and the number."),
            "postcode": _("Give the postcode."),
            "city": _("Give the town."),
        }
        for name, message in missing.items():
            if not answers.get(name) and name not in self.errors:
                self.add_error(name, message)
        postcode = answers.get("postcode")
        if postcode and not POSTCODES.fits(answers.get("country") or "FR", postcode):
            self.add_error("postcode", _("This postcode does not fit the country."))

    def address(self) -> dict[str, str]:
        """The delivery address, or nothing when the order is collected."""
        if not self.offer.needs_address:
            return {"country": str(self.cleaned_data.get("country") or "FR")}
        return {name: str(self.cleaned_data.get(name) or "") for name in ADDRESS}
