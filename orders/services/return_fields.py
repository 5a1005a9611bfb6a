"""Returns as the fields of a page say them, for the shop and for Office."""

from typing import Any

from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from orders.enums import ReturnReason
from orders.services.returns import Came, Wanted


def read_wanted(said: Any) -> dict[int, Wanted]:
    """What comes back, from fields `units_3`, `reason_3`. Raises Invalid for what is no number."""
    found = {}
    for name in said:
        head, _under, position = str(name).partition("_")
        if head == "units" and position.isdecimal() and len(position) < 6:
            units = _units(said.get(name))
            found[int(position)] = Wanted(units, said.get(f"reason_{position}") or ReturnReason.NONE.value)
    return found


def read_came(said: Any) -> dict[int, Came]:
    """What came, from fields `good_3`, `damaged_3`, `accepted_3`. Raises Invalid for what is no number."""
    found = {}
    for name in said:
        head, _under, position = str(name).partition("_")
        if head == "good" and position.isdecimal() and len(position) < 6:
            accepted = str(said.get(f"accepted_{position}", "")).strip()
            found[int(position)] = Came(
                good=_units(said.get(name)),
                damaged=_units(said.get(f"damaged_{position}")),
                accepted=_units(accepted) if accepted else None,
            )
    return found


def _units(text: Any) -> int:
    text = str(text or "0").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise Invalid(_("Give a whole number of units."), field="lines")
    return int(text)
