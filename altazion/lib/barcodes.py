"""Bars of a number, as shapes for a drawing: any scanner of a till reads them."""

from dataclasses import dataclass
from itertools import groupby

from barcode.codex import Code128

QUIET = 10  # modules left white on both sides


@dataclass(frozen=True)
class Bars:
    """Black bars as (left edge, width), and the width of the whole, in modules."""

    bars: list[tuple[int, int]]
    width: int


def code128(text: str) -> Bars:
    """The bars of a text in Code 128."""
    modules = "".join(Code128(text).build())
    bars, left = [], QUIET
    for colour, run in groupby(modules):
        width = len(list(run))
        if colour == "1":
            bars.append((left, width))
        left += width
    return Bars(bars, left + QUIET)
