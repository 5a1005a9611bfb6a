"""The one page on which an order is given."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from stdnum.ch import vat as ch_vat
from stdnum.eu import vat as eu_vat

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
KEPT = (
    "email",
    "first_name",
    "last_name",
    "phone",
    "company",
    "vat_number",
    "delivery_mode",
    "store",
    *ADDRESS,
    "payment_method",
)


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
    company = plain_text(_("Company"), 120, "organization", required=False)
    vat_number = plain_text(
        _("VAT number (optional)"),
        20,
        "off",
        required=False,
        help_text=_("As in FR44732829320; it stands on the invoice."),
    )
    delivery_mode = forms.CharField(max_length=30, error_messages={"required": _("Choose how to receive your order.")})
    store = forms.CharField(max_length=30, required=False)
    line1 = plain_text(_("Street and number"), 160, "address-line1", required=False)
    no_number = forms.BooleanField(label=_("This address has no number."), required=False)
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
    gift_code = plain_text(
        _("Gift card or voucher (optional)"),
        40,
        "off",
        required=False,
        help_text=_("It pays what it can; the rest is paid the way you chose."),
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of sale."),
        error_messages={"required": _("Please accept the terms of sale to order.")},
    )
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offer: Checkout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.asks_number = bool(self.data.get("no_number"))

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and not PHONE.match(phone):
            raise forms.ValidationError(_("This is not a phone number."))
        return phone

    def clean_vat_number(self) -> str:
        """Check figures show most slips of the hand."""
        number = re.sub(r"[\s.-]", "", str(self.cleaned_data["vat_number"])).upper()
        if number and not (eu_vat.is_valid(number) or ch_vat.is_valid(number)):
            raise forms.ValidationError(
                _("This VAT number is mistyped: check it, or leave it empty and order without it.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """Needs a store for pickup, an address for delivery; an error stands at each missing field."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if answers.get("vat_number") and not answers.get("company"):
            self.add_error("company", _("Give the company that this VAT number is of."))
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
        if answers.get("line1") and not answers.get("no_number") and not re.search(r"\d", answers["line1"]):
            self.asks_number = True
            self.add_error("line1", _("We see no house number. Add it, or say below that there is none."))
        postcode = answers.get("postcode")
        if postcode and not POSTCODES.fits(answers.get("country") or "FR", postcode):
            self.add_error("postcode", _("This postcode does not fit the country."))

    def address(self) -> dict[str, str]:
        """The delivery address, or only the country when the order is collected."""
        if not self.offer.needs_address:
            return {"country": str(self.cleaned_data.get("country") or "FR")}
        return {name: str(self.cleaned_data.get(name) or "") for name in ADDRESS}
