"""A channel's sets of listings as a process keeps them: read once, then only what changed since.

A snapshot is never changed, so threads share it; the next version is a new one that shares what is equal.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db import connection
from pyroaring import BitMap

from discovery.models import ListingSet
from discovery.rules import NOTHING, SPOKEN, Entries, Kind, Slice

MOST_BYTES = 256 * 1024 * 1024  # of all channels that a process keeps, as they lie in the database
WHOLE = -1


@dataclass(frozen=True)
class FacetName:
    """A facet value as `FacetValue` has it."""

    attribute: str
    value: str
    label: str
    position: int
    translations: dict[str, Any]


@dataclass
class Snapshot:
    """What the index of a channel says at a version.

    number, named: of `IndexVersion`. transaction: of which it is, "" for what is committed.
    """

    number: int = 0
    named: int = -1
    transaction: str = ""
    bytes: int = 0
    rows: dict[tuple[str, int], dict[tuple[int, int], BitMap]] = field(default_factory=dict)
    sets: dict[tuple[str, int], Entries] = field(default_factory=dict)
    names: dict[int, FacetName] = field(default_factory=dict)
    facets: dict[str, list[int]] = field(default_factory=dict)  # attribute → its values, the most frequent first

    def entries(self, kind: Kind, number: int = 0) -> Entries:
        """The set of a kind; empty if there is none."""
        return self.sets.get((kind, number), NOTHING)

    def slices(self, kind: Kind, *, descending: bool) -> list[Slice]:
        """The bits of a number to sort by, most significant first."""
        highest = max((number for found, number in self.sets if found == kind), default=-1)
        return [(self.entries(kind, bit).whole, descending) for bit in range(highest, -1, -1)]

    def value_ids(self, attribute: str, values: Iterable[str]) -> list[int]:
        """The numbers of an attribute's values; those that nothing has are left out."""
        wanted = set(values)
        return [pk for pk in self.facets.get(attribute, []) if self.names[pk].value in wanted]


_KEPT: "OrderedDict[tuple[int, str], Snapshot]" = OrderedDict()
_LOCK = Lock()


def snapshot(version: str) -> Snapshot:
    """The sets of the channel that `version` (of `index_version`) is of. No query if the process has them."""
    channel, number, named, transaction = _parts(version)
    with _LOCK:
        kept = _KEPT.get((channel, transaction)) or _KEPT.get((channel, ""))
    if kept and kept.number == number and kept.named == named and kept.transaction in ("", transaction):
        return kept
    if kept and kept.number > number:
        kept = None if transaction else kept  # another thread is ahead: what it read is just as true
    if kept and kept.number > number:
        return kept
    made = _next(kept or Snapshot(), channel, number, named, transaction)
    with _LOCK:
        _KEPT[channel, transaction] = made
        _KEPT.move_to_end((channel, transaction))
        for other in [key for key in _KEPT if key[1] and key != (channel, transaction)]:
            del _KEPT[other]  # transactions end
        while sum(one.bytes for one in _KEPT.values()) > MOST_BYTES and len(_KEPT) > 1:
            _KEPT.popitem(last=False)
    return made


def _parts(version: str) -> tuple[int, int, int, str]:
    channel, number, named, transaction, _decided = version.split(".")
    return int(channel), int(number), int(named), transaction


def _next(old: Snapshot, channel: int, number: int, named: int, transaction: str) -> Snapshot:
    """The snapshot after what was written since."""
    rows, sets, size = dict(old.rows), dict(old.sets), old.bytes
    changed: dict[tuple[str, int], dict[tuple[int, int], BitMap]] = {}
    newest = number
    since = ListingSet.objects.filter(channel=channel, version__gt=old.number).exclude(kind__in=SPOKEN)
    columns = since.values_list("kind", "number", "slot", "chunk", "ids", "version")
    for kind, which, slot, chunk, ids, version in columns.iterator(2000):
        changed.setdefault((kind, which), {})[slot, chunk] = BitMap.deserialize(bytes(ids))
        size += len(ids)
        newest = max(newest, version)
    for key, parts in changed.items():
        rows[key] = {**rows.get(key, {}), **parts}
        sets[key] = entries_of(rows[key])
    names = _names(old.names if old.named == named else {}, sets)
    facets: dict[str, list[int]] = {}
    for pk, name in names.items():
        facets.setdefault(name.attribute, []).append(pk)
    for values in facets.values():
        values.sort(key=lambda pk: (-len(sets[Kind.FACET, pk].listings), pk))
    return Snapshot(newest, named, transaction, size, rows, sets, names, facets)


def entries_of(parts: dict[tuple[int, int], BitMap]) -> Entries:
    """A set from its rows: (slot, chunk) → listings."""
    by_slot: dict[int, list[BitMap]] = {}
    for (slot, _chunk), ids in parts.items():
        if ids:
            by_slot.setdefault(slot, []).append(ids)
    made = {slot: BitMap.union(*some) for slot, some in by_slot.items()}
    return Entries(made.pop(WHOLE, BitMap()), made)


def _names(known: dict[int, FacetName], sets: dict[tuple[str, int], Entries]) -> dict[int, FacetName]:
    """Names of the facet values that something has; one query if some are new or were named otherwise."""
    wanted = {number for kind, number in sets if kind == Kind.FACET}
    found = {pk: name for pk, name in known.items() if pk in wanted}
    unknown = wanted - found.keys()
    return {**found, **facet_names(unknown)} if unknown else found


def facet_names(numbers: Iterable[int]) -> dict[int, FacetName]:
    """Facet values as they are named now. One query."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT id, attribute, value, label, position, translations::text"
            "  FROM discovery_facetvalue WHERE id = ANY(%s)",
            [list(numbers)],
        )
        return {
            pk: FacetName(attribute, value, label, position, json.loads(words) if words != "{}" else {})
            for pk, attribute, value, label, position, words in sql.fetchall()
        }
