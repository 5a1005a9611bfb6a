"""Texts that know the language they are written in."""

from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings


class Written(str):
    """A text with its language, which is not the page's where nobody translated it: readers aloud must be told."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Self:
        one = super().__new__(cls, text)
        one.language = language
        return one

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.language)


def written(translations: Mapping[str, Any] | None, language: str, field: str, otherwise: str) -> Written:
    """A field's translation if there is one, else what is written in the main language."""
    said = (translations or {}).get(language, {}).get(field)
    return Written(str(said), language) if said else Written(str(otherwise or ""), settings.LANGUAGE_CODE)
