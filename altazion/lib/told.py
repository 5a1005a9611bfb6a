"""Sentences that are written once and told again to each reader in their language.

`told` and `told_many` stand where gettext stood, under the names that collecting words knows (`_`, `ngettext`). What
comes is the sentence in the language of the moment; its `kept`, JSON, is the sentence before it was translated, with
what was filled in. `tell` says it again.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext, ngettext

Kept = dict[str, Any]


class Told(str):
    """A sentence in the language of the moment; `kept` tells it again in another."""

    __slots__ = ("kept",)
    kept: Kept

    def __new__(cls, text: str, kept: Kept) -> "Told":
        one = super().__new__(cls, text)
        one.kept = kept
        return one

    def __mod__(self, values: Any) -> "Told":
        return Told(str(self) % values, {**self.kept, "with": _plain(values)})


def told(pattern: str) -> Told:
    """As gettext; `%` fills in."""
    return Told(gettext(pattern), {"say": pattern})


def told_many(one: str, many: str, number: int) -> Told:
    """As ngettext; `%` fills in."""
    return Told(ngettext(one, many, number), {"say": one, "many": many, "number": number})


def join(parts: Iterable[str], between: str = " ", end: str = "") -> Told:
    """Several sentences, or parts of one, as one."""
    every = list(parts)
    return Told(between.join(every) + end, {"all": _plain(every), "between": between, "end": end})


def kept_of(text: str) -> Kept | None:
    """What tells a text again; None for one that is only a text."""
    return text.kept if isinstance(text, Told) else None


def tell(kept: Kept | None, otherwise: str) -> str:
    """A kept sentence in the language of the moment; what it was at first where it cannot be told again."""
    if not kept:
        return otherwise
    try:
        return _say(kept)
    except (KeyError, TypeError, ValueError, IndexError):  # a pattern of another release
        return otherwise


def _plain(value: Any) -> Any:
    if isinstance(value, Told):
        return value.kept
    if isinstance(value, dict):
        return {"each": {str(name): _plain(one) for name, one in value.items()}}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | float) else str(value)


def _say(kept: Any) -> Any:
    if not isinstance(kept, dict):
        return kept
    if "all" in kept:
        return kept["between"].join(str(_say(one)) for one in kept["all"]) + kept["end"]
    pattern = ngettext(kept["say"], kept["many"], kept["number"]) if "many" in kept else gettext(kept["say"])
    if "with" not in kept:
        return pattern
    given = kept["with"]
    if isinstance(given, list):
        return pattern % tuple(_say(one) for one in given)
    if isinstance(given, dict) and "each" in given:
        return pattern % {name: _say(one) for name, one in given["each"].items()}
    return pattern % _say(given)
