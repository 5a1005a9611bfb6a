"""Searches for words that many entries hold, answered by the sets of those words (`CommonWord`)."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection
from pyroaring import BitMap

from discovery.rules import NOTHING, SPOKEN, Entries, Kind
from discovery.selectors.snapshot import entries_of

_TOKEN = re.compile(r"'((?:[^'\\]|''|\\.)*)'|([&|()])")
_SETS = """
SELECT c.word, s.kind, s.slot, s.chunk, s.ids
  FROM discovery_commonword c
  LEFT JOIN discovery_listingset s ON s.channel_id = c.channel_id AND s.kind = ANY(%(kinds)s) AND s.number = c.id
 WHERE c.channel_id = %(channel)s AND c."column" = %(column)s AND c.word = ANY(%(words)s::varchar[])
"""


@dataclass(frozen=True)
class CommonHits:
    """What holds a search's words. unseen: listings of which an entry that is not offered holds them."""

    offered: Entries
    named: Entries
    unseen: Entries


def common_hits(tree: str, *, channel: int, column: str) -> CommonHits | None:
    """The entries of a text-search query of common words; None if one of them is none. One query.

    tree: a query as PostgreSQL writes it. Beginnings of words, weights and neighbourhood are not answered: None.
    """
    words = _words(tree)
    if not words:
        return None
    rows: dict[str, dict[str, dict[tuple[int, int], BitMap]]] = {}
    parameters: dict[str, Any] = {
        "channel": channel, "column": column, "words": sorted(words), "kinds": [str(kind) for kind in SPOKEN],
    }  # fmt: skip
    with connection.cursor() as sql:
        sql.execute(_SETS, parameters)
        for word, kind, slot, chunk, ids in sql.fetchall():
            held = rows.setdefault(word, defaultdict(dict))
            if kind is not None:  # a word that nothing says any more has no sets
                held[kind][slot, chunk] = BitMap.deserialize(bytes(ids))
    if words - rows.keys():
        return None
    offered, named, unseen = (
        _Reader(tree, {word: entries_of(rows[word].get(kind, {})) for word in words}).read()
        for kind in (Kind.WORD, Kind.NAMED, Kind.UNSEEN)
    )
    return CommonHits(offered, named, unseen)


def _words(tree: str) -> set[str]:
    """The words of a query of nothing but words, "and", "or" and brackets; empty for any other."""
    if _TOKEN.sub("", tree).strip():
        return set()
    return {_bare(found.group(1)) for found in _TOKEN.finditer(tree) if found.group(1) is not None}


def _bare(quoted: str) -> str:
    return quoted.replace("''", "'").replace("\\\\", "\\")


class _Reader:
    """Reads a query from left to right: "and" binds more tightly than "or"."""

    def __init__(self, tree: str, sets: dict[str, Entries]) -> None:
        self.tokens = list(_TOKEN.finditer(tree))
        self.sets = sets
        self.at = 0

    def read(self) -> Entries:
        return self._either()

    def _either(self) -> Entries:
        found = self._both()
        while self._takes("|"):
            found = found | self._both()
        return found

    def _both(self) -> Entries:
        found = self._one()
        while self._takes("&"):
            found = found & self._one()
        return found

    def _one(self) -> Entries:
        if self._takes("("):
            found = self._either()
            self._takes(")")
            return found
        if self.at >= len(self.tokens):
            return NOTHING
        word = self.tokens[self.at].group(1)
        self.at += 1
        return self.sets[_bare(word)] if word is not None else NOTHING

    def _takes(self, sign: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].group(2) == sign:
            self.at += 1
            return True
        return False
