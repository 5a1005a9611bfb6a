"""Attributes, the values of lists, and who is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from catalog.forms.english import InEnglish
from catalog.models import Attribute, AttributeOption, AttributeUse


class AttributeForm(InEnglish):
    """A definition with its English name."""

    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), required=False, max_length=120, widget=widgets.UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Attribute
        fields = (
            "name",
            "code",
            "type",
            "unit",
            "group",
            "position",
            "is_public",
            "is_facet",
            "is_differentiating",
            "is_copied",
        )


class OptionForm(InEnglish):
    """A value of a list; the code comes from the label when none is given."""

    word = "label"
    label_en = forms.CharField(
        label=gettext_lazy("Label in English"),
        required=False,
        max_length=200,
        widget=widgets.UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = AttributeOption
        fields = ("label", "code", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        if self.instance.pk:
            self.fields["code"].disabled = True  # products carry it


class UseForm(forms.ModelForm):
    """A family or a segment whose products are asked."""

    class Meta:
        model = AttributeUse
        fields = ("attribute", "family", "segment", "position")

    def clean(self) -> dict[str, Any]:
        """Exactly one of both."""
        cleaned = super().clean() or {}
        if {"family", "segment"} <= self.fields.keys() and bool(cleaned.get("family")) == bool(cleaned.get("segment")):
            raise forms.ValidationError(_("Choose a family or a segment."))
        return cleaned
