"""Words in English beside those in French."""

from typing import Any

from django import forms

from altazion.lib.problems import Invalid


class InEnglish(forms.ModelForm):
    """A form with one English word kept in `translations`; `word` names the field it translates."""

    word = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (self.instance.translations or {}).get("en", {})
        self.initial.setdefault(f"{self.word}_en", english.get(self.word, ""))

    def translate(self) -> None:
        """Bring the English word into the instance."""
        if f"{self.word}_en" in self.changed_data:
            kept = dict(self.instance.translations or {})
            english = {**kept.get("en", {}), self.word: self.cleaned_data.get(f"{self.word}_en")}
            self.instance.translations = {**kept, "en": {key: value for key, value in english.items() if value}}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.translate()

    def add_refusal(self, refusal: Invalid) -> None:
        """What the domain says, at its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
