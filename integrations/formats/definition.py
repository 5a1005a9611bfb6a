"""How a file is written and which columns feed which fields. `docs/integrators.md` tells every option."""

import codecs
import dataclasses
import hashlib
import json
import string
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from integrations.enums import FileFormat
from integrations.formats.specs import ENTITIES, EntitySpec, FieldType

Source = str | int
PREFIXES = {"attr": "attributes", "ref": "references"}
CONDITIONS = {
    "column",
    "equals",
    "in",
    "empty",
    "not_empty",
    "starts_with",
    "differs_from",
    "not_equals",
    "not_in",
    "contains",
}
EMPTY = ("ignore", "erase", "default")
MAP_ELSE = ("keep", "empty", "reject")


class DefinitionError(ValueError):
    """A mapping that cannot work; the message says what is wrong with it."""


@dataclass(frozen=True)
class Column:
    """What feeds one field. Steps happen in the order in which they stand here."""

    field: str
    column: Source | list[Source] | None = None
    optional: bool = False
    only_when: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    const: str | None = None
    template: str = ""
    join: str | None = None
    trim: bool = True
    replace: dict[str, str] = dataclasses.field(default_factory=dict)
    split: dict[str, Any] = dataclasses.field(default_factory=dict)
    map: dict[str, str] = dataclasses.field(default_factory=dict)
    map_else: str = "keep"
    words: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    case: str = ""
    slug: bool = False
    html: bool = False
    multiply: str = ""
    type: str = ""
    truncate: int = 0
    empty: str = "ignore"
    default: str | None = None

    @property
    def sources(self) -> list[Source]:
        """The columns it reads."""
        named = [] if self.column is None else self.column if isinstance(self.column, list) else [self.column]
        return [*named, *(name for _, name in self.template_parts if name is not None)]

    @property
    def template_parts(self) -> list[tuple[str, Source | None]]:
        """The template as (text, column after it); names in braces are columns, whole numbers positions."""
        parts = string.Formatter().parse(self.template)
        return [(text, int(name) if name and name.isdigit() else name or None) for text, name, _, _ in parts]

    @property
    def target(self) -> tuple[str, str, str]:
        """(field, key inside it, language): `attr:COLOUR@en` is ("attributes", "COLOUR", "en")."""
        name, _, language = self.field.partition("@")
        prefix, colon, key = name.partition(":")
        if colon and prefix in PREFIXES:
            return PREFIXES[prefix], key, language
        return ("translations", name, language) if language else (name, "", "")


@dataclass(frozen=True)
class Definition:
    """A mapping as the engine uses it; it can be written to JSON and read again (`as_json`, `read`)."""

    code: str
    entity: str
    columns: tuple[Column, ...]
    name: str = ""
    file_format: str = FileFormat.CSV.value
    encoding: str = "utf-8-sig"
    separator: str = ";"
    quote: str = '"'
    has_header: bool = True
    decimal_mark: str = "."
    thousands_mark: str = ""
    date_format: str = "iso"
    skip_rows_where: tuple[dict[str, Any], ...] = ()
    explode: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def spec(self) -> EntitySpec:
        return ENTITIES[self.entity]

    @property
    def fields(self) -> list[str]:
        """Staged fields, in the entity's order."""
        given = {column.target[0] for column in self.columns}
        return [name for name in self.spec.fields if name in given]

    def without(self, gone: set[Source]) -> "Definition":
        """The definition for a file that lacks these optional columns: what only they feed is not provided."""
        kept = tuple(
            column
            for column in self.columns
            if column.const is not None or not column.sources or not all(source in gone for source in column.sources)
        )
        return self if len(kept) == len(self.columns) else replace(self, columns=kept)

    def as_json(self) -> dict[str, Any]:
        """The definition, snapshot for a run."""
        return json.loads(json.dumps(asdict(self)))

    @property
    def version(self) -> str:
        """Changes when the definition does; options that the platform learns later change nothing while unused."""
        return hashlib.sha256(json.dumps(brief(self), sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def read(cls, data: Dict[str, Any]) -> "Definition":
        """A definition from YAML, a stored mapping or a snapshot. Raises DefinitionError."""
        known = {f.name for f in fields(cls)}
        if strange := sorted(set(data) - known):
            raise DefinitionError(_("unknown setting: %(names)s") % {"names": ", ".join(strange)})
        if data.get("entity") not in ENTITIES:
            raise DefinitionError(_("entity must be one of %(names)s") % {"names": ", ".join(ENTITIES)})
        plain = {key: data[key] for key in data if key not in ("columns", "skip_rows_where")}
        plain["separator"] = {"\\t": "\t", "tab": "\t"}.get(str(data.get("separator", ";")), data.get("separator", ";"))
        definition = cls(
            **plain,
            columns=tuple(_columns(data.get("columns") or [])),
            skip_rows_where=tuple(_conditions(data.get("skip_rows_where"), "skip_rows_where")),
        )
        _check(definition)
        return definition


OPTIONS = ("skip_rows_where", "explode")  # settings that a stored mapping keeps in `options`


def brief(definition: Definition) -> dict[str, Any]:
    """The definition as a person would write it: only what says something."""
    usual = {f.name: f.default for f in fields(Definition)}
    written = {
        name: value
        for name, value in definition.as_json().items()
        if name in ("code", "entity") or (value not in ([], {}) and value != usual[name])
    }
    return {**written, "columns": [brief_column(column) for column in definition.as_json()["columns"]]}


def brief_column(column: Dict[str, Any]) -> dict[str, Any]:
    """The options of a column that say something."""
    usual = {f.name: f.default for f in fields(Column)}
    return {name: value for name, value in column.items() if value not in ([], {}) and value != usual[name]}


def fields_of(definition: Definition) -> dict[str, Any]:
    """What a stored mapping keeps of a definition."""
    stored = definition.as_json()
    stored["options"] = {name: value for name in OPTIONS if (value := stored.pop(name))}
    stored["separator"] = stored["separator"].replace("\t", "\\t")
    stored["columns"] = [brief_column(column) for column in stored["columns"]]
    return stored


def _columns(raw: Any) -> list[Column]:
    if isinstance(raw, dict):  # the short form: `sku: Référence`
        raw = [{"field": name, **(v if isinstance(v, dict) else {"column": v})} for name, v in raw.items()]
    return [_column(item) for item in raw]


def _column(item: Any) -> Column:
    if not isinstance(item, dict) or not item.get("field"):
        raise DefinitionError(_("every column needs a field: %(item)s") % {"item": repr(item)})
    name = item["field"]
    if strange := sorted(set(item) - {f.name for f in fields(Column)}):
        raise DefinitionError(_("%(field)s: unknown option %(names)s") % {"field": name, "names": ", ".join(strange)})
    values = {key: value for key, value in item.items() if value is not None}
    values["only_when"] = _conditions(values.get("only_when"), name)
    for key in ("const", "default", "multiply"):
        if key in values:
            values[key] = _text(values[key])
    if "replace" in values and isinstance(values["replace"], list):
        values["replace"] = dict(values["replace"])
    values["map"] = {_text(key): _text(value) for key, value in values.get("map", {}).items()}
    values["words"] = {_text(k): [_text(w) for w in words] for k, words in values.get("words", {}).items()}
    if isinstance(values.get("split"), str):
        values["split"] = {"by": values["split"]}
    return Column(**values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _conditions(raw: Any, where: str) -> list[dict[str, Any]]:
    conditions = [] if not raw else raw if isinstance(raw, list | tuple) else [raw]
    for condition in conditions:
        if not isinstance(condition, dict) or "column" not in condition or set(condition) - CONDITIONS:
            raise DefinitionError(
                _("%(field)s: a condition names a column and one of %(names)s")
                % {"field": where, "names": ", ".join(sorted(CONDITIONS))}
            )
    return [dict(condition) for condition in conditions]


def _check(definition: Definition) -> None:
    try:
        codecs.lookup(definition.encoding)
    except LookupError as error:
        raise DefinitionError(_("there is no encoding %(name)s") % {"name": definition.encoding}) from error
    if len(definition.separator) != 1 or len(definition.quote) > 1 or len(definition.decimal_mark) != 1:
        raise DefinitionError(_("separator and decimal mark are one character each, the quote one or none"))
    if not definition.columns:
        raise DefinitionError(_("no column is mapped"))
    for column in definition.columns:
        _check_column(definition, column)
    given = set(definition.fields)
    for name in definition.spec.required:
        if name not in given:
            raise DefinitionError(_("no column feeds %(field)s, which every row needs") % {"field": name})
    if definition.spec.one_of and not given & set(definition.spec.one_of):
        raise DefinitionError(_("one of %(names)s must be fed") % {"names": ", ".join(definition.spec.one_of)})


def _check_column(definition: Definition, column: Column) -> None:
    name, key = column.target[:2]
    spec = definition.spec.fields.get(name)
    if spec is None or (name in PREFIXES.values() and not key and column.field != name):
        raise DefinitionError(
            _("%(entity)s have no field %(field)s") % {"entity": definition.entity, "field": column.field}
        )
    if not column.sources and column.const is None and column.default is None:
        raise DefinitionError(_("%(field)s: give a column, a template, a const or a default") % {"field": column.field})
    if column.empty not in EMPTY or column.map_else not in MAP_ELSE or column.case not in ("", "lower", "upper"):
        raise DefinitionError(_("%(field)s: unknown word for empty, map_else or case") % {"field": column.field})
    if column.empty == "erase" and spec.type != FieldType.TEXT:
        raise DefinitionError(_("%(field)s: only texts can be erased by an empty cell") % {"field": column.field})
    for source in (*column.sources, *(c["column"] for c in column.only_when)):
        if not definition.has_header and not isinstance(source, int):
            raise DefinitionError(
                _("%(field)s: without a header columns are numbers, from 0 on") % {"field": column.field}
            )
