"""Keeping the sets of listings true: in the transaction that writes entries, only the rows that the change touches."""

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from pyroaring import BitMap

from discovery.rules import BITS, CHUNK, LOWEST_RANK, PRICE_STEPS, Kind
from discovery.services import set_statements as s

MANY = 5_000  # listings from which on all sets of a channel are read at once
WHOLE = -1
Key = tuple[str, int, int]  # kind, number, slot


def remember_held() -> None:
    """Before entries are written: note the sets that hold a listing of `reindex_touched`."""
    with connection.cursor() as sql:
        sql.execute(s.HELD, {"steps": PRICE_STEPS})


def follow(versions: dict[int, int]) -> None:
    """After entries were written: bring the sets of the touched listings up to date. versions: channel → number."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT channel_id, string_agg(int4send(listing_id::int), ''::bytea) FROM reindex_touched GROUP BY 1"
        )
        touched = {channel: BitMap(numbers(ids, "I")) for channel, ids in sql.fetchall()}
    wanted = wanted_sets() if touched else {}
    for channel, listings in sorted(touched.items()):
        write(channel, _difference(channel, listings, wanted.get(channel, {})), versions[channel])


def wanted_sets() -> dict[int, dict[Key, BitMap]]:
    """What entries say of the listings of `reindex_touched`: channel → set → listings."""
    found: dict[int, dict[Key, BitMap]] = defaultdict(dict)
    with connection.cursor() as sql:
        sql.execute(s.SETS, {"steps": PRICE_STEPS})
        while rows := sql.fetchmany(500):
            for channel, kind, number, slot, ids in rows:
                found[channel][kind, number, slot] = BitMap(numbers(ids, "I"))
        sql.execute(s.ORDERS, {"lowest": LOWEST_RANK})
        for channel, ids, *columns in sql.fetchall():
            listings = numbers(ids, "I")
            for kind, column in zip(BITS, columns, strict=True):
                found[channel] |= _bits(kind, listings, numbers(column, "q"))
    return found


def stored_sets(channel: int, chunks: Iterable[int], keys: Iterable[Key] | None) -> dict[tuple[Key, int], BitMap]:
    """The rows of some sets (and of those held before) or of all, by set and chunk."""
    known = {(kind, number) for kind, number, _slot in keys or ()}
    parameters: dict[str, Any] = {
        "channel": channel,
        "chunks": list(chunks),
        "everything": keys is None,
        "bits": list(BITS),
        "kinds": [kind for kind, _number in known],
        "numbers": [number for _kind, number in known],
    }
    with connection.cursor() as sql:
        sql.execute(s.STORED, parameters)
        return {((kind, number, slot), chunk): BitMap.deserialize(ids) for kind, number, slot, chunk, ids in sql}


def rows_that_differ(channel: int, wanted: dict[Key, BitMap]) -> dict[tuple[Key, int], BitMap]:
    """Of all sets of a channel the rows that are not as entries want them, as they should be."""
    with connection.cursor() as sql:
        sql.execute("SELECT DISTINCT chunk FROM discovery_listingset WHERE channel_id = %s", [channel])
        chunks = {row[0] for row in sql.fetchall()}
    every = BitMap.union(*wanted.values()) if wanted else BitMap()
    chunks.update(pk >> CHUNK for pk in every)
    stored = stored_sets(channel, chunks, None)
    cut = in_chunks(wanted, chunks)
    either = stored.keys() | cut.keys()
    return {at: should for at in either if (should := cut.get(at, BitMap())) != stored.get(at, BitMap())}


def in_chunks(wanted: dict[Key, BitMap], chunks: Iterable[int]) -> dict[tuple[Key, int], BitMap]:
    """The same in pieces of a row's size."""
    masks = {chunk: BitMap(range(chunk << CHUNK, (chunk + 1) << CHUNK)) for chunk in chunks}
    return {(key, chunk): part for key, ids in wanted.items() for chunk, mask in masks.items() if (part := ids & mask)}


def _difference(channel: int, listings: BitMap, wanted: dict[Key, BitMap]) -> dict[tuple[Key, int], BitMap]:
    """The rows as they should be, where they are not."""
    chunks = {pk >> CHUNK for pk in listings}
    stored = stored_sets(channel, chunks, None if len(listings) > MANY else wanted)
    cut = in_chunks(wanted, chunks)
    changed = {}
    for place in stored.keys() | cut.keys():
        before = stored.get(place)
        after = (before - listings if before is not None else BitMap()) | cut.get(place, BitMap())
        if after != before:
            changed[place] = after
    return changed


def write(channel: int, rows: dict[tuple[Key, int], BitMap], version: int) -> None:
    places = sorted(rows)
    with connection.cursor() as sql:
        for start in range(0, len(places), 1000):
            some = places[start : start + 1000]
            columns: dict[str, Any] = {
                "kinds": [kind for (kind, _number, _slot), _chunk in some],
                "numbers": [number for (_kind, number, _slot), _chunk in some],
                "slots": [slot for (_kind, _number, slot), _chunk in some],
                "chunks": [chunk for _key, chunk in some],
                "ids": [rows[place].serialize() for place in some],
            }
            sql.execute(s.WRITE, {**columns, "channel": channel, "version": version})


def _bits(kind: Kind, listings: "array[int]", values: "array[int]") -> dict[Key, BitMap]:
    """One set per bit that any of the values has."""
    found = {}
    for bit in range(max(values, default=0).bit_length()):
        mask = 1 << bit
        found[str(kind), bit, WHOLE] = BitMap([pk for pk, value in zip(listings, values, strict=True) if value & mask])
    return found


def numbers(raw: Any, code: str) -> "array[int]":
    """What int4send (code I) or int8send (q) wrote: PostgreSQL sends numbers with the most significant byte first."""
    numbers = array(code, bytes(raw))
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
