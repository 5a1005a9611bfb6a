"""Segments, and lists of products by pasted codes."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.translating import with_translations
from catalog.forms.parts import Moment
from catalog.models import Brand, Family, Product, Segment, Selection
from catalog.services.selections import dates


class ReplacementForm(forms.Form):
    """Where the products of a removed segment go, and its address leads."""

    replacement = forms.ModelChoiceField(
        Segment.objects.filter(archived=False),
        label=gettext_lazy("Its products go to"),
        required=False,
        widget=AutocompleteSelect(Segment._meta.get_field("parent"), admin.site),  # noqa: SLF001
    )

    def __init__(self, segment: Segment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["replacement"]
        field.queryset = Segment.objects.filter(archived=False).exclude(pk=segment.pk)

    def chosen(self) -> Segment | None:
        """The segment named, if one is."""
        found: Segment | None = self.cleaned_data["replacement"]
        return found


class HeirForm(forms.Form):
    """Which brand the address of an archived one leads to."""

    replacement = forms.ModelChoiceField(
        Brand.objects.filter(archived=False),
        label=gettext_lazy("Its address leads to"),
        required=False,
        help_text=gettext_lazy("Empty: the page says that the brand is gone, and what is near."),
        widget=AutocompleteSelect(Product._meta.get_field("brand"), admin.site),  # noqa: SLF001
    )

    def __init__(self, brand: Brand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["replacement"]
        field.queryset = Brand.objects.filter(archived=False).exclude(pk=brand.pk)


_TITLE = forms.CharField(required=False, max_length=120, widget=widgets.UnfoldAdminTextInputWidget)


class PasteForm(with_translations(name=_TITLE)):  # type: ignore[misc]
    """A selection, with a box for many SKUs or references at once."""

    paste = forms.CharField(
        label=gettext_lazy("Add products"),
        required=False,
        help_text=gettext_lazy("Paste SKUs or EANs, separated by spaces, commas or lines."),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 4}),
    )

    starts = forms.DateTimeField(label=gettext_lazy("Shown from"), required=False, widget=Moment)
    ends = forms.DateTimeField(label=gettext_lazy("until"), required=False, widget=Moment)

    class Meta:
        model = Selection
        fields = ("code", "name", "group", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if during := self.instance.during:
            self.initial.update(starts=during.lower, ends=during.upper)

    def clean(self) -> dict[str, Any]:
        """The dates from their two ends; an open end is allowed."""
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end must come after the start."))
        elif "starts" in self.fields:
            self.instance.during = dates(starts, ends)
        return cleaned

    def words(self) -> list[str]:
        """The codes pasted."""
        return [word for word in re.split(r"[\s,;]+", self.cleaned_data.get("paste") or "") if word]


class FamilyForm(forms.ModelForm):
    """A family and the one above it."""

    class Meta:
        model = Family
        fields = ("code", "name", "parent")

    def clean_parent(self) -> Family | None:
        """Two levels: neither itself, nor one that stands below another, nor any for one that has some below."""
        parent: Family | None = self.cleaned_data["parent"]
        if parent is None:
            return None
        if parent.pk == self.instance.pk:
            raise forms.ValidationError(_("A family does not stand below itself."))
        if parent.parent_id:
            raise forms.ValidationError(
                _("Families have two levels: “%(name)s” stands below one already.") % {"name": parent}
            )
        if self.instance.pk and self.instance.children.exists():
            raise forms.ValidationError(
                _("Families have two levels: this one has families below it, so none stands above.")
            )
        return parent
