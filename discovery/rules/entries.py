"""Sets of index entries whose listings can be counted without looking at them one by one.

An entry is the n-th child of a listing; n is its slot. A set says which listings it holds with all their entries, and,
for the others, per slot, of which listings it holds that one. Sets in which every child agrees (a segment, a brand,
whatever a simple product has) are then one compressed bitmap of listings; only what children differ in costs more.
Intersection, union and "how many listings have one entry in both" are exact and run inside the bitmaps.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, reduce

from pyroaring import BitMap, FrozenBitMap

EMPTY = FrozenBitMap()


class Entries:
    """whole: listings with all their entries; part: slot → listings whose entry of that slot alone is meant.

    No listing is in both. Never changed after it was made, so that threads may share it.
    """

    def __init__(self, whole: BitMap | FrozenBitMap = EMPTY, part: Mapping[int, BitMap] | None = None) -> None:
        self.whole = whole
        self.part: Mapping[int, BitMap] = part or {}

    @cached_property
    def partly(self) -> BitMap | FrozenBitMap:
        """Listings of which some entries are in the set."""
        return BitMap.union(*self.part.values()) if self.part else EMPTY

    @cached_property
    def listings(self) -> BitMap | FrozenBitMap:
        """Listings of which at least one entry is in the set."""
        return self.whole | self.partly if self.part else self.whole

    def __len__(self) -> int:
        return len(self.whole) + len(self.partly)

    def __and__(self, other: "Entries") -> "Entries":
        part: dict[int, BitMap] = {}
        for slot, mine in self.part.items():
            found = mine & other.whole
            if theirs := other.part.get(slot):
                found = found | (mine & theirs)
            if found:
                part[slot] = found
        if self.whole:
            for slot, theirs in other.part.items():
                if here := theirs & self.whole:
                    part[slot] = part[slot] | here if slot in part else here
        return Entries(self.whole & other.whole, part)

    def __or__(self, other: "Entries") -> "Entries":
        whole = self.whole | other.whole
        part: dict[int, BitMap] = {}
        for slot in self.part.keys() | other.part.keys():
            both = [one.part[slot] for one in (self, other) if slot in one.part]
            if found := reduce(BitMap.__or__, both) - whole:
                part[slot] = found
        return Entries(whole, part)

    def without(self, listings: BitMap) -> "Entries":
        """The same, less all entries of these listings."""
        left = {slot: found for slot, mine in self.part.items() if (found := mine - listings)}
        return Entries(self.whole - listings, left)

    def less(self, other: "Entries", slots: Iterable["Entries"]) -> "Entries":
        """The same, less the entries of another set; `slots` say which entries there are."""
        part = {slot: mine - other.whole - other.part.get(slot, EMPTY) for slot, mine in self.part.items()}
        torn = self.whole & other.partly
        for one in slots if torn else ():
            for slot, there in one.part.items():
                left = (there & torn) - other.part.get(slot, EMPTY)
                part[slot] = part[slot] | left if slot in part else left
        return Entries(self.whole - other.listings, {slot: left for slot, left in part.items() if left})

    def common(self, other: "Entries") -> int:
        """How many listings have an entry that is in both sets."""
        number: int = self.whole.intersection_cardinality(other.listings)
        if self.part:
            number += self.partly.intersection_cardinality(other.whole)
            if other.part:
                fewer, more = sorted((self.part, other.part), key=len)
                both = [found for slot, mine in fewer.items() if slot in more and (found := mine & more[slot])]
                number += len(BitMap.union(*both)) if both else 0
        return number


NOTHING = Entries()


def union(sets: Iterable[Entries]) -> Entries:
    """Whatever is in one of them."""
    return reduce(Entries.__or__, sets, NOTHING)
