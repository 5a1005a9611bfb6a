"""What a set of listings may have in common."""

from decimal import Decimal
from enum import StrEnum

# Lower bounds of the price ranges that are counted, in the channel's currency with tax.
PRICE_STEPS = [0, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 5000]
CHUNK = 16  # bits of a listing's number that a row of a set covers


class Kind(StrEnum):
    """Kinds of sets; their `number` is the id of what is shared, a price step, or a bit of a number to sort by.

    A set SLOT holds the entries of one slot, so that what a set does not hold can be told. Of a common word, WORD holds
    the offered entries that say it, NAMED those that say it in their name, UNSEEN the entries that are not offered and
    say it.
    """

    ALL = "all"
    SLOT = "slot"
    STOCK = "stock"
    FACET = "facet"
    SEGMENT = "segment"
    SELECTION = "selection"
    PLACE = "place"
    STEP = "step"
    RANK = "rank"
    PRICE = "price"
    NEW = "new"
    WORD = "word"
    NAMED = "named"
    UNSEEN = "unseen"


SPOKEN = (Kind.WORD, Kind.NAMED, Kind.UNSEEN)  # read when they are searched for
BITS = (Kind.RANK, Kind.PRICE, Kind.NEW)
LOWEST_RANK = -1000  # ranks are kept from here up: bits know no sign


def step_bounds(step: int) -> tuple[Decimal | None, Decimal | None]:
    """From … below of a counted price range; step 0 lies below the first bound, the last has no end."""
    low = Decimal(PRICE_STEPS[step - 1]) if step else None
    return low, Decimal(PRICE_STEPS[step]) if step < len(PRICE_STEPS) else None
