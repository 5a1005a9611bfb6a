"""Words and links that several pages of the catalogue share."""

from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from altazion.lib.office import badge
from catalog.enums import importance_word
from stores.ports import Found, Target, address_book

TONES = ((900, "good"), (300, "info"), (100, "none"), (0, "warn"))


def importance_badge(number: int) -> SafeString:
    """The word for an importance, its number as a hint and behind it."""
    tone = next(tone for step, tone in TONES if number >= step)
    star = "★ " if number >= TONES[0][0] else ""
    return badge(f"{star}{importance_word(number)} · {number}", tone, str(number))


def page_address(kind: str, thing: Any) -> str:
    """Where shoppers find it, from the host's first slash; "" when it has no page."""
    target = Target(kind, thing.pk)
    found = address_book().paths_of([target], settings.LANGUAGE_CODE)[target]
    return "" if found is None else f"/{found}"


def search_results(kind: str, thing: Any) -> list[Found]:
    """How search engines may show it, in each language."""
    return address_book().found_as(Target(kind, thing.pk))
