"""Attribute values of a file: definitions guessed for codes nobody defined, values brought to their type."""

from altazion.lib.staging import Stage
from altazion.lib.text import slug
from catalog.enums import AttributeType
from catalog.loaders.article_rows import WORK
from catalog.loaders.names import free_word

NUMBER = r"^[+-]?[0-9]{1,15}([.,][0-9]+)?$"
#: kind → what its text must look like, why a row is refused otherwise
SHAPES = {
    AttributeType.DATE: (r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "not_a_date"),
    AttributeType.URL: (r"^https?://[^/[:space:]]+[^[:space:]]*$", "bad_address"),
}
MOST_FACET_VALUES = 60
_STATISTICS = f"""
SELECT a.key, count(DISTINCT v.value), count(*), max(length(v.value)),
       bool_and(v.value ~ %(number)s), bool_and(jsonb_typeof(a.value) = 'boolean')
FROM {WORK} w, jsonb_each(w.attributes) a, LATERAL (SELECT a.value #>> '{{{{}}}}' AS value) v
WHERE a.key = ANY(%(codes)s::text[]) GROUP BY a.key
"""


LONGEST = 250


def prepare_attributes(stage: Stage) -> list[str]:
    """Define what is new, refuse values that cannot be what their definition says, bring the others to their type.

    Returns the codes of texts that are longer than a text should be: they are kept.
    """
    codes = stage.words(
        f"SELECT DISTINCT k.key FROM {WORK} w, jsonb_object_keys(w.attributes) AS k (key)"
        " WHERE k.key NOT LIKE '%%@%%' ORDER BY 1"
    )
    if not codes:
        return []
    known = dict(
        stage.rows("SELECT code, type FROM catalog_attribute WHERE code = ANY(%(codes)s::text[])", codes=codes)
    )
    if missing := [code for code in codes if code not in known]:
        known |= _define(stage, missing)
    for code, kind in sorted(known.items()):
        if kind == AttributeType.NUMBER:
            _refuse_words(stage, code)
        elif kind == AttributeType.BOOLEAN:
            _booleans(stage, code)
        elif kind == AttributeType.LIST:
            _options(stage, code)
        elif kind in SHAPES:
            _shaped(stage, code, *SHAPES[kind])
    _as_numbers(stage, [code for code, kind in known.items() if kind == AttributeType.NUMBER])
    texts = [code for code, kind in sorted(known.items()) if kind == AttributeType.TEXT]
    return stage.words(
        f"SELECT DISTINCT a.key FROM {WORK} w, jsonb_each_text(w.attributes) a WHERE a.key = ANY(%(codes)s::text[])"
        " AND length(a.value) > %(longest)s ORDER BY 1",
        codes=texts,
        longest=LONGEST,
    )


def _define(stage: Stage, codes: list[str]) -> dict[str, str]:
    position = stage.number("SELECT coalesce(max(position), 0) FROM catalog_attribute")
    kinds: dict[str, str] = {}
    for row in sorted(stage.rows(_STATISTICS, codes=codes, number=NUMBER)):
        code, distinct, total, longest, numeric, boolean = row
        kind = _guess(longest, numeric=numeric, boolean=boolean)
        kinds[code] = kind
        few = 2 <= distinct <= MOST_FACET_VALUES and distinct * 2 <= total and longest <= 60
        position += 1
        stage.run(
            'INSERT INTO catalog_attribute (code, name, type, "group", unit, is_public, is_facet, is_differentiating,'
            " position, translations) VALUES (%(code)s, %(name)s, %(kind)s, '', '', true, %(facet)s, false,"
            " %(position)s, '{{}}') ON CONFLICT DO NOTHING",
            code=code[:60],
            name=code.replace("_", " ").replace("-", " ").strip().capitalize()[:120] or code,
            kind=kind,
            facet=few and kind in (AttributeType.TEXT, AttributeType.BOOLEAN),
            position=position,
        )
    return kinds


def _guess(longest: int, *, numeric: bool, boolean: bool) -> str:
    if boolean:
        return AttributeType.BOOLEAN.value
    if numeric:
        return AttributeType.NUMBER.value
    return (AttributeType.LONG_TEXT if longest > 250 else AttributeType.TEXT).value


def _refuse_words(stage: Stage, code: str) -> None:
    """Refuse rows whose text is no number."""
    value = "(w.attributes ->> %(key)s)"
    text = f"w.attributes ? %(key)s AND jsonb_typeof(w.attributes -> %(key)s) <> 'number' AND {value}"
    stage.reject(
        WORK,
        f"attr:{code}",
        "not_a_number",
        value=value,
        where=f"{text} !~ %(number)s",
        key=code,
        number=NUMBER,
    )


def _as_numbers(stage: Stage, codes: list[str]) -> None:
    """Texts of all number attributes become numbers, each row written once."""
    if not codes:
        return
    texts = (
        "FROM jsonb_each(w.attributes) e WHERE e.key = ANY(%(codes)s::text[])"
        " AND jsonb_typeof(e.value) NOT IN ('number', 'null')"
    )
    stage.run(
        f"UPDATE {WORK} w SET attributes = w.attributes || (SELECT jsonb_object_agg(e.key,"
        f" replace(e.value #>> '{{{{}}}}', ',', '.')::numeric) {texts}) WHERE EXISTS (SELECT 1 {texts})",
        codes=codes,
    )


def _booleans(stage: Stage, code: str) -> None:
    value = "lower(w.attributes ->> %(key)s)"
    text = f"w.attributes ? %(key)s AND jsonb_typeof(w.attributes -> %(key)s) <> 'boolean' AND {value}"
    yes, no = ["true", "1", "yes", "oui", "vrai"], ["false", "0", "no", "non", "faux"]
    stage.reject(
        WORK,
        f"attr:{code}",
        "not_a_boolean",
        value="w.attributes ->> %(key)s",
        where=f"{text} <> ALL(%(words)s::text[])",
        key=code,
        words=[*yes, *no],
    )
    stage.run(
        f"UPDATE {WORK} w SET attributes = w.attributes || jsonb_build_object(%(key)s::text, {value} ="
        f" ANY(%(yes)s::text[]))"
        f" WHERE {text} IS NOT NULL",
        key=code,
        yes=yes,
    )


def _shaped(stage: Stage, code: str, shape: str, why: str) -> None:
    """Dates as 2026-12-31 and web addresses; an empty one is none."""
    value = "btrim(w.attributes ->> %(key)s)"
    stage.reject(
        WORK,
        f"attr:{code}",
        why,
        value="w.attributes ->> %(key)s",
        where=f"w.attributes ? %(key)s AND {value} <> '' AND {value} !~ %(shape)s",
        key=code,
        shape=shape,
    )


def _options(stage: Stage, code: str) -> None:
    """A list attribute keeps codes of options: labels become codes, unknown labels become options."""
    parts = (
        f"{WORK} w, LATERAL (SELECT btrim(p.part) AS part, p.place FROM unnest(string_to_array("
        "CASE jsonb_typeof(w.attributes -> %(key)s) WHEN 'array' THEN (SELECT string_agg(e, '|') FROM"
        " jsonb_array_elements_text(w.attributes -> %(key)s) e) ELSE w.attributes ->> %(key)s END, '|'))"
        " WITH ORDINALITY AS p (part, place)) p"
    )
    values = stage.words(
        f"SELECT DISTINCT p.part FROM {parts} WHERE w.attributes ? %(key)s AND p.part <> '' ORDER BY 1",
        key=code,
    )
    options = stage.rows(
        "SELECT o.code, o.label FROM catalog_attributeoption o JOIN catalog_attribute a ON a.id = o.attribute_id"
        " WHERE a.code = %(key)s",
        key=code,
    )
    known = {label.casefold(): option for option, label in options} | {option: option for option, _ in options}
    taken = {option for option, _ in options}
    new = [(free_word(slug(value, 100), taken, 120), value) for value in values if _of(known, value) is None]
    stage.run(
        "INSERT INTO catalog_attributeoption (attribute_id, code, label, position, translations)"
        " SELECT a.id, n.code, left(n.label, 200), %(start)s + n.place, '{{}}' FROM catalog_attribute a,"
        " unnest(%(codes)s::text[], %(labels)s::text[]) WITH ORDINALITY AS n (code, label, place) WHERE a.code"
        " = %(key)s",
        start=len(options),
        codes=[option for option, _ in new],
        labels=[label for _, label in new],
        key=code,
    )
    known |= {label.casefold(): option for option, label in new}
    stage.run(
        f"UPDATE {WORK} w SET attributes = w.attributes || jsonb_build_object(%(key)s::text, found.value) FROM ("
        " SELECT w.row_number, CASE WHEN count(*) = 1 THEN to_jsonb(min(o.code)) ELSE jsonb_agg(o.code ORDER BY"
        " p.place)"
        f" END AS value FROM {parts} JOIN unnest(%(values)s::text[], %(codes)s::text[]) AS o (label, code) ON"
        f" o.label = p.part"
        " WHERE w.attributes ? %(key)s GROUP BY w.row_number) found WHERE found.row_number = w.row_number",
        key=code,
        values=values,
        codes=[_of(known, value) for value in values],
    )


def _of(known: dict[str, str], value: str) -> str | None:
    return known.get(value) or known.get(value.casefold())
