"""What an export is asked for, and what comes of a thing that cannot go in."""

import datetime as dt
from dataclasses import dataclass

from stores.models import SalesChannel

Row = tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """Which rows, as of when. segment: the number of one whose products (below it too) are meant."""

    at: dt.datetime
    channel: SalesChannel | None = None
    segment: int | None = None
    only_validated: bool = True
    origin: str = ""
    language: str = "fr"


@dataclass(frozen=True)
class Refusal:
    """A thing that a feed's rules keep out: its key, the attribute at fault, a code of `formats.sentences`, a value."""

    sku: str
    field: str
    code: str
    value: str = ""
    name: str = ""
