"""Forms of the books."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDateWidget,
    UnfoldAdminTextInputWidget,
)

from accounting import services
from accounting.models import Extract, Journal
from altazion.lib.problems import Refused


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
