"""A mapping on its way through the editor: from what people typed to a definition and back, and as text to keep."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from integrations.enums import FileFormat
from integrations.formats import ENTITIES, Definition, DefinitionError
from integrations.formats.definition import OPTIONS, brief, brief_column

TEXTS = ("code", "name", "entity", "file_format", "encoding", "separator", "quote")
MARKS = ("decimal_mark", "thousands_mark", "date_format", "sheet", "records", "erase")
PARTS = ("source", "value", "empty", "default", "more")
LONGEST = 200_000


@dataclass
class Row:
    """One field and what feeds it. source: "" nothing, "col:<name>", "const", "expression" or "more"."""

    field: str
    source: str = ""
    value: str = ""
    empty: str = "ignore"
    default: str = ""
    more: str = ""
    needed: bool = False
    suggested: bool = False


@dataclass
class Draft:
    """Settings as typed and a row for every field."""

    settings: dict[str, Any]
    rows: list[Row] = field(default_factory=list)


def draft_of(definition: Definition) -> Draft:
    """What the editor shows of a definition: nothing of it is lost."""
    plain = definition.as_json()
    settings = {name: plain[name] for name in (*TEXTS, *MARKS, "has_header", "skip_lines")}
    settings["separator"] = settings["separator"].replace("\t", "\\t")
    settings["positions"] = _dump(plain["positions"]) if plain["positions"] else ""
    settings["more"] = _dump({name: plain[name] for name in ("skip_rows_where", "explode") if plain[name]})
    rows = [_row(brief_column(column)) for column in plain["columns"]]
    return Draft(settings, with_all(rows, definition.entity))


def with_all(rows: list[Row], entity: str) -> list[Row]:
    """A row for every field of the entity, in its order; those of attributes, references, languages follow."""
    spec = ENTITIES[entity]
    by_field: dict[str, list[Row]] = {}
    for row in rows:
        by_field.setdefault(row.field, []).append(row)
    found: list[Row] = []
    for name in spec.fields:
        found += by_field.pop(name, [Row(name)])
    found += [row for rest in by_field.values() for row in rest]
    for row in found:
        row.needed = row.field in spec.required or row.field in spec.one_of
    return sorted(found, key=lambda row: not row.needed)


def typed_draft(data: Dict[str, str], has_header: bool) -> Draft:
    """The draft that a form holds."""
    settings: dict[str, Any] = {name: data.get(name, "") for name in (*TEXTS, *MARKS, "positions", "more")}
    settings["has_header"] = has_header
    settings["skip_lines"] = data.get("skip_lines", "0")
    rows = []
    for number in range(min(_whole(data.get("rows", "0")), 600)):
        name = data.get(f"field-{number}", "").strip()
        if name:
            source, value, empty, default, more = (data.get(f"{part}-{number}", "") for part in PARTS)
            rows.append(Row(name, source, value, empty or "ignore", default, more))
    return Draft(settings, with_all(rows, settings["entity"]) if settings["entity"] in ENTITIES else rows)


def definition_of_draft(draft: Draft) -> Definition:
    """What the draft describes. Raises Invalid with the field of the form that is wrong, if one is."""
    settings = draft.settings
    data: dict[str, Any] = {
        name: settings[name] for name in (*TEXTS, *MARKS) if settings[name] != "" or name == "quote"
    }
    data["code"] = settings["code"]
    data["has_header"] = settings["has_header"]
    data["skip_lines"] = _number(str(settings["skip_lines"] or "0"))
    data["positions"] = _load(settings["positions"], "positions")
    data |= _load(settings["more"], "more")
    numbered = not data["has_header"] and data.get("file_format", "csv") in (FileFormat.CSV, FileFormat.XLSX)
    data["columns"] = [_column(row, numbered) for row in draft.rows if row.source]
    return read_definition(data)


def read_definition(data: Any) -> Definition:
    """Raises Invalid with a sentence."""
    try:
        return Definition.read(data)
    except (DefinitionError, TypeError, AttributeError, ValueError) as error:
        raise Invalid(str(error)[:500], code="mapping_invalid") from error


def as_text(definition: Definition) -> str:
    """The mapping as a file for people and for git."""
    data = brief(definition)
    columns = data.pop("columns")
    head = "# How a foreign file is read; docs/integrators.md explains each option.\n"
    return head + _dump({**data, "columns": columns})


def from_text(text: str) -> Definition:
    """A mapping from its text. Raises Invalid, with the line when the text itself cannot be read."""
    if len(text) > LONGEST:
        raise Invalid(_("The text is too long for a mapping."), code="too_long", field="text")
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        words = str(getattr(error, "problem", "") or error)
        line = _("line %d") % (mark.line + 1) if mark else ""
        raise Invalid(
            _("%(where)s: this cannot be read (%(why)s).") % {"where": line, "why": words[:200]}, field="text"
        ) from error
    except RecursionError as error:
        raise Invalid(_("The text is nested too deeply."), field="text") from error
    if not isinstance(data, dict):
        raise Invalid(_("The text is no mapping: it has no settings such as entity and columns."), field="text")
    try:
        return read_definition(data)
    except Invalid as problem:
        raise Invalid(_with_line(text, problem.message), code=problem.code, field="text") from problem


def _with_line(text: str, message: str) -> str:
    """Where the word that the message begins with stands."""
    word = message.split(":", maxsplit=1)[0].split(",", maxsplit=1)[0].strip()
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.split("#")[0].strip().lstrip("- {")
        if word and bare.startswith((f"{word}:", f"field: {word}")):
            return _("line %(line)d: %(why)s") % {"line": number, "why": message}
    said = set(message.replace(",", " ").replace(":", " ").split()) - {*TEXTS, *MARKS, "columns", "field", "column"}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split("#")[0].strip().lstrip("- {").removeprefix("field:").split(":")
        if parts[0].split(",")[0].strip() in said:
            return _("line %(line)d: %(why)s") % {"line": number, "why": message}
    return message


def _row(column: dict[str, Any]) -> Row:
    name, empty, default = column.pop("field"), column.pop("empty", "ignore"), column.pop("default", None)
    row = Row(name, empty="default" if default is not None else empty, default=default or "")
    if isinstance(column.get("column"), str | int) and not isinstance(column.get("column"), bool):
        row.source = f"col:{column.pop('column')}"
    elif "const" in column:
        row.source, row.value = "const", str(column.pop("const"))
    elif "expression" in column:
        row.source, row.value = "expression", str(column.pop("expression"))
    else:
        row.source = "more"
    row.more = _dump(column) if column else ""
    return row


def _column(row: Row, numbered: bool) -> dict[str, Any]:
    try:
        column: dict[str, Any] = {"field": row.field, **_load(row.more, row.field)}
    except Invalid as problem:
        raise Invalid(f"{row.field}: {problem.message}", field=row.field) from problem
    if row.source.startswith("col:"):
        name = row.source.removeprefix("col:")
        column["column"] = int(name) if numbered and name.isascii() and name.isdigit() else name
    elif row.source in ("const", "expression"):
        column[row.source] = row.value
    if row.empty == "default":
        column["default"] = row.default
    elif row.empty == "erase":
        column["empty"] = "erase"
    return column


def _load(text: str, where: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        data = yaml.safe_load(text[:LONGEST])
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Invalid(_("%(where)s, line %(line)d: this is no YAML.") % {"where": where, "line": line}) from error
    if not isinstance(data, dict):
        raise Invalid(_("%(where)s: write it as name: value.") % {"where": where})
    return data


def _dump(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None) if data else ""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Invalid(_("Lines to pass over: a whole number."), field="skip_lines")
    return int(text)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


__all__ = ["OPTIONS", "Draft", "Row", "as_text", "definition_of_draft", "draft_of", "from_text", "typed_draft"]
