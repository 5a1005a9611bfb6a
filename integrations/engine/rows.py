"""From a file's rows to the cells of the staging table, by the columns of a definition."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from integrations.engine.expressions import Worker
from integrations.engine.values import ERASED, FLAG, SHORTENED, Step, erasing, plain_number, refused, steps_of
from integrations.formats import Column, Definition, FieldType

Row = list[str]
Cell = Callable[[Row], str]
Cells = Sequence[str]
Positions = Callable[[str | int], int | None]
Read = Callable[[list[Row], list[tuple[str, ...]]], Cells]  # rows, and the same as columns
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def column_mapper(definition: Definition, position: Positions) -> Callable[[list[Row]], list[Cells]]:
    """What turns a batch of rows into columns for `definition.fields`; "" is an empty cell. `position` finds a column.

    A field fed by one column as it stands is taken whole; others are worked out row by row.
    """
    readers = [_column_reader(definition, name, position) for name in definition.fields]

    def columns(rows: list[Row]) -> list[Cells]:
        turned = list(zip(*rows, strict=True))
        return [read(rows, turned) for read in readers]

    return columns


def _column_reader(definition: Definition, name: str, position: Positions) -> Read:
    feeding = [column for column in definition.columns if column.target[0] == name]
    place = _plain_position(feeding[0], definition, position) if len(feeding) == 1 else None
    if place is not None:
        plain = place
        if definition.erase:
            literal, erased = definition.erase, erasing(definition, name)
            return lambda rows, turned: [erased if cell == literal else cell for cell in map(str.strip, turned[plain])]
        return lambda rows, turned: list(map(str.strip, turned[plain]))
    kind = definition.spec.fields[name].type
    if kind == FieldType.JSON and any(column.field != name for column in feeding):
        return _gathered(definition, feeding, position)
    cell = _field(definition, name, position)
    return lambda rows, turned: [cell(row) for row in rows]


def _plain_position(column: Column, definition: Definition, position: Positions) -> int | None:
    simple = Column(field=column.field, column=column.column, optional=column.optional)
    spec = definition.spec.fields.get(column.field)
    if column != simple or isinstance(column.column, list) or column.column is None:
        return None
    return None if spec is None or spec.type in (FieldType.MOMENT, FieldType.JSON) else position(column.column)


def _field(definition: Definition, name: str, position: Positions) -> Cell:
    columns = [column for column in definition.columns if column.target[0] == name]
    spec = definition.spec.fields[name]
    cells = [_cell(definition, column, spec.type, position, until=spec.until) for column in columns]
    if len(cells) == 1:
        return cells[0]
    return lambda row: next((cell for read in cells if (cell := read(row))), "")


def _cell(definition: Definition, column: Column, kind: FieldType, position: Positions, *, until: bool) -> Cell:
    if not definition.erase and (quick := _quick(column, kind, position)) is not None:
        return quick
    pick = _pick(definition, column, position)
    steps: list[Step] = steps_of(column, definition, kind, until=until)
    wanted = [condition(item, position) for item in column.only_when]
    literal, erased = definition.erase, erasing(definition, column.target[0])
    last = ERASED if column.empty == "erase" else column.default or ""

    def cell(row: Row) -> str:
        if wanted and not all(test(row) for test in wanted):
            return ""
        value = pick(row)
        if literal and value == literal:
            return erased
        for step in steps:
            value = step(value)
        return value or last

    return cell


def _quick(column: Column, kind: FieldType, position: Positions) -> Cell | None:
    """The common case of one column under one condition of being empty or not, without the general machinery."""
    bare = Column(field=column.field, column=column.column, optional=column.optional, only_when=column.only_when)
    if column != bare or len(column.only_when) != 1 or kind in (FieldType.MOMENT, FieldType.JSON):
        return None
    (test,) = column.only_when
    place = None if isinstance(column.column, list) or column.column is None else position(column.column)
    other = position(test["column"])
    if place is None or other is None or set(test) not in ({"column"}, {"column", "empty"}):
        return None
    filled = not test.get("empty")
    return lambda row: row[place].strip() if bool(row[other].strip()) is filled else ""


def _pick(definition: Definition, column: Column, position: Positions) -> Cell:
    if column.const is not None:
        return lambda row: column.const or ""
    if column.template:
        return _template(column, position)
    if column.expression:
        return Worker(definition, position).cell(column.expression)
    places = [place for source in column.sources if (place := position(source)) is not None]
    clean: Step = str.strip if column.trim else str
    if len(places) == 1 and column.join is None:
        only = places[0]
        return lambda row: clean(row[only])
    if column.join is None:
        return lambda row: next((value for place in places if (value := clean(row[place]))), "")
    glue = column.join
    return lambda row: glue.join(value for place in places if (value := clean(row[place])))


def _template(column: Column, position: Positions) -> Cell:
    parts = [(text, None if name is None else position(name)) for text, name in column.template_parts]

    def fill(row: Row) -> str:
        values = ["" if place is None else row[place].strip() for _, place in parts]
        if not any(values):
            return ""  # nothing but the words between: that is an empty cell
        return "".join(text + value for (text, _), value in zip(parts, values, strict=True)).strip()

    return fill


def _gathered(definition: Definition, columns: list[Column], position: Positions) -> Read:
    """Several columns in one JSON object: attributes, references, translations by language.

    A batch whose cells are all plain texts becomes objects without looking at them one by one.
    """
    reads = [_part(definition, column, position) for column in columns]
    keys = [f"{key}@{language}" if language else key for _name, key, language in (one.target for one in columns)]
    careful = _carefully(definition, columns, keys)
    flat = all(one.target[0] != "translations" and _is_text(one) for one in columns)
    codes = [place for place, one in enumerate(columns) if one.target[0] == "references"]

    def read(rows: list[Row], turned: list[tuple[str, ...]]) -> Cells:
        cells = [one(rows, turned) for one in reads]
        if not flat or _marked(cells) or any(any(map(SHORTENED.fullmatch, cells[place])) for place in codes):
            return [careful(values) for values in zip(*cells, strict=True)]
        found = ({key: text for key, text in zip(keys, each, strict=True) if text} for each in zip(*cells, strict=True))
        return [_as_json(one) if one else "" for one in found]

    return read


def _part(definition: Definition, column: Column, position: Positions) -> Read:
    """The cells of one of several columns; one that is taken as it stands is not read row by row."""
    bare = Column(field=column.field, column=column.column, optional=column.optional, type=column.type)
    place = None if isinstance(column.column, list) or column.column is None else position(column.column)
    if (
        column == bare
        and place is not None
        and not definition.erase
        and not steps_of(column, definition, _kind(column))
    ):
        plain = place
        return lambda rows, turned: list(map(str.strip, turned[plain]))
    cell = _cell(definition, column, _kind(column), position, until=False)
    return lambda rows, turned: [cell(row) for row in rows]


def _marked(cells: list[Cells]) -> bool:
    """True if a cell was refused or emptied on purpose."""
    return any(FLAG in text or ERASED in text for text in map("".join, cells))


def _is_text(column: Column) -> bool:
    return column.type not in ("number", "boolean", "list")


def _carefully(definition: Definition, columns: list[Column], keys: list[str]) -> Callable[[tuple[str, ...]], str]:
    """One row's object, with types, languages and refusals."""
    specs = [(*one.target, one.type, key) for one, key in zip(columns, keys, strict=True)]

    def cell(values: tuple[str, ...]) -> str:
        found: dict[str, Any] = {}
        for (name, key, language, kind, whole), text in zip(specs, values, strict=True):
            if not text or text == ERASED:
                continue
            if name == "references" and SHORTENED.fullmatch(text):
                return refused("shortened", text)
            if text.startswith(FLAG):
                return text
            try:
                typed = _typed(text, kind, definition)
            except ValueError:
                return refused("not_a_number" if kind == "number" else "not_a_boolean", text)
            if name == "translations":
                found.setdefault(language, {})[key] = typed
            else:
                found[whole] = typed
        return _as_json(found) if found else ""

    return cell


def _kind(column: Column) -> FieldType:
    return FieldType.MOMENT if column.type == "date" else FieldType.TEXT


def _typed(text: str, kind: str, definition: Definition) -> Any:
    if kind == "number":
        try:
            number = plain_number(text, definition.decimal_mark, definition.thousands_mark)
        except ArithmeticError as error:
            raise ValueError from error
        if not number.is_finite():
            raise ValueError
        return int(number) if number == number.to_integral_value() else float(number)
    if kind == "boolean":
        if text.lower() not in ("true", "1", "false", "0"):
            raise ValueError
        return text.lower() in ("true", "1")
    return [part for part in text.split("|") if part] if kind == "list" else text


def condition(item: dict[str, Any], position: Positions) -> Callable[[Row], bool]:
    """A test of a row: `{"column": …}` alone means the cell is not empty."""
    cell_of = _cell_at(position(item["column"]))
    other_of = _cell_at(position(item["differs_from"])) if "differs_from" in item else None
    tests = [(_TESTS[name], _words_of(item[name])) for name in item if name in _TESTS]

    def test(row: Row) -> bool:
        cell = cell_of(row)
        if other_of is not None and cell == other_of(row):
            return False
        return all(holds(cell, words) for holds, words in tests) if tests or other_of else bool(cell)

    return test


_TESTS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "equals": lambda cell, words: cell in words,
    "in": lambda cell, words: cell in words,
    "not_equals": lambda cell, words: cell not in words,
    "not_in": lambda cell, words: cell not in words,
    "starts_with": lambda cell, words: cell.startswith(words),
    "contains": lambda cell, words: any(word in cell for word in words),
    "empty": lambda cell, words: bool(cell) != (words == ("True",)),
    "not_empty": lambda cell, words: bool(cell) == (words == ("True",)),
}


def _words_of(given: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in (given if isinstance(given, list) else [given]))


def _cell_at(place: int | None) -> Cell:
    return lambda row: "" if place is None else row[place].strip()
