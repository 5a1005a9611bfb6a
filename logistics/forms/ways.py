"""What a person types about places, carriers and ways of delivery."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from altazion.lib.public_holidays import is_known
from altazion.lib.translating import name_and_description
from logistics.models import Carrier, DeliveryGroup, DeliveryMode, FulfilmentType, Place

DAYS = [
    ("1", gettext_lazy("Monday")), ("2", gettext_lazy("Tuesday")), ("3", gettext_lazy("Wednesday")),
    ("4", gettext_lazy("Thursday")), ("5", gettext_lazy("Friday")), ("6", gettext_lazy("Saturday")),
    ("7", gettext_lazy("Sunday")),
]  # fmt: skip


class WeekDaysField(forms.MultipleChoiceField):
    """Boxes to tick for the days of a week; gives and takes their digits, "12345"."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("error_messages", {"required": gettext_lazy("Tick at least one day.")})
        super().__init__(choices=DAYS, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **more)

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:  # type: ignore[override]
        return "".join(sorted(super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(list(initial or ""), data)


class PlaceForm(forms.ModelForm):
    """A place, the days on which it prepares, the holidays it keeps."""

    prepares_on = WeekDaysField(label=gettext_lazy("Prepares orders on"))

    class Meta:
        model = Place
        fields = (
            "kind",
            "code",
            "name",
            "store",
            "active",
            "wants_parcels",
            "may_send",
            "prepares_on",
            "preparation_days",
            "holidays",
            "priority",
            "parcel_cost",
            "latitude",
            "longitude",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"priority", "parcel_cost"} & self.fields.keys():  # who only looks has none
            self.fields[name].required = False

    def clean_priority(self) -> int:
        typed: int | None = self.cleaned_data["priority"]
        return int(self.instance.priority) if typed is None else typed

    def clean_parcel_cost(self) -> Any:
        typed = self.cleaned_data["parcel_cost"]
        return self.instance.parcel_cost if typed is None else typed

    def clean_holidays(self) -> str:
        region = str(self.cleaned_data["holidays"]).strip().upper()
        if region and not is_known(region):
            raise forms.ValidationError(_("No holidays are known for “%(region)s”.") % {"region": region})
        return region


class CarrierForm(forms.ModelForm):
    """A carrier and its days."""

    collects_on = WeekDaysField(label=gettext_lazy("Collects on"))
    carries_on = WeekDaysField(label=gettext_lazy("Days of transit"))
    delivers_on = WeekDaysField(label=gettext_lazy("Hands over on"))

    class Meta:
        model = Carrier
        fields = (
            "name", "code", "collects_on", "carries_on", "delivers_on", "works_on_holidays", "tracking_url", "active",
        )  # fmt: skip

    def clean_tracking_url(self) -> str:
        address = str(self.cleaned_data["tracking_url"]).strip()
        if address and (not address.startswith("https://") or "{number}" not in address):
            raise forms.ValidationError(_("An address that begins with https:// and holds {number}."))
        return address


class DeliveryGroupForm(name_and_description()):  # type: ignore[misc]
    """A heading; its name and description in every language."""

    class Meta:
        model = DeliveryGroup
        exclude = ("translations",)


class FulfilmentTypeForm(name_and_description()):  # type: ignore[misc]
    """A way of preparation; its name and description in every language."""

    class Meta:
        model = FulfilmentType
        exclude = ("translations",)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()


class DeliveryModeForm(name_and_description()):  # type: ignore[misc]
    """A delivery mode; its name and description in every language."""

    class Meta:
        model = DeliveryMode
        exclude = ("translations",)

    def clean(self) -> dict[str, Any]:
        """Bounds the right way round."""
        cleaned = super().clean()
        for low, high in _PAIRS:
            least, most = cleaned.get(low), cleaned.get(high)
            if least is not None and most is not None and most < least:
                self.add_error(high, _("%(most)s is less than %(least)s.") % {"most": most, "least": least})
        if cleaned.get("quota") == 0:
            self.add_error("quota", _("At least one, or empty; a mode that takes none is not active."))
        return cleaned


_PAIRS: Sequence[tuple[str, str]] = (
    ("min_weight_g", "max_weight_g"),
    ("min_value", "max_value"),
    ("min_days", "max_days"),
)


class OncePerMode(forms.BaseInlineFormSet):
    """Rows of a mode of which no two say the same; empty cells count as equal, as the database holds it."""

    told_apart_by: tuple[str, ...] = ()

    def clean(self) -> None:
        """The second of two equal rows is refused, in its own line."""
        super().clean()
        seen: set[tuple[Any, ...]] = set()
        for form in self.forms:
            if form.cleaned_data.get("DELETE") or (not form.has_changed() and not form.instance.pk):
                continue
            key = tuple(form.cleaned_data.get(name) for name in self.told_apart_by)
            if key in seen:
                form.add_error(None, _("A line above says the same."))
            seen.add(key)


class FeeLines(OncePerMode):
    """The fee table of a mode."""

    told_apart_by = ("zone", "up_to_weight_g", "from_value")


class ForbiddenGoods(OncePerMode):
    """Goods that a mode does not take."""

    told_apart_by = ("product", "family")
