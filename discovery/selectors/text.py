"""Search in lanes: the exact code, then a keyword's own products, then all words with their synonyms, then beginnings
of words, and behind those, when they are few, likely typing mistakes by the catalogue's own words. Codes are never
guessed at.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from altazion.lib.text import bare_code, plain, unaccent
from discovery.selectors.synonyms import synonyms_of, term
from stores.models import SalesChannel

CONFIGS = {"fr": ("altazion_fr", "words_fr"), "en": ("altazion_en", "words_en")}
FEW = 4  # fewer listings than this (a row of tiles) are few: beginnings of words, then likely words are searched, too
_CODED = "e.references_text LIKE %(reference)s"
_LOOKED_AT = 200  # entries, to know whether listings are few
LONGEST = 200
KEYWORD_LIFT = 4  # a keyword among other words counts so many times
_WORD = re.compile(r"[a-z0-9]+")
_MOST_WORDS = 10


@dataclass
class TextMatch:
    """How a text is searched: an SQL condition and score over entries `e`, the lane taken.

    read_as: the likely words that were searched instead (lane "alike") or behind the few listings that hold the words
    as typed. lead: what goes before any score. keywords, synonyms: what the words also meant. query: the text-search
    query of the words, in SQL; tree: the same as PostgreSQL writes it, if the words are all there is to it. For those
    who ask why, terms: each word with the term that finds it in `column` under `config`.
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
    query: str = ""
    tree: str = ""
    config: str = "altazion_fr"
    column: str = "words_fr"


def words_of(text: str) -> list[str]:
    """The words of a text without accents, at most ten."""
    return _WORD.findall(unaccent(text[:400]).lower())[:_MOST_WORDS]


def match(text: str, *, channel: SalesChannel, language: str, version: str = "", as_typed: bool = False) -> TextMatch:
    """Choose the lane for a text. One query, two when few products hold the words as typed; synonyms are kept.

    as_typed: no likely words.
    """
    config, column = CONFIGS.get(language, CONFIGS["fr"])
    words = words_of(text)
    if not words:
        return TextMatch("none", "false", "0", {})
    known = synonyms_of(channel, language, version)
    expanded, used = term(words, known)
    said: dict[str, Any] = {
        "text": expanded,
        "starts": " & ".join(f"{word}:*" for word in words),
        "reference": f"% {_like(bare_code(text)[:60])} %",
    }
    whole = f"to_tsquery('{config}', %(text)s)"
    starts = f"(to_tsquery('{config}', %(starts)s) || to_tsquery('simple', %(starts)s))"
    coded, held, begun, keywords, tree = _look(
        [_CODED, f"e.{column} @@ {whole}", f"e.{column} @@ {starts}"],
        {**said, "channel": channel.pk, "said": plain(text), "parts": _parts(words)},
        whole,
    )
    found = TextMatch(
        "words",
        f"e.{column} @@ {whole}",
        _score(column, whole),
        said,
        keywords=tuple(name for _number, name, _is_whole in keywords),
        synonyms=used,
        terms=tuple((word, term([word], known)[0]) for word in words),
        query=whole,
        tree=tree,
        config=config,
        column=column,
    )
    if lifted := [number for number, _name, is_whole in keywords if not is_whole]:
        said["lifted"] = lifted
        found.score += f" * CASE WHEN e.facets && %(lifted)s::int[] THEN {KEYWORD_LIFT} ELSE 1 END"
    own = [number for number, _name, is_whole in keywords if is_whole]
    if coded or own:
        return _led(found, bool(coded), own)
    if not begun and not held:
        return TextMatch("none", "false", "0", {}) if as_typed else _instead(_alike(words, channel), config, column)
    if begun > held and held < FEW:
        either = f"({whole} || {starts})"
        found = replace(
            found,
            lane="beginnings",
            condition=f"e.{column} @@ {either}",
            score=found.score.replace(whole, either),
            terms=tuple((word, f"{word}:*") for word in words),
            query=either,
            tree="",
        )
    if max(begun, held) >= FEW or as_typed:
        return found
    return _behind(found, words, _alike(words, channel))


def _led(found: TextMatch, is_coded: bool, own: list[int]) -> TextMatch:
    """What carries the very code goes first, then a keyword's own products, then what holds the words."""
    pinned = "e.facets && %(own)s::int[]" if own else "false"
    coded = _CODED if is_coded else "false"
    return replace(
        found,
        lane="reference" if is_coded else "keyword",
        tree="",
        condition=f"({coded} OR {pinned} OR {found.condition})",
        lead=f"CASE WHEN {coded} THEN 2 WHEN {pinned} THEN 1 ELSE 0 END",
        parameters={**found.parameters, **({"own": own} if own else {})},
    )


_KEYWORDS = """
SELECT COALESCE(json_agg(json_build_array(f.id, k.name, %(said)s = ANY(k.forms))), '[]')
  FROM catalog_keyword k
  JOIN catalog_keywordcategory c ON c.id = k.category_id
  JOIN discovery_facetvalue f ON f.attribute = 'kw-' || c.code AND f.value = k.code
 WHERE k.forms && %(parts)s::varchar[]
"""


def _look(
    conditions: list[str], parameters: dict[str, Any], query: str
) -> tuple[int, int, int, list[tuple[int, str, bool]], str]:
    """How many listings have the code, hold the words, hold beginnings of them (asked only when those are few), as far
    as it matters, the keywords among the words, and the query as PostgreSQL writes it.
    """
    coded, whole, starts = (
        "(SELECT count(DISTINCT listing_id) FROM (SELECT e.listing_id FROM discovery_indexentry e"  # noqa: S608 - ours
        f" WHERE e.channel_id = %(channel)s AND {condition} LIMIT {_LOOKED_AT}) found)"
        for condition in conditions
    )
    with connection.cursor() as sql:
        sql.execute(
            f"WITH held AS MATERIALIZED (SELECT {whole} AS n)"  # noqa: S608 - ours
            f" SELECT {coded}, held.n, CASE WHEN held.n < {FEW} THEN {starts} ELSE 0 END, ({_KEYWORDS}), {query}::text"
            "  FROM held",
            parameters,
        )
        has_code, held, begun, keywords, tree = sql.fetchone()
    return has_code, held, begun, [tuple(each) for each in keywords], tree


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


def _alike(words: list[str], channel: SalesChannel) -> dict[str, list[str]]:
    """Each word with the catalogue's words that it may be meant for, itself first if it is one. One query."""
    alike: dict[str, list[str]] = {}
    with connection.cursor() as sql:
        sql.execute(_ALIKE, {"words": list(dict.fromkeys(words)), "channel": channel.pk})
        for asked, known in sql.fetchall():
            if known not in alike.get(asked, []):
                alike.setdefault(asked, []).append(known)
    return alike


def _instead(alike: dict[str, list[str]], config: str, column: str) -> TextMatch:
    """Nobody holds the words: likely ones are searched instead; words that resemble nothing are dropped."""
    if not alike:
        return TextMatch("none", "false", "0", {})
    query = f"to_tsquery('{config}', %(alike)s)"
    return TextMatch(
        "alike",
        f"e.{column} @@ {query}",
        _score(column, query),
        {"alike": " & ".join(f"({' | '.join(found)})" for found in alike.values())},
        " ".join(found[0] for found in alike.values()),
        terms=tuple((found[0], " | ".join(found)) for found in alike.values()),
        query=query,
        config=config,
        column=column,
    )


def _behind(few: TextMatch, words: list[str], alike: dict[str, list[str]]) -> TextMatch:
    """A few hold the words as typed; those that hold likely words stand behind them, whatever their score.

    Words that the catalogue knows are not mistaken, and what only goes on like the word was found as its beginning.
    """
    others = {
        word: [word] if word in alike.get(word, []) else [w for w in alike.get(word, []) if not w.startswith(word)]
        for word in words
    }
    mistaken = {word: found for word, found in others.items() if found and found != [word]}
    if not mistaken:
        return few
    config, column = few.config, few.column
    parameters = {"alike": " & ".join(f"({' | '.join(others[word] or [word])})" for word in others)}
    query = f"to_tsquery('{config}', %(alike)s)"
    return replace(
        few,
        condition=f"({few.condition} OR e.{column} @@ {query})",
        lead=f"CASE WHEN {few.condition} THEN 1 ELSE 0 END",
        score=f"CASE WHEN {few.condition} THEN {few.score} ELSE {_score(column, query)} END",
        parameters={**few.parameters, **parameters},
        query=f"({few.query} || {query})",
        tree="",
        read_as=" ".join((others[word] or [word])[0] for word in others),
        terms=tuple((word, " | ".join([f"({said})", *mistaken.get(word, [])])) for word, said in few.terms),
    )


def _score(column: str, query: str) -> str:
    """Nearness of the text, lifted by what the merchandiser holds important: a star counts for much (COM-1)."""
    return f"ts_rank('{{0.05, 0.2, 0.5, 1.0}}', e.{column}, {query}) * (1 + e.rank / 100000.0)"


def _like(text: str) -> str:
    return text.replace("\\", "").replace("%", "").replace("_", "")
