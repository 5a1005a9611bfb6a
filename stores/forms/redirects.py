"""A redirect written by hand, and a list of them in a CSV file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.problems import Refused
from stores import services
from stores.models import FormerAddress, SalesChannel

MOST_BYTES = 5 * 1024 * 1024
OLD = {"old", "from", "ancienne", "ancienne adresse", "source"}
NEW = {"new", "to", "nouvelle", "nouvelle adresse", "target", "cible"}


class RedirectForm(forms.ModelForm):
    """Two addresses as a browser shows them."""

    old = forms.CharField(
        label=gettext_lazy("Old address"),
        max_length=500,
        help_text=gettext_lazy("/old-shop/marvel.htm, or /en/… for the English shop. What follows a ? is ignored."),
        widget=widgets.UnfoldAdminTextInputWidget,
    )
    new = forms.CharField(
        label=gettext_lazy("New address"),
        max_length=500,
        help_text=gettext_lazy("A page of the shop: /s/marvel/. When its address changes, the old one follows."),
        widget=widgets.UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = FormerAddress
        fields = ("channel",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "channel" in self.fields:
            self.fields["channel"].required = False
            self.fields["channel"].empty_label = _("every channel")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Both must make sense together; the reason stands at the one at fault."""
        cleaned = super().clean() or {}
        if cleaned.get("old") and cleaned.get("new"):
            try:
                services.read_redirect(cleaned["old"], cleaned["new"])
            except Refused as refusal:
                self.add_error(refusal.field or None, refusal.message)
        return cleaned


class RedirectListForm(forms.Form):
    """A CSV file of old and new addresses."""

    file = forms.FileField(label=gettext_lazy("CSV file"), widget=widgets.UnfoldAdminFileFieldWidget)
    channel = forms.ModelChoiceField(
        SalesChannel.objects.all(),
        label=gettext_lazy("Channel"),
        required=False,
        empty_label=gettext_lazy("every channel"),
        widget=widgets.UnfoldAdminSelectWidget,
    )

    def clean_file(self) -> str:
        """Its text, UTF-8 or Windows; refused when it holds none of the two columns."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("At most 5 MB."))
        content = file.read()
        if b"\0" in content:
            raise forms.ValidationError(_("This is not a CSV file."))
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
        heading = [cell.strip().lower() for cell in next(csv.reader(io.StringIO(text), delimiter=_separator(text)), [])]
        if not OLD.intersection(heading) or not NEW.intersection(heading):
            raise forms.ValidationError(_("The first line must name the columns “old” and “new”."))
        return str(text)

    def rows(self) -> Iterator[dict[str, str]]:
        """Each row as `old` and `new`."""
        text: str = self.cleaned_data["file"]
        lines = csv.reader(io.StringIO(text), delimiter=_separator(text))
        heading = [cell.strip().lower() for cell in next(lines)]
        old = next(place for place, name in enumerate(heading) if name in OLD)
        new = next(place for place, name in enumerate(heading) if name in NEW)
        for cells in lines:
            yield {
                "old": cells[old] if old < len(cells) else "",
                "new": cells[new] if new < len(cells) else "",
            }


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(";,\t", key=first.count)
