"""Search in lanes: the exact code, then all words, then beginnings of words, and only when nothing fits, likely typing
mistakes by the catalogue's own words (features 3, complaint 25). Codes are never guessed at.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from altazion.lib.text import bare_code, unaccent
from stores.models import SalesChannel

CONFIGS = {"fr": ("altazion_fr", "words_fr"), "en": ("altazion_en", "words_en")}
FEW = 3  # fewer hits than this for whole words, and beginnings of words count as well
_WORD = re.compile(r"[a-z0-9]+")
_MOST_WORDS = 10


@dataclass
class TextMatch:
    """How a text is searched: an SQL condition and score over entries `e`, the lane taken, the words it was read as.

    lead: what goes before any score.
    """

    lane: str
    condition: str
    score: str
    parameters: dict[str, Any] = field(default_factory=dict)
    read_as: str = ""
    lead: str = "0"


def words_of(text: str) -> list[str]:
    """The words of a text without accents, at most ten."""
    return _WORD.findall(unaccent(text).lower())[:_MOST_WORDS]


def match(text: str, *, channel: SalesChannel, language: str) -> TextMatch:
    """Choose the lane for a text. One query; two when no product holds the words as typed."""
    config, column = CONFIGS.get(language, CONFIGS["fr"])
    words = words_of(text)
    parameters = {
        "channel": channel.pk,
        "text": text[:200],
        "starts": " & ".join(f"{word}:*" for word in words) or "",
        "reference": f"% {_like(bare_code(text)[:60])} %",
    }
    whole = f"plainto_tsquery('{config}', %(text)s)"
    starts = f"(to_tsquery('{config}', %(starts)s) || to_tsquery('simple', %(starts)s))"
    exact = "e.references_text LIKE %(reference)s"
    if not words:
        return TextMatch("none", "false", "0", {})
    coded, held, begun = _count([exact, f"e.{column} @@ {whole}", f"e.{column} @@ {starts}"], parameters)
    parameters.pop("channel")
    if coded:
        lead = f"CASE WHEN {exact} THEN 2 ELSE 0 END"
        found = f"({exact} OR e.{column} @@ {whole})"
        return TextMatch("reference", found, _score(column, whole), parameters, lead=lead)
    if held >= FEW or (held and held == begun):
        return TextMatch("words", f"e.{column} @@ {whole}", _score(column, whole), parameters)
    if begun or held:
        either = f"({whole} || {starts})"
        return TextMatch("beginnings", f"e.{column} @@ {either}", _score(column, either), parameters)
    return _by_likeness(words, config, column, channel)


def _count(conditions: list[str], parameters: dict[str, Any]) -> tuple[int, ...]:
    """How many entries each condition finds, counting no further than FEW."""
    parts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM discovery_indexentry e WHERE e.channel_id = %(channel)s AND {c}"  # noqa: S608
        f" LIMIT {FEW}) found)"
        for c in conditions
    ]
    with connection.cursor() as sql:
        sql.execute("SELECT " + ", ".join(parts), parameters)
        return tuple(sql.fetchone())


_ALIKE = """
SELECT asked.word, known.word
  FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked(word, place)
 CROSS JOIN LATERAL (
       SELECT l.word, similarity(l.word, asked.word) AS likeness, l.listings
         FROM discovery_lexeme l
        WHERE l.channel_id = %(channel)s AND (l.word = asked.word OR (length(asked.word) > 3 AND l.word %% asked.word))
        ORDER BY (l.word = asked.word) DESC, likeness DESC, l.listings DESC LIMIT 4
       ) known
 ORDER BY asked.place, known.likeness DESC, known.listings DESC
"""


def _by_likeness(words: list[str], config: str, column: str, channel: SalesChannel) -> TextMatch:
    alike: dict[str, list[str]] = {}
    with connection.cursor() as sql:
        sql.execute(_ALIKE, {"words": list(dict.fromkeys(words)), "channel": channel.pk})
        for asked, known in sql.fetchall():
            if asked not in alike.get(asked, []):
                alike.setdefault(asked, []).append(known)
    if not alike:
        return TextMatch("none", "false", "0", {})
    query = f"to_tsquery('{config}', %(alike)s)"
    return TextMatch(
        "alike",
        f"e.{column} @@ {query}",
        _score(column, query),
        {"alike": " & ".join(f"({' | '.join(found)})" for found in alike.values())},
        " ".join(alike[word][0] for word in dict.fromkeys(words) if word in alike),
    )


def _score(column: str, query: str) -> str:
    """Nearness of the text, lifted by what the merchandiser holds important: a star counts for much (COM-1)."""
    return f"ts_rank('{{0.05, 0.2, 0.5, 1.0}}', e.{column}, {query}) * (1 + e.rank / 100000.0)"


def _like(text: str) -> str:
    return text.replace("\\", "").replace("%", "").replace("_", "")
