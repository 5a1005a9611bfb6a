"""Slots of labels, labels with their rule, and labels given to a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from psycopg.types.range import TimestamptzRange
from unfold import widgets
from unfold.forms import PaginationInlineFormSet

from altazion.lib.problems import Invalid
from altazion.lib.translating import with_translations
from catalog.enums import LabelRule
from catalog.forms.parts import FedRow, Moment
from catalog.models import Attribute, FlagName, Label, LabelSlot, ProductLabel
from catalog.selectors.trade import flag_names
from catalog.services.labels import check_label


class Dated(forms.ModelForm):
    """`during` as two boxes: from, and until (not included)."""

    starts = forms.DateTimeField(label=gettext_lazy("from"), required=False, widget=Moment)
    ends = forms.DateTimeField(label=gettext_lazy("until"), required=False, widget=Moment)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if during := self.instance.during:
            self.initial.update(starts=during.lower, ends=during.upper)

    def clean(self) -> dict[str, Any]:
        """It ends after it starts."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts"), cleaned.get("ends")
        if start and end and start >= end:
            self.add_error("ends", _("It ends before it starts."))
        else:
            self.instance.during = TimestamptzRange(start, end) if start or end else None
        return cleaned


class ColourInput(forms.TextInput):
    """The browser's colour picker."""

    input_type = "color"

    def __init__(self) -> None:
        super().__init__({"class": "alz-colour"})


def _line() -> forms.CharField:
    return forms.CharField(required=False, max_length=80, widget=widgets.UnfoldAdminTextInputWidget)


def _long() -> forms.CharField:
    return forms.CharField(
        required=False, max_length=2000, label=gettext_lazy("explanation on the product page"),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 3}),
    )  # fmt: skip


class SlotForm(with_translations(name=_line())):  # type: ignore[misc]
    """A theme for labels."""

    class Meta:
        model = LabelSlot
        fields = ("name", "code", "display", "allows_several", "is_facet", "on_tiles", "position", "channels")


class MarkForm(with_translations(name=_line())):  # type: ignore[misc]
    """What a mark is called, and whether shoppers read it."""

    class Meta:
        model = FlagName
        fields = ("flag", "name", "in_shop")


class Checked(forms.ModelForm):
    """What the domain refuses is said at its field."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            check_label(self.instance)
        except Invalid as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, refusal.message)


class LabelForm(Checked, Dated, with_translations(name=_line(), text=_long())):  # type: ignore[misc]
    """A label with its look, its dates and its rule."""

    class Meta:
        model = Label
        fields = (
            "slot", "name", "code", "ground", "ink", "image", "text", "priority", "rule", "days", "attribute", "value",
            "selection", "flag",
        )  # fmt: skip
        widgets = {"ground": ColourInput, "ink": ColourInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, f"{name} ({code})") for code, name in Attribute.objects.values_list("code", "name")[:2000]]
        self.fields["attribute"] = forms.ChoiceField(
            choices=[("", "—"), *known], required=False, label=_("attribute"), widget=widgets.UnfoldAdminSelect2Widget
        )
        self.fields["flag"] = forms.TypedChoiceField(
            choices=[("", "—"), *flag_names().items()], required=False, label=_("mark"), coerce=int, empty_value=None,
            widget=widgets.UnfoldAdminSelectWidget,
        )  # fmt: skip
        self.fields["rule"].required = False
        self.fields["value"].help_text = _("For a value from a list: its code.")


class LabelRowForm(Checked):
    """A label as a line of its slot's page."""

    class Meta:
        model = Label
        fields = ("name", "code", "ground", "ink", "priority")
        widgets = {"ground": ColourInput, "ink": ColourInput}


class ProductLabelForm(Dated, FedRow):
    """A label given to a product, for a while or for good."""

    class Meta:
        model = ProductLabel
        fields = ("label", "position")

    def clean_position(self) -> int | None:
        """1 to 4: there is room for four on a tile."""
        place = self.cleaned_data["position"]
        if place is not None and not 1 <= place <= 4:
            raise forms.ValidationError(_("A place on tiles is 1, 2, 3 or 4."))
        return place  # type: ignore[no-any-return]


class ProductLabelFormSet(PaginationInlineFormSet):
    """No label twice."""

    def clean(self) -> None:
        """Compare rows with each other."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        living = [row["label"] for row in rows if not row.get("DELETE") and row.get("label")]
        if len(set(living)) < len(living):
            raise forms.ValidationError(_("A label is given twice."))


class ChooseLabelForm(forms.Form):
    """Which label many products get or lose."""

    label = forms.ModelChoiceField(
        Label.objects.select_related("slot"),
        label=pgettext_lazy("tag", "label"),
        widget=widgets.UnfoldAdminSelect2Widget,
        empty_label=None,
    )


__all__ = [
    "ChooseLabelForm",
    "LabelForm",
    "LabelRowForm",
    "LabelRule",
    "ProductLabelForm",
    "ProductLabelFormSet",
    "SlotForm",
]
