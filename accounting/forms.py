"""Forms of the books."""

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounting import services
from accounting.adapters.table import check as check_csv
from accounting.enums import CreditReason, Posted
from accounting.models import AccountRule, BankAccount, Closing, Company, Extract, InvoiceSeries, Journal
from accounting.rules.invoices import Party
from accounting.selectors import closed_until
from accounting.services.books import local_day
from altazion.lib.clock import now
from altazion.lib.problems import Refused
from orders.models import Order


class ExtractForm(forms.ModelForm):
    """Which journals of which days; the domain makes the extract when all is well."""

    journals = forms.MultipleChoiceField(label=_("Journals"), widget=UnfoldAdminCheckboxSelectMultipleWidget)
    siren = forms.CharField(
        label=_("SIREN"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The company's nine figures; they begin the file's name."),
    )
    first = forms.DateField(
        label=_("First day"),
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text=_("Leave both days empty for all that no such extract holds yet."),
    )
    last = forms.DateField(label=_("Last day"), required=False, widget=UnfoldAdminDateWidget)

    class Meta:
        model = Extract
        fields = ("siren", "separator", "journals", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        books = [(one.code, str(one)) for one in Journal.objects.all()]
        self.fields["journals"].choices = books  # type: ignore[attr-defined]
        self.fields["journals"].initial = [code for code, _name in books]
        if before := Extract.objects.order_by("-id").first():
            self.fields["siren"].initial, self.fields["separator"].initial = before.siren, before.separator

    @property
    def wanted(self) -> services.Wanted:
        """What was filled in, in the domain's terms."""
        return services.Wanted(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    def clean_siren(self) -> str:
        """Blanks between figures are how people write it."""
        return "".join(self.cleaned_data["siren"].split())

    def clean(self) -> dict[str, Any]:
        """What the domain would refuse stands at its field."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                services.prepared(self.wanted)
            except Refused as refusal:
                self.add_error(refusal.field or None, refusal.message)
        return cleaned


class RuleForm(forms.ModelForm):
    """A rule of accounts; what it is only for must make sense for what is booked."""

    class Meta:
        model = AccountRule
        fields = ("what", "number", "vat_rate", "product_type", "method")

    def clean_number(self) -> str:
        """Figures and letters."""
        return ledger(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        """A way to pay has no rate, and a rate no type of product."""
        cleaned = super().clean() or self.cleaned_data
        what = cleaned.get("what")
        if what != Posted.METHOD and cleaned.get("method"):
            self.add_error("method", _("Only money received has a way to pay."))
        if what == Posted.METHOD and cleaned.get("vat_rate"):
            self.add_error("vat_rate", _("Money received has no VAT rate."))
        if what != Posted.SALES and cleaned.get("product_type"):
            self.add_error("product_type", _("Only sales of goods have a product type."))
        return cleaned


class ClosingForm(forms.ModelForm):
    """Up to which day the books are closed; asked twice, since nobody opens them again."""

    last = forms.DateField(label=_("Closed up to"), widget=UnfoldAdminDateWidget)
    sure = forms.BooleanField(
        label=_("Nothing on these days will change any more"),
        help_text=_("What comes late is booked on the first open day and keeps its own date as date of the piece."),
        widget=UnfoldBooleanWidget,
    )

    class Meta:
        model = Closing
        fields = ("last",)

    def clean_last(self) -> Any:
        """What the domain would refuse stands at the field."""
        last, closed = self.cleaned_data["last"], closed_until()
        if last >= local_day(now()):
            raise forms.ValidationError(_("This day is not over yet."))
        if closed and last <= closed:
            text = _("The books are closed up to %(day)s already.")
            raise forms.ValidationError(text % {"day": closed.isoformat()})
        return last


class StatementForm(forms.Form):
    """A file of statements; the account only where the file does not name it."""

    file = forms.FileField(label=_("File of the bank"))
    account = forms.ModelChoiceField(
        BankAccount.objects.filter(active=True),
        required=False,
        label=_("Account"),
        empty_label=_("as the file says"),
        widget=UnfoldAdminSelectWidget,
    )


class BankAccountForm(forms.ModelForm):
    """A bank account; how its CSV is written stands in fields of its own."""

    csv_separator = forms.CharField(label=_("separator"), required=False, max_length=2, help_text=_("; unless said"))
    csv_encoding = forms.CharField(label=_("encoding"), required=False, max_length=20, help_text="utf-8-sig, cp1252")
    csv_decimal = forms.ChoiceField(label=_("decimal mark"), required=False, choices=[(",", ","), (".", ".")])
    csv_date_format = forms.CharField(label=_("date format"), required=False, max_length=20, help_text="%d/%m/%Y")
    csv_date = forms.CharField(label=_("column of the day"), required=False, max_length=60)
    csv_label = forms.CharField(label=_("column of the label"), required=False, max_length=60)
    csv_amount = forms.CharField(label=_("column of the amount"), required=False, max_length=60)
    csv_debit = forms.CharField(label=_("column of debits"), required=False, max_length=60)
    csv_credit = forms.CharField(label=_("column of credits"), required=False, max_length=60)
    csv_reference = forms.CharField(label=_("column of the reference"), required=False, max_length=60)
    csv_balance = forms.CharField(label=_("column of the balance"), required=False, max_length=60)

    class Meta:
        model = BankAccount
        fields = (
            "name", "code", "number", "currency", "ledger", "fee_ledger", "methods", "days", "fee_percent",
            "batch_words", "active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name.startswith("csv_"):
                field.initial = (self.instance.csv or {}).get(name.removeprefix("csv_"), field.initial)
                wide = UnfoldAdminSelectWidget if isinstance(field, forms.ChoiceField) else UnfoldAdminTextInputWidget
                field.widget = wide(choices=field.choices) if isinstance(field, forms.ChoiceField) else wide()

    def clean_number(self) -> str:
        """Blanks between figures are how people write it; an IBAN's check figures must be right."""
        number = "".join(self.cleaned_data["number"].split()).upper()
        if number[:2].isalpha() and number[2:4].isdigit() and not iban.is_valid(number):
            raise forms.ValidationError(_("This IBAN is mistyped: its check figures do not fit."))
        return number

    def clean_ledger(self) -> str:
        """Figures and letters."""
        return ledger(self.cleaned_data["ledger"])

    def clean_fee_ledger(self) -> str:
        """Figures and letters."""
        return ledger(self.cleaned_data["fee_ledger"])

    def clean(self) -> dict[str, Any]:
        """How CSV is written goes into one place."""
        cleaned = super().clean() or self.cleaned_data
        said = {name.removeprefix("csv_"): cleaned.get(name) for name in self.fields if name.startswith("csv_")}
        said = {name: value for name, value in said.items() if value}
        if any(said.get(name) for name in ("date", "label", "amount", "debit", "credit")):
            try:
                check_csv(said)
            except Refused as problem:
                self.add_error("csv_date", problem.message)
        else:
            said = {}
        self.instance.csv = said
        return cleaned


class CreditForm(forms.Form):
    """How many of each line are credited, and why."""

    reason = forms.ChoiceField(label=_("Reason"), choices=CreditReason.choices, widget=UnfoldAdminSelectWidget)
    note = forms.CharField(label=_("Note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = services.creditable(order)
        self.rows = []
        for line in order.lines.order_by("position"):
            name = f"line_{line.pk}"
            self.fields[name] = forms.IntegerField(
                label=line.name,
                required=False,
                min_value=0,
                max_value=left[line.pk],
                widget=forms.NumberInput(attrs={"class": "ac-count", "min": 0, "max": left[line.pk]}),
            )
            self.rows.append((line, left[line.pk], self[name]))

    @property
    def quantities(self) -> dict[int, int]:
        """{line: how many}."""
        said = {int(name[5:]): value for name, value in self.cleaned_data.items() if name.startswith("line_")}
        return {line: count for line, count in said.items() if count}


def ledger(number: str) -> str:
    """The number of an account as it is kept. Raises ValidationError."""
    number = "".join(number.split()).upper()
    if not (number.isascii() and number.isalnum() and 3 <= len(number) <= 20):
        raise forms.ValidationError(_("An account is a number such as 627800."))
    return number


class CompanyForm(forms.ModelForm):
    """Who invoices; numbers of the State are checked by their check figures."""

    class Meta:
        model = Company
        fields = (
            "name", "code", "legal_form", "line1", "line2", "postcode", "city", "country", "siren", "register",
            "vat_number", "email", "phone", "iban", "terms", "penalties", "exemption", "mentions",
        )  # fmt: skip

    def clean_siren(self) -> str:
        """Nine figures with a check figure."""
        return checked_siren(self.cleaned_data["siren"])

    def clean_vat_number(self) -> str:
        """As the Union writes it."""
        return checked_vat(self.cleaned_data["vat_number"])

    def clean_iban(self) -> str:
        """Blanks between figures are how people write it."""
        number = "".join(self.cleaned_data["iban"].split()).upper()
        if number and not iban.is_valid(number):
            raise forms.ValidationError(_("This IBAN is mistyped: its check figures do not fit."))
        return number

    def clean_country(self) -> str:
        """Two letters."""
        country = self.cleaned_data["country"].strip().upper()
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("A country is two letters, such as FR."))
        return country


class SeriesForm(forms.ModelForm):
    """A series; its prefix stands in the numbers, so it is not changed once numbers were given."""

    class Meta:
        model = InvoiceSeries
        fields = ("kind", "prefix", "channel")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.years.exists():
            for name in ("kind", "prefix"):
                self.fields[name].disabled = True

    def clean_prefix(self) -> str:
        """Letters, figures, hyphens; no prefix begins another one's numbers."""
        prefix = self.cleaned_data["prefix"].strip().upper()
        if not re.fullmatch(r"[A-Z](?:[A-Z0-9-]{0,6}[A-Z-])?", prefix):
            raise forms.ValidationError(_("Letters, figures and hyphens, neither beginning nor ending with a figure."))
        return prefix


class AnewForm(forms.Form):
    """To whom the invoice should have been made, and what was wrong."""

    name = forms.CharField(label=_("Buyer"), max_length=160, widget=UnfoldAdminTextInputWidget)
    line1 = forms.CharField(
        label=_("Street and number"), max_length=160, required=False, widget=UnfoldAdminTextInputWidget
    )
    line2 = forms.CharField(
        label=_("Building, floor, door"), max_length=160, required=False, widget=UnfoldAdminTextInputWidget
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False, widget=UnfoldAdminTextInputWidget)
    city = forms.CharField(label=_("City"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget)
    country = forms.CharField(label=_("Country"), max_length=2, widget=UnfoldAdminTextInputWidget)
    siren = forms.CharField(label=_("SIREN"), max_length=20, required=False, widget=UnfoldAdminTextInputWidget)
    vat_number = forms.CharField(
        label=_("VAT number"), max_length=20, required=False, widget=UnfoldAdminTextInputWidget
    )
    reason = forms.CharField(label=_("What was wrong"), max_length=200, widget=UnfoldAdminTextInputWidget)

    clean_country = CompanyForm.clean_country
    clean_siren = CompanyForm.clean_siren
    clean_vat_number = CompanyForm.clean_vat_number

    @classmethod
    def of(cls, buyer: Party) -> dict[str, str]:
        """What stands there now."""
        return {name: getattr(buyer, name) for name in cls.base_fields if name != "reason"}

    def party(self, before: Party) -> Party:
        """The buyer as it should be; what this form does not ask stays."""
        return replace(before, **{name: value for name, value in self.cleaned_data.items() if name != "reason"})


def checked_siren(text: str) -> str:
    """A SIREN without blanks. Raises ValidationError."""
    number = "".join(text.split())
    if number and not siren.is_valid(number):
        raise forms.ValidationError(_("A SIREN has nine figures, the last of which checks the others: look again."))
    return number


def checked_vat(text: str) -> str:
    """A VAT number without blanks. Raises ValidationError."""
    number = "".join(text.split()).upper().replace(".", "")
    if number and not vat.is_valid(number):
        raise forms.ValidationError(_("This is no VAT number of the Union, such as FR44732829320."))
    return number


class MonthForm(forms.Form):
    """Which month's files."""

    month = forms.DateField(
        label=_("Files of the month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month", "class": "ac-field"}),
    )
