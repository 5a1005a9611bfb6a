"""Words of addresses, language by language: what a thing is called there, and what a word names."""

from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, Q
from django.db.models.fields.json import KT

Thing = TypeVar("Thing", bound=Model)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def word_of(thing: Any, language: str) -> str:
    """The word of a segment, brand or product in its address; without a translation, that of the main language."""
    return str((thing.translations or {}).get(language, {}).get("slug") or thing.slug)


def named_so(model: type[Thing], word: str, language: str) -> Thing | None:
    """The thing (archived ones too) that a word names in a language, or would name in another. One query.

    Who compares `word_of` with the word knows whether it is the right one.
    """
    named = model._default_manager.annotate(own_word=KT(f"translations__{language}__slug"))  # noqa: SLF001
    others = {f"word_{code}": KT(f"translations__{code}__slug") for code in LANGUAGES if code != language}
    asked = Q(slug=word) | Q(own_word=word)
    for name in others:
        asked |= Q(**{name: word})
    found = list(named.annotate(**others).filter(asked).order_by("pk")[:5])
    right = [thing for thing in found if word_of(thing, language) == word]
    return next(iter([*right, *found]), None)
