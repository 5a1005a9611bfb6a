"""What a shopper types about himself."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from storefront.forms.checkout import COUNTRIES, PHONE, POSTCODES
from storefront.forms.fields import Announced, PlainForm, plain_text


class SignInForm(Announced, AuthenticationForm):
    """E-mail and password; the same words whether the address is known or not."""

    error_messages = {
        "invalid_login": _("E-mail address and password do not go together."),
        "inactive": _("E-mail address and password do not go together."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget.attrs |= {"autocomplete": "email", "type": "email"}
        self.fields["username"].widget.attrs.pop("autofocus", None)


class RegisterForm(PlainForm):
    """The beginning of an account; the password follows by a link to the mailbox."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    first_name = plain_text(_("First name"), 80, "given-name")
    last_name = plain_text(_("Last name"), 80, "family-name")


class ForgottenForm(Announced, PasswordResetForm):
    """Asks for a link; never says whether the address is known. Accounts without a password get one, too."""

    def get_users(self, email: str) -> Any:
        return User.objects.filter(email__iexact=email, is_active=True)


class NewPasswordForm(Announced, SetPasswordForm):  # type: ignore[type-arg]
    """A new password, twice."""


class ProfileForm(PlainForm):
    """Name, phone, consent."""

    first_name = plain_text(_("First name"), 80, "given-name")
    last_name = plain_text(_("Last name"), 80, "family-name")
    phone = plain_text(_("Phone (optional)"), 24, "tel", required=False)
    accepts_news = forms.BooleanField(label=_("Send me news by e-mail."), required=False)

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and not PHONE.match(phone):
            raise forms.ValidationError(_("This is not a phone number."))
        return phone

    @staticmethod
    def of(customer: Customer) -> dict[str, Any]:
        """What is known."""
        return {name: getattr(customer, name) for name in ProfileForm.base_fields}


class AddressForm(PlainForm):
    """One address of the book."""

    label = plain_text(_("Name of this address (optional)"), 60, "off", required=False)
    recipient = plain_text(_("Recipient"), 160, "name")
    line1 = plain_text(_("Street and number"), 160, "address-line1")
    line2 = plain_text(_("Building, floor, door (optional)"), 160, "address-line2", required=False)
    postcode = plain_text(_("Postcode"), 12, "postal-code")
    city = plain_text(_("Town"), 80, "address-level2")
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    phone = plain_text(_("Phone (optional)"), 24, "tel", required=False)
    is_default = forms.BooleanField(label=_("Use it as my usual address."), required=False)

    clean_phone = ProfileForm.clean_phone

    def clean(self) -> dict[str, Any]:
        """The postcode must fit the country."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if (code := answers.get("postcode")) and not POSTCODES.fits(answers.get("country") or "FR", code):
            self.add_error("postcode", _("This postcode does not fit the country."))
        return answers
