"""Words of a product for one sales channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from catalog.models import ChannelText


class ChannelTextForm(forms.ModelForm):
    """The channel's words, English ones beside them; what is left empty is the product's own."""

    name_en = forms.CharField(
        label=_("Name in English"), required=False, max_length=250, widget=widgets.UnfoldAdminTextInputWidget
    )
    description_en = forms.CharField(
        label=_("Description in English"), required=False, widget=widgets.UnfoldAdminTextareaWidget({"rows": 3})
    )

    class Meta:
        model = ChannelText
        fields = ("channel", "name", "short_description", "description", "slug", "template", "searchable")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (self.instance.translations or {}).get("en", {})
        self.initial.setdefault("name_en", english.get("name", ""))
        self.initial.setdefault("description_en", english.get("description", ""))

    def clean(self) -> dict[str, Any]:
        """English words go where all languages are kept."""
        cleaned = super().clean() or {}
        english = {word: cleaned.get(f"{word}_en") or "" for word in ("name", "description")}
        kept = {**(self.instance.translations or {}).get("en", {}), **english}
        told = {word: text for word, text in kept.items() if text}
        self.instance.translations = (
            {**(self.instance.translations or {}), "en": told}
            if told
            else {language: words for language, words in (self.instance.translations or {}).items() if language != "en"}
        )
        return cleaned
