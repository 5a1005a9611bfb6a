"""What is typed about stores: opening hours day by day, as people write them."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.office import lock_fields
from stores import rules
from stores.models import Store

WRITTEN = (
    "code",
    "name",
    "zone",
    "address",
    "postcode",
    "city",
    "country",
    "phone",
    "email",
    "latitude",
    "longitude",
    "welcome",
    "offers_pickup",
    "takes_payment",
)
WRONG = {
    "order": gettext_lazy("A span ends before it starts."),
    "overlap": gettext_lazy("Two spans overlap."),
}
DAYS = {
    1: gettext_lazy("Monday"),
    2: gettext_lazy("Tuesday"),
    3: gettext_lazy("Wednesday"),
    4: gettext_lazy("Thursday"),
    5: gettext_lazy("Friday"),
    6: gettext_lazy("Saturday"),
    7: gettext_lazy("Sunday"),
}


def _day(day: int) -> forms.CharField:
    widget = widgets.UnfoldAdminTextInputWidget({"placeholder": "9:30-12:30, 14:00-19:00"})
    return forms.CharField(label=capfirst(DAYS[day]), required=False, widget=widget)


class StoreForm(forms.ModelForm):
    """A store with one line of hours per day: "9:30-12:30, 14:00-19:00"."""

    day_1, day_2, day_3, day_4 = _day(1), _day(2), _day(3), _day(4)
    day_5, day_6, day_7 = _day(5), _day(6), _day(7)

    class Meta:
        model = Store
        fields = WRITTEN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.hours if isinstance(self.instance.hours, dict) else {}
        for day in DAYS:
            spans = stored.get(str(day), [])
            self.initial[f"day_{day}"] = ", ".join(f"{span[0]}-{span[1]}" for span in spans)
        fed = set(self.instance.fed_fields or [])
        lock_fields(self, fed | ({f"day_{day}" for day in DAYS} if "hours" in fed else set()), self.instance.source)

    def clean(self) -> dict[str, Any]:
        """Read the days; say at the day what cannot be read."""
        cleaned = super().clean() or {}
        hours: dict[str, Any] = {}
        for day in DAYS:
            try:
                if spans := rules.parse_day(cleaned.get(f"day_{day}") or ""):
                    hours |= rules.write_hours(rules.read_hours({str(day): spans}))
            except ValueError as error:
                word = str(error.args[0])
                self.add_error(f"day_{day}", WRONG.get(word) or _("Write it like 9:30-12:30, 14:00-19:00"))
        cleaned["hours"] = hours
        return cleaned

    def clean_country(self) -> str:
        """Two letters."""
        country: str = (self.cleaned_data["country"] or "").upper()
        if len(country) != 2 or not country.isalpha():
            raise forms.ValidationError(_("Two letters, like FR."))
        return country

    def changes(self) -> dict[str, Any]:
        """What was changed, as `stores.services.save_store` takes it."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name in WRITTEN}
        if any(name.startswith("day_") for name in self.changed_data):
            changed["hours"] = self.cleaned_data["hours"]
        return changed
