"""What a person types about a campaign."""

from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
)

from altazion.lib.translating import with_translations
from campaigns.models import Campaign
from stores.models import SalesChannel, Store

_LABEL = forms.CharField(required=False, max_length=60, widget=UnfoldAdminTextInputWidget)


class CampaignForm(with_translations(public_label=_LABEL)):  # type: ignore[misc]
    """Dates as two instants: the start counts, the end is the first instant that does not."""

    starts = forms.SplitDateTimeField(
        label=gettext_lazy("Starts"), required=False, widget=UnfoldAdminSplitDateTimeWidget()
    )
    ends = forms.SplitDateTimeField(
        label=gettext_lazy("Ends before"), required=False, widget=UnfoldAdminSplitDateTimeWidget()
    )

    class Meta:
        model = Campaign
        fields = ("code", "name", "public_label", "channels", "selection", "percent_off")
        widgets = {"channels": UnfoldAdminCheckboxSelectMultipleWidget()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        during = self.instance.during if self.instance.pk else None
        if during is not None:
            self.initial.setdefault("starts", during.lower)
            self.initial.setdefault("ends", during.upper)

    def clean(self) -> dict[str, Any]:
        """The range from its two ends; an open end is allowed."""
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end must come after the start."))
        else:
            self.instance.during = DateTimeTZRange(starts, ends)
        return data


class PreviewForm(forms.Form):
    """For which channel, store and instant prices are previewed; `percent_off` comes from the form above, unsaved."""

    at = forms.DateTimeField(
        label=gettext_lazy("Prices at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "cp-input"}),
    )
    channel = forms.ModelChoiceField(
        SalesChannel.objects.filter(active=True),
        label=gettext_lazy("on"),
        required=False,
        empty_label=None,
        widget=forms.Select(attrs={"class": "cp-input"}),
    )
    store = forms.ModelChoiceField(
        Store.objects.filter(archived=False),
        label=gettext_lazy("in"),
        required=False,
        empty_label=gettext_lazy("no store chosen"),
        widget=forms.Select(attrs={"class": "cp-input"}),
    )
    percent_off = forms.DecimalField(required=False, min_value=0, max_value=100, widget=forms.HiddenInput)
