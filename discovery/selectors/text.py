"""Search in lanes: the exact code, then a keyword's own products, then all words with their synonyms, then beginnings
of words, and only when nothing fits, likely typing mistakes by the catalogue's own words. Codes are never guessed at.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from altazion.lib.text import bare_code, plain, unaccent
from discovery.selectors.synonyms import synonyms_of, term
from stores.models import SalesChannel

CONFIGS = {"fr": ("altazion_fr", "words_fr"), "en": ("altazion_en", "words_en")}
FEW = 3  # fewer hits than this for whole words, and beginnings of words count as well
LONGEST = 200
KEYWORD_LIFT = 4  # a keyword among other words counts so many times
_WORD = re.compile(r"[a-z0-9]+")
_MOST_WORDS = 10


@dataclass
class TextMatch:
    """How a text is searched: an SQL condition and score over entries `e`, the lane taken, the words it was read as.

    lead: what goes before any score. keywords, synonyms: what the words also meant. For those who ask why, terms: each
    word with the term that finds it in `column` under `config`.
    """

    lane: str
    condition: str
    score: str
    parameters: dict[str, Any] = field(default_factory=dict)
    read_as: str = ""
    lead: str = "0"
    keywords: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    config: str = "altazion_fr"
    column: str = "words_fr"


def words_of(text: str) -> list[str]:
    """The words of a text without accents, at most ten."""
    return _WORD.findall(unaccent(text[:400]).lower())[:_MOST_WORDS]


def match(text: str, *, channel: SalesChannel, language: str, version: str = "") -> TextMatch:
    """Choose the lane for a text. One query, two when no product holds the words as typed; synonyms are kept."""
    config, column = CONFIGS.get(language, CONFIGS["fr"])
    words = words_of(text)
    if not words:
        return TextMatch("none", "false", "0", {})
    known = synonyms_of(channel, language, version)
    expanded, used = term(words, known)
    parameters: dict[str, Any] = {
        "channel": channel.pk,
        "text": expanded,
        "starts": " & ".join(f"{word}:*" for word in words),
        "reference": f"% {_like(bare_code(text)[:60])} %",
        "said": plain(text),
        "parts": _parts(words),
    }
    whole = f"to_tsquery('{config}', %(text)s)"
    starts = f"(to_tsquery('{config}', %(starts)s) || to_tsquery('simple', %(starts)s))"
    exact = "e.references_text LIKE %(reference)s"
    coded, held, begun, keywords = _look([exact, f"e.{column} @@ {whole}", f"e.{column} @@ {starts}"], parameters)
    for name in ("channel", "said", "parts"):
        parameters.pop(name)
    own = [number for number, _name, is_whole in keywords if is_whole]
    lifted = [number for number, _name, is_whole in keywords if not is_whole]
    more: dict[str, Any] = {"keywords": tuple(name for _number, name, _is_whole in keywords), "synonyms": used,
                            "config": config, "column": column}  # fmt: skip
    more["terms"] = tuple((word, term([word], known)[0]) for word in words)
    parameters |= {"own": own} if own else {}
    pinned = "e.facets && %(own)s::int[]" if own else "false"
    if lifted:
        parameters["lifted"] = lifted

    def score(query: str) -> str:
        lift = f" * CASE WHEN e.facets && %(lifted)s::int[] THEN {KEYWORD_LIFT} ELSE 1 END" if lifted else ""
        return _score(column, query) + lift

    if coded:
        more["lead"] = f"CASE WHEN {exact} THEN 2 WHEN {pinned} THEN 1 ELSE 0 END"
        return TextMatch(
            "reference", f"({exact} OR {pinned} OR e.{column} @@ {whole})", score(whole), parameters, **more
        )
    if own:
        more["lead"] = f"CASE WHEN {pinned} THEN 1 ELSE 0 END"
        return TextMatch("keyword", f"({pinned} OR e.{column} @@ {whole})", score(whole), parameters, **more)
    if held >= FEW or (held and held == begun):
        return TextMatch("words", f"e.{column} @@ {whole}", score(whole), parameters, **more)
    if begun or held:
        more["terms"] = tuple((word, f"{word}:*") for word in words)
        either = f"({whole} || {starts})"
        return TextMatch("beginnings", f"e.{column} @@ {either}", score(either), parameters, **more)
    return _by_likeness(words, config, column, channel)


_KEYWORDS = """
SELECT COALESCE(json_agg(json_build_array(f.id, k.name, %(said)s = ANY(k.forms))), '[]')
  FROM catalog_keyword k
  JOIN catalog_keywordcategory c ON c.id = k.category_id
  JOIN discovery_facetvalue f ON f.attribute = 'kw-' || c.code AND f.value = k.code
 WHERE k.forms && %(parts)s::varchar[]
"""


def _look(conditions: list[str], parameters: dict[str, Any]) -> tuple[int, int, int, list[tuple[int, str, bool]]]:
    """How many entries each condition finds, counting no further than FEW, and the keywords that the words hold."""
    parts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM discovery_indexentry e WHERE e.channel_id = %(channel)s AND {c}"  # noqa: S608
        f" LIMIT {FEW}) found)"
        for c in conditions
    ]
    with connection.cursor() as sql:
        sql.execute("SELECT " + ", ".join([*parts, f"({_KEYWORDS})"]), parameters)
        coded, held, begun, keywords = sql.fetchone()
    return coded, held, begun, [tuple(each) for each in keywords]


def _parts(words: list[str]) -> list[str]:
    """Every run of neighbouring words, as keywords are written."""
    size = len(words)
    return [" ".join(words[start:end]) for start in range(size) for end in range(start + 1, min(size, start + 5) + 1)]


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
        terms=tuple((found[0], " | ".join(found)) for found in alike.values()),
        config=config,
        column=column,
    )


def _score(column: str, query: str) -> str:
    """Nearness of the text, lifted by what the merchandiser holds important: a star counts for much (COM-1)."""
    return f"ts_rank('{{0.05, 0.2, 0.5, 1.0}}', e.{column}, {query}) * (1 + e.rank / 100000.0)"


def _like(text: str) -> str:
    return text.replace("\\", "").replace("%", "").replace("_", "")
