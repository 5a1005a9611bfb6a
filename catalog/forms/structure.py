"""Segments, and lists of products by pasted codes."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.office import lock_fields
from catalog import rules
from catalog.models import Segment, Selection
from catalog.selectors.office import segment_choices

WRITTEN = {"code", "name", "slug", "kind", "importance", "position", "intro", "image"}


class SegmentForm(forms.ModelForm):
    """A segment and the place where it hangs."""

    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), required=False, max_length=120, widget=widgets.UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Segment
        fields = ("code", "name", "slug", "parent", "kind", "importance", "position", "intro", "image")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("name_en", (self.instance.translations or {}).get("en", {}).get("name", ""))
        if "slug" in self.fields:
            self.fields["slug"].required = False
        lock_fields(self, self.instance.fed_fields or [], self.instance.source)

    def clean_importance(self) -> int:
        """0 to 999."""
        value = self.cleaned_data["importance"]
        if value > 999:
            raise forms.ValidationError(_("Importance goes from 0 to 999."))
        return int(value)

    def clean_parent(self) -> Segment | None:
        """Neither itself nor one below, and not deeper than six levels."""
        parent: Segment | None = self.cleaned_data["parent"]
        if parent is None:
            return None
        if self.instance.pk and self.instance.pk in parent.path:
            raise forms.ValidationError(_("A segment cannot hang below itself."))
        if parent.level >= rules.MAX_LEVEL:
            raise forms.ValidationError(_("The tree has at most %(levels)d levels.") % {"levels": rules.MAX_LEVEL})
        return parent

    def changes(self) -> dict[str, Any]:
        """What to write, as `catalog.services.save_segment` takes it (without the parent)."""
        names = [*self.changed_data, *(("code", "name") if not self.instance.pk else ())]
        changed = {name: self.cleaned_data[name] for name in names if name in WRITTEN}
        if "name_en" in self.changed_data:
            translations = dict(self.instance.translations or {})
            english = {**translations.get("en", {}), "name": self.cleaned_data["name_en"]}
            changed["translations"] = {**translations, "en": {k: v for k, v in english.items() if v}}
        return changed


class ReplacementForm(forms.Form):
    """Where the products of a removed segment go."""

    replacement = forms.ChoiceField(
        label=gettext_lazy("Its products go to"), required=False, widget=widgets.UnfoldAdminSelect2Widget
    )

    def __init__(self, segment: Segment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [choice for choice in segment_choices() if choice[0] != str(segment.pk)]
        self.fields["replacement"].choices = [("", "—"), *others]  # type: ignore[attr-defined]

    def chosen(self) -> Segment | None:
        """The segment named, if one is."""
        pk = self.cleaned_data["replacement"]
        return Segment.objects.get(pk=pk) if pk else None


class PasteForm(forms.ModelForm):
    """A selection, with a box for many SKUs or references at once."""

    paste = forms.CharField(
        label=gettext_lazy("Add products"),
        required=False,
        help_text=gettext_lazy("Paste SKUs or EANs, separated by spaces, commas or lines."),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 4}),
    )

    class Meta:
        model = Selection
        fields = ("code", "name", "group", "description")

    def words(self) -> list[str]:
        """The codes pasted."""
        return [word for word in re.split(r"[\s,;]+", self.cleaned_data.get("paste") or "") if word]
