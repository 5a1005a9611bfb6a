"""Translations that files bring: as columns of their rows, or as a file of their own (annex A)."""

import json
from typing import Any

from django.conf import settings

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from altazion.lib.text import safe_html
from catalog.loaders.events import BRANDS, FACETS, SEGMENTS, tell
from catalog.selectors.addresses import LANGUAGES

WORK = "load_translations"
#: type of the file: (table, text, longest, event, what the event is about)
KINDS = {
    "SEGMT": ("catalog_segment", "name", 120, SEGMENTS, "segment"),
    "MARQU": ("catalog_brand", "name", 120, BRANDS, "brand"),
    "ATTRT": ("catalog_attribute", "name", 120, FACETS, "attribute"),
    "ATVAL": ("catalog_attributeoption", "label", 200, FACETS, "attribute"),
    "CRITR": ("catalog_criterion", "name", 120, FACETS, "criterion"),
}


def merged(old: str, new: str) -> str:
    """SQL: translations with those of a file laid over them, text by text. To be formatted (braces are doubled)."""
    languages = f"(SELECT jsonb_object_keys({old}) UNION SELECT jsonb_object_keys({new})) l (word)"
    both = f"coalesce({old} -> l.word, '{{{{}}}}') || coalesce({new} -> l.word, '{{{{}}}}')"
    return f"coalesce((SELECT jsonb_object_agg(l.word, {both}) FROM {languages}), '{{{{}}}}')"


def reject_odd(stage: Stage, work: str) -> None:
    """Refuse translations that are not texts by language."""
    if stage.has("translations"):
        said = "CASE WHEN jsonb_typeof(w.translations) = 'object' THEN w.translations ELSE '{{}}' END"
        inside = f"EXISTS (SELECT 1 FROM jsonb_each({said}) e WHERE jsonb_typeof(e.value) <> 'object')"
        odd = f"jsonb_typeof(w.translations) <> 'object' OR {inside}"
        stage.reject(work, "translations", "not_json", value="w.translations::text", where=odd)


def clean_pages(stage: Stage, table: str, key: str, fields: tuple[str, ...]) -> None:
    """Take out of the HTML of a working table's rows, translations included, whatever could act."""
    given = [name for name in fields if stage.has(name)]
    for name in given:
        rows = stage.rows(f"SELECT {key}, {name} FROM {table} WHERE {name} LIKE '%%<%%'")
        stage.run(
            f"UPDATE {table} w SET {name} = n.text FROM unnest(%(keys)s::bigint[], %(texts)s::text[]) AS n (key, text)"
            f" WHERE w.{key} = n.key",
            keys=[row[0] for row in rows],
            texts=[safe_html(row[1]) for row in rows],
        )
    if stage.has("translations"):
        for pk, words in stage.rows(
            f"SELECT {key}, translations::text FROM {table} WHERE translations::text LIKE '%%<%%'"
        ):
            stage.run(
                f"UPDATE {table} SET translations = %(words)s::jsonb WHERE {key} = %(pk)s",
                words=_json(_clean(json.loads(words), fields)),
                pk=pk,
            )


def _clean(words: Any, fields: tuple[str, ...]) -> Any:
    return {
        language: {
            name: safe_html(text) if name in fields and isinstance(text, str) else text for name, text in texts.items()
        }
        for language, texts in words.items()
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def merge_translations(context: LoadContext) -> LoadResult:
    """Write names of segments, brands, attributes, values of lists and criteria in other languages.

    Refused: unknown types and codes, languages that are not spoken here, and the main one, whose names the other files
    bring. An empty name takes the translation away.
    """
    with Stage(context) as stage:
        stage.work_table(
            WORK,
            "SELECT s.row_number, upper(s.type) AS type, s.code, lower(left(btrim(s.language), 2)) AS language,"
            " s.language AS said, {value_code} AS value_code, btrim(coalesce({name}, '')) AS name,"
            " NULL::bigint AS thing, NULL::jsonb AS words FROM {staged} s"
            " WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)",
            {"value_code": stage.column("value_code", "text"), "name": stage.column("name", "text")},
        )
        main = settings.LANGUAGE_CODE[:2]
        stage.reject(WORK, "language", "main_language", value="w.said", where="w.language = %(main)s", main=main)
        strange = "NOT w.language = ANY(%(languages)s::text[])"
        stage.reject(WORK, "language", "unknown_language", value="w.said", where=strange, languages=list(LANGUAGES))
        stage.reject(
            WORK,
            "value_code",
            "required",
            value="''",
            where="w.type = 'ATVAL' AND coalesce(w.value_code, '') = ''",
        )
        for kind in KINDS:
            _find(stage, kind)
        stage.reject(WORK, "code", "unknown_code", value="w.code", where="w.thing IS NULL")
        same = "o.type = w.type AND o.thing = w.thing AND o.language = w.language AND o.row_number < w.row_number"
        twice = f"EXISTS (SELECT 1 FROM {WORK} o WHERE {same})"
        stage.reject(WORK, "code", "duplicate_key", value="w.code", where=twice)
        total = stage.number(f"SELECT count(*) FROM {WORK}")
        written = [_write(stage, kind) for kind in KINDS]
        new, changed = sum(one[0] for one in written), sum(one[1] for one in written)
        tell(stage)
        return LoadResult(new=new, changed=changed, unchanged=total - new - changed, rejected=stage.rejected())


def _find(stage: Stage, kind: str) -> None:
    table, _column, longest, *_rest = KINDS[kind]
    where, also = "t.code = w.code", ""
    if kind == "ATVAL":
        also, where = "JOIN catalog_attribute a ON a.id = t.attribute_id", "a.code = w.code AND t.code = w.value_code"
    stage.run(
        f"UPDATE {WORK} w SET thing = found.id, words = found.words FROM (SELECT w.row_number, t.id,"
        f" coalesce(t.translations, '{{{{}}}}') AS words FROM {table} t {also} JOIN {WORK} w ON {where}"
        " WHERE w.type = %(kind)s) found WHERE found.row_number = w.row_number",
        kind=kind,
    )
    long = "w.type = %(kind)s AND length(w.name) > %(longest)s"
    stage.reject(WORK, "name", "too_long", value="w.name", where=long, kind=kind, longest=longest)


def _write(stage: Stage, kind: str) -> tuple[int, int]:
    """(texts that are new, texts that differ) of one type."""
    table, column, _longest, event, subject = KINDS[kind]
    old = f"w.words -> w.language ->> '{column}'"
    fresh = stage.number(
        f"SELECT count(*) FROM {WORK} w WHERE w.type = %(kind)s AND w.name <> '' AND ({old}) IS NULL", kind=kind
    )
    stage.work_table(
        "load_words",
        "SELECT w.thing, jsonb_object_agg(w.language, CASE WHEN w.name = '' THEN coalesce(w.words -> w.language,"
        f" '{{{{}}}}') - '{column}' ELSE coalesce(w.words -> w.language, '{{{{}}}}')"
        f" || jsonb_build_object('{column}', w.name) END) AS said, count(*) AS many FROM {WORK} w"
        f" WHERE w.type = %(kind)s AND coalesce({old}, '') <> w.name GROUP BY 1",
        kind=kind,
    )
    many = stage.number("SELECT sum(many) FROM load_words")
    touched = "t.attribute_id" if kind == "ATVAL" else "t.id"
    at = ", changed_at = %(at)s" if kind in ("SEGMT", "MARQU") else ""
    ids = stage.ids(
        f"UPDATE {table} t SET translations = coalesce(t.translations, '{{{{}}}}') || w.said{at}"
        f" FROM load_words w WHERE t.id = w.thing RETURNING {touched}"
    )
    stage.note(event, subject, ids)
    return fresh, many - fresh
