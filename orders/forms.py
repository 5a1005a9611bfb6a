"""What a colleague types about an order."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from altazion.lib.translating import name_and_description
from orders.enums import CaptureWhen, MethodKind, RiskKind
from orders.models import CancelReason, PaymentMethod, RiskRule, Voucher
from orders.rules import risk
from orders.selectors import grouped, reasons_to_choose


class CancelForm(forms.Form):
    """Why an order is cancelled: a reason of the list, what the shopper reads of it, and a word among colleagues."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=UnfoldAdminSelectWidget,
        error_messages={
            "required": _("Say why the order is cancelled."),
            "invalid_choice": _("This reason is not on the list."),
        },
    )
    words = forms.CharField(
        label=_("In words for the shopper"),
        required=False,
        max_length=200,
        help_text=_("Empty: what the list says."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        required=False,
        max_length=300,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [
            (heading, [(one.code, one.shown_name) for one in reasons])
            for heading, reasons in grouped(reasons_to_choose())
        ]
        self.fields["reason"].choices = [("", _("Choose a reason")), *headings]  # type: ignore[attr-defined]

    def first_error(self) -> str:
        """The first thing that is wrong, in words."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class CancelReasonForm(name_and_description()):  # type: ignore[misc]
    """A reason of cancellation: two levels, and whoever is below a heading stays below it."""

    class Meta:
        model = CancelReason
        fields = ("code", "parent", "name", "description", "for_shoppers", "by_itself", "position", "active")

    def clean(self) -> dict[str, Any]:
        """No third level; nobody chooses what happens by itself."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        parent = answers.get("parent")
        if parent is not None and parent == self.instance:
            self.add_error("parent", _("A reason does not belong to itself."))
        elif parent is not None and parent.parent_id:
            self.add_error("parent", _("Reasons have two levels: choose a heading."))
        elif parent is not None and self.instance.pk and self.instance.children.exists():
            self.add_error("parent", _("More exact reasons stand below this one: it stays a heading."))
        if answers.get("for_shoppers") and answers.get("by_itself"):
            self.add_error("by_itself", _("What happens by itself is chosen by nobody, shoppers neither."))
        return answers


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
            "capture_when",
            "channels",
            "min_amount",
            "max_amount",
            "hold_minutes",
            "accounting_code",
            "position",
            "active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capture_when"].required = False

    def clean_capture_when(self) -> str:
        """Taken when ordered, unless said otherwise."""
        return self.cleaned_data.get("capture_when") or CaptureWhen.ORDERED

    def clean(self) -> dict[str, Any]:
        """Limits in order, provider installed."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        least, most = answers.get("min_amount"), answers.get("max_amount")
        if least is not None and most is not None and most < least:
            self.add_error("max_amount", _("This is below the smallest amount."))
        if answers.get("capture_when") == CaptureWhen.PREPARED and answers.get("kind") != MethodKind.CARD:
            self.add_error("capture_when", _("Only cards can be authorised first and taken later."))
        if answers.get("provider") and answers["provider"] not in settings.PAYMENT_PROVIDERS:
            names = ", ".join(sorted(settings.PAYMENT_PROVIDERS))
            self.add_error("provider", _("Installed providers: %(names)s") % {"names": names})
        return answers


class RiskRuleForm(forms.ModelForm):
    """A rule asks for what its kind looks at, and for nothing else."""

    class Meta:
        model = RiskRule
        fields = ("name", "kind", "channel", "above", "selection", "values", "score", "active")

    def clean(self) -> dict[str, Any]:
        """A limit for amounts, products for products, lines for lists; networks that are some."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        kind, lines = answers.get("kind"), risk.words(answers.get("values") or "")
        if kind in risk.AMOUNTS and (answers.get("above") is None or answers["above"] < 0):
            self.add_error("above", _("Say above what the points are given."))
        if kind == RiskKind.PRODUCTS and not answers.get("selection"):
            self.add_error("selection", _("Choose the selection of products."))
        if kind in risk.LISTS and not lines:
            self.add_error("values", _("Write at least one line."))
        if kind == RiskKind.NETWORK and (wrong := risk.not_networks(lines)):
            self.add_error("values", _("This is no address and no network: %(line)s") % {"line": wrong[0][:60]})
        if not 1 <= (answers.get("score") or 0) <= 1000 and "score" not in self.errors:
            self.add_error("score", _("Between 1 and 1000 points."))
        return answers


class VoucherForm(forms.ModelForm):
    """A gift card or voucher to issue; a second click on the same page issues no second one."""

    once = forms.CharField(widget=forms.HiddenInput, initial=uuid.uuid4, max_length=60)

    class Meta:
        model = Voucher
        fields = ("kind", "issued", "currency", "reason", "expires_at", "step", "single_use")
