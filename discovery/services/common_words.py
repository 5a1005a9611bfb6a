"""Words that many entries hold are looked up as sets: looking at every entry that holds one takes too long.

Which words those are is counted when everything is rebuilt. A word stays common until it is half as frequent, so that
none comes and goes from night to night.
"""

from collections import defaultdict

from django.db import connection
from pyroaring import BitMap

from discovery.rules import CHUNK, SPOKEN, Kind
from discovery.services import set_statements as s
from discovery.services.sets import WHOLE, Key, in_chunks, numbers, write

COMMON = 500  # entries
COLUMNS = ("words_fr", "words_en")

_COUNTED = """
CREATE TEMPORARY TABLE reindex_common ON COMMIT DROP AS
SELECT %(channel)s::bigint AS channel_id, %(column)s::text AS "column", word, ndoc AS entries
  FROM ts_stat(%(vectors)s) WHERE ndoc >= %(least)s AND length(word) <= 250
"""
_ALSO = _COUNTED.replace("CREATE TEMPORARY TABLE reindex_common ON COMMIT DROP AS", "INSERT INTO reindex_common")
_FORGET = """
DELETE FROM discovery_commonword c
 WHERE NOT EXISTS (SELECT 1 FROM reindex_common n
                    WHERE n.channel_id = c.channel_id AND n."column" = c."column" AND n.word = c.word)
RETURNING id
"""
_FORGET_SETS = "DELETE FROM discovery_listingset WHERE kind = ANY(%(kinds)s) AND number = ANY(%(words)s::bigint[])"
_RECOUNT = """
UPDATE discovery_commonword c SET entries = n.entries FROM reindex_common n
 WHERE n.channel_id = c.channel_id AND n."column" = c."column" AND n.word = c.word AND n.entries <> c.entries
"""
_LEARN = """
INSERT INTO discovery_commonword (channel_id, "column", word, entries)
SELECT channel_id, "column", word, entries FROM reindex_common WHERE entries >= %(common)s
    ON CONFLICT (channel_id, "column", word) DO NOTHING
RETURNING id
"""


def learn_common_words(versions: dict[int, int]) -> None:
    """Find the common words of every channel and language; write the sets of the new ones. versions: channel → number.

    The sets of those that were common before are written with every change, like all others.
    """
    with connection.cursor() as sql:
        sql.execute("DROP TABLE IF EXISTS reindex_common")
        statement = _COUNTED
        for channel in versions:
            for column in COLUMNS:
                vectors = f"SELECT {column} FROM discovery_indexentry WHERE channel_id = {channel:d}"  # noqa: S608
                sql.execute(
                    statement, {"channel": channel, "column": column, "vectors": vectors, "least": max(COMMON // 2, 1)}
                )
                statement = _ALSO
        if statement is _COUNTED:
            return
        sql.execute(_FORGET)
        if gone := [row[0] for row in sql.fetchall()]:
            sql.execute(_FORGET_SETS, {"kinds": [str(kind) for kind in SPOKEN], "words": gone})
        sql.execute(_RECOUNT)
        sql.execute(_LEARN, {"common": COMMON})
        new = [row[0] for row in sql.fetchall()]
        sql.execute("DROP TABLE reindex_common")
        if new:
            sql.execute("ANALYZE discovery_commonword")
            _write(new, versions)


def _write(words: list[int], versions: dict[int, int]) -> None:
    """The sets of words that became common."""
    spoken: dict[int, dict[tuple[Kind, int], dict[int, BitMap]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(BitMap))
    )
    with connection.cursor() as sql:
        sql.execute(s.SLOTS)
        slots: dict[int, dict[int, BitMap]] = defaultdict(dict)
        for channel, slot, ids in sql.fetchall():
            slots[channel][slot] = BitMap(numbers(ids, "I"))
        sql.execute(s.WORDS, {"words": words})
        while rows := sql.fetchmany(500):
            for channel, word, slot, offered, named, ids in rows:
                listings = BitMap(numbers(ids, "I"))
                spoken[channel][Kind.WORD if offered else Kind.UNSEEN, word][slot] |= listings
                if offered and named:
                    spoken[channel][Kind.NAMED, word][slot] |= listings
    for channel, found in sorted(spoken.items()):
        wanted: dict[Key, BitMap] = {}
        for (kind, word), hits in found.items():
            cut = hits if kind == Kind.UNSEEN else _whole_and_part(hits, slots[channel])
            wanted.update({(str(kind), word, slot): listings for slot, listings in cut.items()})
        chunks = {pk >> CHUNK for pk in BitMap.union(*wanted.values())}
        write(channel, in_chunks(wanted, chunks), versions[channel])


def _whole_and_part(hits: dict[int, BitMap], slots: dict[int, BitMap]) -> dict[int, BitMap]:
    """Listings all of whose offered entries are hit, and slot by slot those of which some are."""
    listings = BitMap.union(*hits.values())
    torn = BitMap.union(*[(entries & listings) - hits.get(slot, BitMap()) for slot, entries in slots.items()])
    cut = {slot: some for slot, found in hits.items() if (some := found & torn)}
    return {**cut, WHOLE: whole} if (whole := listings - torn) else cut
