"""Whether a mapping can work, and what is wrong with it if not."""

import codecs
import datetime as dt
import string
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from integrations.enums import FileFormat
from integrations.formats.expressions import ExpressionError, parse
from integrations.formats.specs import FieldType

if TYPE_CHECKING:
    from integrations.formats.definition import Column, Definition

PREFIXES = {"attr": "attributes", "ref": "references"}
CONDITIONS = {
    *("column", "equals", "in", "empty", "not_empty", "starts_with", "differs_from", "not_equals", "not_in", "contains")
}
EMPTY = ("ignore", "erase", "default")
MAP_ELSE = ("keep", "empty", "reject")
AUTO = "auto"  # found out from each file
MOST_WIDTH = 100_000
MOST_COLUMNS = 2000


class DefinitionError(ValueError):
    """A mapping that cannot work; the message says what is wrong with it."""


_TYPES: dict[str, type] = {
    **dict.fromkeys(("field", "template", "expression", "join", "map_else", "case", "type", "empty"), str),
    **dict.fromkeys(("optional", "trim", "slug", "html"), bool),
    **dict.fromkeys(("map", "words"), dict),
    "truncate": int,
}


def check_types(name: Any, values: dict[str, Any]) -> None:
    """Options of a column as they were written, before anything is made of them."""
    for key, kind in _TYPES.items():
        if key in values and type(values[key]) is not kind:
            raise _unfit(name, key, values[key])
    sources = values.get("column")
    for source in sources if isinstance(sources, list) else [] if sources is None else [sources]:
        if type(source) not in (str, int) or source == "" or (isinstance(source, int) and source < 0):
            raise _unfit(name, "column", source)
    for key in ("const", "default", "multiply"):
        if isinstance(values.get(key), list | dict):
            raise _unfit(name, key, values[key])
    if not isinstance(values.get("replace", {}), dict | list) or not isinstance(values.get("split", {}), dict | str):
        raise _unfit(name, "replace/split", "")
    for words in values.get("words", {}).values():
        if not isinstance(words, list):
            raise _unfit(name, "words", words)
    _check_meaning(name, values)


def _check_meaning(name: Any, values: dict[str, Any]) -> None:
    split = values.get("split") or {}
    options = split if isinstance(split, dict) else {"by": split}
    take = options.get("take", "all")
    if split and (not str(options.get("by", ",")) or (take != "all" and type(take) is not int)):
        raise _unfit(name, "split", split)
    try:
        if values.get("multiply", "") != "" and not Decimal(str(values["multiply"])).is_finite():
            raise InvalidOperation
        list(string.Formatter().parse(values.get("template", "")))
    except (InvalidOperation, ValueError) as error:
        key = "template" if isinstance(error, ValueError) else "multiply"
        raise _unfit(name, key, values.get(key)) from error


def _unfit(name: Any, key: str, value: Any) -> DefinitionError:
    return DefinitionError(_("%(field)s: “%(value)s” does not fit") % {"field": f"{name}, {key}", "value": value})


def check(definition: "Definition") -> None:
    """Raises DefinitionError."""
    for column in definition.columns:
        _check_expression(column)
    _check_writing(definition)
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


def _check_expression(column: "Column") -> None:
    try:
        if column.expression:
            parse(column.expression)
    except ExpressionError as error:
        raise DefinitionError(f"{column.field}: {error}") from error


def _check_column(definition: "Definition", column: "Column") -> None:
    name, key = column.target[:2]
    spec = definition.spec.fields.get(name)
    if spec is None or (name in PREFIXES.values() and not key and column.field != name):
        raise DefinitionError(
            _("%(entity)s have no field %(field)s") % {"entity": definition.entity, "field": column.field}
        )
    if not column.sources and not column.expression and column.const is None and column.default is None:
        raise DefinitionError(
            _("%(field)s: give a column, a template, an expression, a const or a default") % {"field": column.field}
        )
    if column.empty not in EMPTY or column.map_else not in MAP_ELSE or column.case not in ("", "lower", "upper"):
        raise DefinitionError(_("%(field)s: unknown word for empty, map_else or case") % {"field": column.field})
    if column.empty == "erase" and spec.type != FieldType.TEXT:
        raise DefinitionError(_("%(field)s: only texts can be erased by an empty cell") % {"field": column.field})
    for source in (*column.sources, *(c["column"] for c in column.only_when)):
        if _is_numbered(definition) and not isinstance(source, int):
            raise DefinitionError(
                _("%(field)s: without a header columns are numbers, from 0 on") % {"field": column.field}
            )


def _is_numbered(definition: "Definition") -> bool:
    """True when columns have no names."""
    return not definition.has_header and definition.file_format in (FileFormat.CSV, FileFormat.XLSX)


def _check_writing(definition: "Definition") -> None:
    if definition.file_format not in FileFormat.values:
        raise DefinitionError(_("file_format is one of %(names)s") % {"names": ", ".join(FileFormat.values)})
    _check_words(definition)
    lengths = (1 if definition.separator == AUTO else len(definition.separator), len(definition.decimal_mark))
    if lengths != (1, 1) or len(definition.quote) > 1 or definition.separator in "\r\n" + definition.quote:
        raise DefinitionError(_("separator and decimal mark are one character each, the quote one or none"))
    if not 0 <= definition.skip_lines <= 1000:
        raise DefinitionError(_("skip_lines: from 0 to 1000"))
    if definition.file_format == FileFormat.FIXED:
        if not definition.positions:
            raise DefinitionError(_("a file of fixed widths needs positions: name: [first, last]"))
        if gone := [str(source) for source in definition.sources if source not in definition.positions]:
            raise DefinitionError(_("positions do not tell where %(names)s stand") % {"names": ", ".join(gone)})
    if definition.file_format == FileFormat.XML and not definition.records:
        raise DefinitionError(_("records: name the element that is repeated, as in product or catalog/product"))


def _check_words(definition: "Definition") -> None:
    try:
        if definition.encoding != AUTO:
            "".encode(definition.encoding)
            codecs.lookup(definition.encoding)
    except (LookupError, ValueError) as error:
        raise DefinitionError(_("there is no encoding %(name)s") % {"name": definition.encoding}) from error
    if definition.date_format != "iso":
        try:
            sample = dt.datetime(2026, 1, 31, 23, 59, 58, tzinfo=dt.UTC)
            dt.datetime.strptime(sample.strftime(definition.date_format), definition.date_format)  # noqa: DTZ007
        except ValueError as error:
            raise DefinitionError(
                _("date_format: “%s” describes no date; write it as in %%d/%%m/%%Y") % definition.date_format
            ) from error
