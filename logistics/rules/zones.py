"""Areas of delivery: countries and beginnings of postcodes, without Django.

One area a line: `FR` is a country, `FR 20 98` what begins so in it, `FR -20` the country without that.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"^-?[0-9A-Z]{1,8}$")


class BadArea(ValueError):
    """A line that names no area; `line` as it was written."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Area:
    """A country, or what in it begins so and does not begin so."""

    country: str
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def holds(self, country: str, postcode: str, *, surely: bool = False) -> bool:
        """Does the address lie here? Without a postcode it may lie in any part of the country, surely only in all."""
        if country != self.country:
            return False
        code = plain(postcode)
        if not code:
            return not (surely and self.within)
        return not code.startswith(self.without) and (not self.within or code.startswith(self.within))


def areas(text: str) -> list[Area]:
    """The areas that a text names, a line each. Raises BadArea for a line that names none."""
    return [_area(line) for line in text.splitlines() if line.strip()]


def _area(line: str) -> Area:
    country, *words = line.upper().replace(",", " ").split()
    if not re.fullmatch("[A-Z]{2}", country) or not all(_WORD.match(word) for word in words):
        raise BadArea(line.strip())
    within = tuple(word for word in words if not word.startswith("-"))
    return Area(country, within, tuple(word[1:] for word in words if word.startswith("-")))


def lies_in(found: Iterable[Area], country: str, postcode: str, *, surely: bool = False) -> bool:
    """Does one of the areas hold the address, or may it, while the postcode is not known?"""
    return any(area.holds(country, postcode, surely=surely) for area in found)


def plain(postcode: str) -> str:
    """A postcode without spaces and dashes, in capitals."""
    return re.sub(r"[\s-]", "", postcode).upper()
