"""Texts in other languages beside those of the main one, in any Office form of a model with `translations`.

What is kept: {"en": {"name": …}}. What is shown: the reader's language, else the main one, else nothing.
"""

import copy
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def reading() -> str:
    """The language of who reads, as translations are kept: "en"."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def said_in(translations: Any, field: str, main: str) -> str:
    """A text in the active language, else in the main one."""
    return str((translations or {}).get(reading(), {}).get(field) or main)


class Spoken:
    """For a model with `name`, `description` and `translations`: what its reader reads."""

    name: Any
    description: Any
    translations: Any

    def said(self, field: str) -> str:
        """A text in the active language, else in the main one."""
        return said_in(self.translations, field, getattr(self, field))

    @property
    def shown_name(self) -> str:
        return self.said("name")

    @property
    def shown_description(self) -> str:
        return self.said("description")


class TranslatedForm(forms.ModelForm):
    """A form whose class came from `with_translations`: for each text one field more per other language."""

    translated_names: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.translations or {}
        main = get_language_info(settings.LANGUAGE_CODE)["name_translated"].lower()
        for language in OTHERS:
            said = get_language_info(language)["name_translated"].lower()
            for name in self.translated_names:
                field = self.fields.get(f"{name}_{language}")
                if field is None:
                    continue
                self.initial.setdefault(f"{name}_{language}", kept.get(language, {}).get(name, ""))
                above = self.fields[name].label if name in self.fields else field.label or name
                field.label = _("%(field)s (%(language)s)") % {"field": str(above).capitalize(), "language": said}
                field.help_text = _("Empty: what is written in %(language)s is shown.") % {"language": main}
                field.widget.attrs["lang"] = language
                field.widget.attrs["placeholder"] = str(getattr(self.instance, name, "") or "")[:200]

    def clean(self) -> dict[str, Any]:
        """The translations stand ready on the instance for whoever saves it plainly."""
        cleaned = super().clean() or {}
        if self.translations_changed():
            self.instance.translations = self.translations(cleaned)
        return cleaned

    def translations_changed(self) -> bool:
        """True if a text of another language was typed over."""
        names = {f"{name}_{language}" for name in self.translated_names for language in OTHERS}
        return bool(names.intersection(self.changed_data))

    def translations(self, cleaned: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
        """All translations of the instance with those of the form; empty ones are left out."""
        values = self.cleaned_data if cleaned is None else cleaned
        merged: dict[str, dict[str, Any]] = {}
        for language in OTHERS:
            texts = dict((self.instance.translations or {}).get(language, {}))
            typed = {name: f"{name}_{language}" for name in self.translated_names if f"{name}_{language}" in values}
            texts |= {name: values[field] for name, field in typed.items()}
            merged[language] = {name: text for name, text in texts.items() if text}
        others = {code: texts for code, texts in (self.instance.translations or {}).items() if code not in OTHERS}
        return {code: texts for code, texts in {**others, **merged}.items() if texts}


def with_translations(**texts: forms.Field) -> type[TranslatedForm]:
    """A base class for a ModelForm: each named text may be written in the other languages too.

    Give a form field for each; it is copied for each language. Names of the form: `name_en`.
    """
    fields = {f"{name}_{language}": copy.deepcopy(field) for name, field in texts.items() for language in OTHERS}
    return type("TranslatedFields", (TranslatedForm,), {**fields, "translated_names": tuple(texts)})


def name_and_description() -> type[TranslatedForm]:
    """`with_translations` for what has a name of 100 characters and a description of 200 (`Spoken`)."""
    return with_translations(
        name=forms.CharField(required=False, max_length=100, widget=UnfoldAdminTextInputWidget),
        description=forms.CharField(required=False, max_length=200, widget=UnfoldAdminTextInputWidget),
    )


def side_by_side(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Rows of a fieldset: each text beside its translations."""
    return [(name, *(f"{name}_{language}" for language in OTHERS)) for name in names]
