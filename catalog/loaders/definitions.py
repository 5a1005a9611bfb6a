"""Attribute definitions and the values of lists, from the system that keeps them (a PIM, an ERP)."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.enums import AttributeType
from catalog.loaders.events import FACETS
from catalog.loaders.words import merged, reject_odd
from logbook.services import record_many

WORK, VALUES = "load_attributes", "load_attribute_values"
#: how files name types, besides our letters
TYPES = {
    "text": AttributeType.TEXT,
    "long_text": AttributeType.LONG_TEXT,
    "number": AttributeType.NUMBER,
    "yes_no": AttributeType.BOOLEAN,
    "date": AttributeType.DATE,
    "url": AttributeType.URL,
    "list": AttributeType.LIST,
}
TYPE_WORDS = (*TYPES, *(kind.value.lower() for kind in AttributeType))
_FIELDS = {
    "name": "text",
    "type": "text",
    "group": "text",
    "unit": "text",
    "is_public": "boolean",
    "is_facet": "boolean",
    "is_differentiating": "boolean",
    "position": "integer",
    "translations": "jsonb",
}
_DEFINED = """
SELECT s.row_number, s.code, a.id, a.type AS old_type, {fields} FROM {staged} s
LEFT JOIN catalog_attribute a ON a.code = s.code
WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)
"""
_SAID = {
    "name": "coalesce(nullif(w.name, ''), a.name)",
    "type": "coalesce(w.type, a.type)",
    '"group"': 'coalesce(w."group", a."group")',
    "unit": "coalesce(w.unit, a.unit)",
    "is_public": "coalesce(w.is_public, a.is_public)",
    "is_facet": "coalesce(w.is_facet, a.is_facet)",
    "is_differentiating": "coalesce(w.is_differentiating, a.is_differentiating)",
    "position": "coalesce(w.position, a.position)",
    "translations": merged("a.translations", "coalesce(w.translations, '{{}}')"),
}
_SET = ", ".join(f"{column} = {value}" for column, value in _SAID.items())
_OLD, _NEW = ", ".join(f"a.{column}" for column in _SAID), ", ".join(_SAID.values())
_VALUES = """
SELECT s.row_number, s.code, s.attribute, a.id AS attribute_id, a.type, o.id, {fields} FROM {staged} s
LEFT JOIN catalog_attribute a ON a.code = s.attribute
LEFT JOIN catalog_attributeoption o ON o.attribute_id = a.id AND o.code = s.code
WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)
"""


def merge_attributes(context: LoadContext) -> LoadResult:
    """Make and change attributes by code; what a file does not say stays.

    Refused: a type that is not the stored one, because products carry values of it. Only a text may become a list.
    """
    with Stage(context) as stage:
        stage.work_table(WORK, _DEFINED, {"fields": stage.fields(_FIELDS)})
        stage.run(
            f"UPDATE {WORK} w SET type = t.letter"
            " FROM unnest(%(words)s::text[], %(letters)s::text[]) AS t (word, letter) WHERE lower(w.type) = t.word",
            words=list(TYPE_WORDS),
            letters=[*(kind.value for kind in TYPES.values()), *AttributeType.values],
        )
        stage.reject(
            WORK,
            "type",
            "other_type",
            value="w.type",
            where="w.id IS NOT NULL AND w.type <> w.old_type AND NOT (w.old_type = 'T' AND w.type = 'E')",
        )
        reject_odd(stage, WORK)
        stage.reject(WORK, "code", "bad_code", value="w.code", where="w.code !~ '^[-a-zA-Z0-9_]{{1,60}}$'")
        known = stage.number(f"SELECT count(*) FROM {WORK} WHERE id IS NOT NULL")
        new = stage.ids(
            'INSERT INTO catalog_attribute (code, name, type, "group", unit, is_public, is_facet, is_differentiating,'
            " position, translations) SELECT code, left(coalesce(nullif(name, ''), code), 120), coalesce(type, 'T'),"
            " coalesce(\"group\", ''), coalesce(unit, ''), coalesce(is_public, true), coalesce(is_facet, false),"
            " coalesce(is_differentiating, false), coalesce(position, 0), coalesce(translations, '{{}}')"
            f" FROM {WORK} WHERE id IS NULL RETURNING id"
        )
        changed = stage.ids(
            f"UPDATE catalog_attribute a SET {_SET} FROM {WORK} w WHERE a.id = w.id"
            f" AND ({_OLD}) IS DISTINCT FROM ({_NEW}) RETURNING a.id"
        )
        return _told(stage, new, changed, known, [*new, *changed])


def merge_attribute_values(context: LoadContext) -> LoadResult:
    """Make and change values of list attributes. Refused: unknown attributes, and those that are no lists."""
    words = merged("o.translations", "coalesce(w.translations, '{{}}')")
    fields = {"label": "text", "position": "integer", "translations": "jsonb"}
    with Stage(context) as stage:
        stage.work_table(VALUES, _VALUES, {"fields": stage.fields(fields)})
        where = "w.attribute_id IS NULL"
        stage.reject(VALUES, "attribute", "unknown_attribute", value="w.attribute", where=where)
        reject_odd(stage, VALUES)
        stage.reject(VALUES, "attribute", "not_a_list", value="w.attribute", where="w.type <> 'E'")
        known = stage.number(f"SELECT count(*) FROM {VALUES} WHERE id IS NOT NULL")
        new = stage.ids(
            "INSERT INTO catalog_attributeoption (attribute_id, code, label, position, translations)"
            " SELECT attribute_id, code, left(coalesce(nullif(label, ''), code), 200), coalesce(position, 0),"
            f" coalesce(translations, '{{{{}}}}') FROM {VALUES} WHERE id IS NULL RETURNING attribute_id"
        )
        changed = stage.ids(
            "UPDATE catalog_attributeoption o SET label = coalesce(nullif(w.label, ''), o.label),"
            " position = coalesce(w.position, o.position),"
            f" translations = {words}"
            f" FROM {VALUES} w WHERE o.id = w.id AND (o.label, o.position, o.translations) IS DISTINCT FROM"
            " (coalesce(nullif(w.label, ''), o.label), coalesce(w.position, o.position),"
            f" {words}) RETURNING o.attribute_id"
        )
        return _told(stage, new, changed, known, sorted({*new, *changed}))


def _told(stage: Stage, new: list[int], changed: list[int], known: int, attributes: list[int]) -> LoadResult:
    if attributes:
        record_many(
            FACETS,
            attributes,
            at=stage.context.at,
            subject_kind="attribute",
            actor=stage.context.actor,
            run=stage.context.run_id,
        )
    return LoadResult(new=len(new), changed=len(changed), unchanged=known - len(changed), rejected=stage.rejected())
