"""What a colleague types about an order."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from altazion.lib.translating import name_and_description
from orders.models import PaymentMethod


class CancelForm(forms.Form):
    """Why an order is cancelled; the shopper reads it, too."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "cancel-reasons", "autocomplete": "off"}),
        error_messages={"required": _("Say why the order is cancelled.")},
    )

    def first_error(self) -> str:
        """The first thing that is wrong, in words."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class PaymentMethodForm(name_and_description()):  # type: ignore[misc]
    """A way to pay; its provider is one that is installed, its limits make sense."""

    class Meta:
        model = PaymentMethod
        fields = (
            "code",
            "name",
            "description",
            "kind",
            "provider",
            "channels",
            "min_amount",
            "max_amount",
            "hold_minutes",
            "accounting_code",
            "position",
            "active",
        )

    def clean(self) -> dict[str, Any]:
        """Limits in order, provider installed."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        least, most = answers.get("min_amount"), answers.get("max_amount")
        if least is not None and most is not None and most < least:
            self.add_error("max_amount", _("This is below the smallest amount."))
        if answers.get("provider") and answers["provider"] not in settings.PAYMENT_PROVIDERS:
            names = ", ".join(sorted(settings.PAYMENT_PROVIDERS))
            self.add_error("provider", _("Installed providers: %(names)s") % {"names": names})
        return answers
