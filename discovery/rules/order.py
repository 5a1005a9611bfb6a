"""The first listings of a set by numbers that are kept bit by bit: one bitmap says of which listings a bit is set.

Twenty intersections give page one hundred of a million listings; nothing is sorted but the page itself.
"""

from collections.abc import Sequence

from pyroaring import BitMap, FrozenBitMap

Some = BitMap | FrozenBitMap
Slice = tuple[Some, bool]  # listings whose bit is set; whether those come before the others


def first(listings: Some, slices: Sequence[Slice], start: int, size: int) -> list[int]:
    """The listings at the places start … start + size, by the slices from the most significant, then newest first."""
    if start >= len(listings) or size <= 0:
        return []
    page = _leading(listings, slices, start + size) - _leading(listings, slices, start)
    return sorted(page, key=lambda pk: ([(pk in bit) != leads for bit, leads in slices], -pk))


def _leading(listings: Some, slices: Sequence[Slice], number: int) -> Some:
    """The first `number` listings, as a set."""
    if number >= len(listings):
        return listings
    sure, open_ = BitMap(), listings
    for bit, leads in slices:
        ahead = open_ & bit if leads else open_ - bit
        room = number - len(sure)
        if len(ahead) <= room:
            sure |= ahead
            open_ = open_ - ahead
        else:
            open_ = ahead
    room = number - len(sure)
    return sure | open_[len(open_) - room :] if room else sure
