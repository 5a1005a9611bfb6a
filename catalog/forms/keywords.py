"""Keywords, their categories, and the products that a keyword finds."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from altazion.lib.text import plain
from catalog.models import Keyword, KeywordCategory


class InEnglish(forms.ModelForm):
    """A name with its English beside it."""

    name_en = forms.CharField(
        label=gettext_lazy("In English"), required=False, max_length=120, widget=widgets.UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("name_en", (self.instance.translations or {}).get("en", {}).get("name", ""))

    def clean(self) -> dict[str, Any]:
        """The translation goes with the rest."""
        cleaned = super().clean() or {}
        english = {"name": cleaned.get("name_en")} if cleaned.get("name_en") else {}
        others = {code: words for code, words in (self.instance.translations or {}).items() if code != "en"}
        self.instance.translations = {**others, **({"en": english} if english else {})}
        return cleaned


class KeywordCategoryForm(InEnglish):
    """A kind of keyword."""

    class Meta:
        model = KeywordCategory
        fields = ("name", "code", "is_facet", "position")


class KeywordForm(InEnglish):
    """A keyword, with a box for many SKUs or references at once."""

    paste = forms.CharField(
        label=gettext_lazy("Add products"),
        required=False,
        help_text=gettext_lazy("Paste SKUs or EANs, separated by spaces, commas or lines."),
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 3}),
    )

    class Meta:
        model = Keyword
        fields = ("name", "category")

    def clean_name(self) -> str:
        """Something to search for."""
        name = str(self.cleaned_data["name"])
        if not plain(name):
            raise forms.ValidationError(_("A keyword needs at least a letter or a digit."))
        return name

    def words(self) -> list[str]:
        """The codes pasted."""
        return [word for word in re.split(r"[\s,;]+", self.cleaned_data.get("paste") or "") if word]
