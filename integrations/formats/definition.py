"""How a file is written and which columns feed which fields. `docs/integrators.md` tells every option."""

import dataclasses
import hashlib
import json
import string
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from integrations.enums import FileFormat
from integrations.formats.checking import (
    CONDITIONS,
    MOST_COLUMNS,
    MOST_WIDTH,
    PREFIXES,
    DefinitionError,
    check,
    check_types,
)
from integrations.formats.expressions import parse
from integrations.formats.specs import ENTITIES, EntitySpec

Source = str | int


@dataclass(frozen=True)
class Column:
    """What feeds one field. Steps happen in the order in which they stand here."""

    field: str
    column: Source | list[Source] | None = None
    optional: bool = False
    only_when: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    const: str | None = None
    template: str = ""
    expression: str = ""
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
        more = [name for _, name in self.template_parts if name is not None]
        return [*named, *more, *(parse(self.expression).columns if self.expression else ())]

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
    skip_lines: int = 0
    sheet: str = ""
    records: str = ""
    positions: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    erase: str = ""

    @property
    def sources(self) -> list[Source]:
        """Every column it reads, for values and for conditions, each once."""
        conditions = [*self.skip_rows_where, *(test for column in self.columns for test in column.only_when)]
        found = [
            *(source for column in self.columns for source in column.sources),
            *(test["column"] for test in conditions),
            *(test["differs_from"] for test in conditions if "differs_from" in test),
            *([self.explode["column"]] if self.explode else []),
        ]
        return list(dict.fromkeys(found))

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
        plain = {key: data[key] for key in data if key not in ("columns", "skip_rows_where", "positions")}
        plain["separator"] = {"\\t": "\t", "tab": "\t"}.get(str(data.get("separator", ";")), data.get("separator", ";"))
        plain["positions"] = _positions(data.get("positions"))
        for setting, kind in _SETTINGS.items():
            if isinstance(plain.get(setting), str) and kind is str:
                plain[setting] = str(plain[setting])  # a member of an enum is one, too
            if setting in plain and type(plain[setting]) is not kind:
                raise DefinitionError(
                    _("%(field)s: “%(value)s” does not fit") % {"field": setting, "value": plain[setting]}
                )
        definition = cls(
            **plain,
            columns=tuple(_columns(data.get("columns") or [])),
            skip_rows_where=tuple(_conditions(data.get("skip_rows_where"), "skip_rows_where")),
        )
        check(definition)
        return definition


_SETTINGS: dict[str, type] = {
    **dict.fromkeys(("code", "name", "file_format", "encoding", "separator", "quote", "decimal_mark"), str),
    **dict.fromkeys(("thousands_mark", "date_format", "sheet", "records", "erase"), str),
    "has_header": bool,
    "skip_lines": int,
    "explode": dict,
}
# Settings that a stored mapping keeps in `options`.
OPTIONS = ("skip_rows_where", "explode", "skip_lines", "sheet", "records", "positions", "erase")


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
    if not isinstance(raw, list) or len(raw) > MOST_COLUMNS:
        raise DefinitionError(_("columns: a dictionary of field: column, %d at most") % MOST_COLUMNS)
    return [_column(item) for item in raw]


def _column(item: Any) -> Column:
    if not isinstance(item, dict) or not item.get("field"):
        raise DefinitionError(_("every column needs a field: %(item)s") % {"item": repr(item)})
    name = item["field"]
    if strange := sorted(set(item) - {f.name for f in fields(Column)}):
        raise DefinitionError(_("%(field)s: unknown option %(names)s") % {"field": name, "names": ", ".join(strange)})
    values = {key: value for key, value in item.items() if value is not None}
    check_types(name, values)
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


def _positions(raw: Any) -> dict[str, list[int]]:
    """`{Name: [1, 12]}`: the first character of a line is 1, both ends belong to it."""
    if not raw:
        return {}
    if not isinstance(raw, dict):
        raise DefinitionError(_("positions are written as name: [first, last]"))
    for name, ends in raw.items():
        whole = isinstance(ends, list | tuple) and len(ends) == 2 and all(type(end) is int for end in ends)
        if not whole or not 1 <= ends[0] <= ends[1] <= MOST_WIDTH:
            raise DefinitionError(_("positions of %(name)s: give two numbers, as in [1, 12]") % {"name": name})
    return {str(name): list(ends) for name, ends in sorted(raw.items(), key=lambda item: item[1][0])}


def _conditions(raw: Any, where: str) -> list[dict[str, Any]]:
    conditions = [] if not raw else raw if isinstance(raw, list | tuple) else [raw]
    for condition in conditions:
        if not isinstance(condition, dict) or "column" not in condition or set(condition) - CONDITIONS:
            raise DefinitionError(
                _("%(field)s: a condition names a column and one of %(names)s")
                % {"field": where, "names": ", ".join(sorted(CONDITIONS))}
            )
    return [dict(condition) for condition in conditions]
