"""Works an expression out for a row. What cannot be worked out is a cell that is refused with its reason."""

from collections.abc import Callable
from decimal import Decimal, DecimalException, InvalidOperation

from integrations.engine.values import FLAG, plain_number, refused
from integrations.formats import Definition
from integrations.formats.expressions import Node, parse

Row = list[str]
Value = str | Decimal | bool
Work = Callable[[Row], Value]
LONGEST = 1024 * 1024


class _Fault(Exception):
    def __init__(self, code: str, cell: str) -> None:
        super().__init__(code)
        self.code, self.cell = code, cell


class Worker:
    """Compiles a tree into plain functions. position: where a column stands, None when the file lacks it."""

    def __init__(self, definition: Definition, position: Callable[[str | int], int | None]) -> None:
        self._marks = definition.decimal_mark, definition.thousands_mark
        self._position = position

    def cell(self, text: str) -> Callable[[Row], str]:
        """The cell that an expression makes of a row."""
        work = self._work(parse(text).root)

        def cell(row: Row) -> str:
            try:
                return self._text(work(row)).strip()
            except _Fault as fault:
                return refused(fault.code, fault.cell)
            except DecimalException:
                return refused("cannot_compute", "")

        return cell

    def _work(self, node: Node) -> Work:
        if node.kind == "column":
            place = self._position(node.value)
            return lambda row: "" if place is None else row[place].strip()
        if node.kind == "text":
            text = str(node.value)
            return lambda row: text
        if node.kind == "number":
            number = Decimal(node.value)
            return lambda row: number
        parts = [self._work(part) for part in node.parts]
        if node.kind == "negative":
            return lambda row: self._negative(parts[0](row))
        if node.kind == "operator":
            return self._operator(node.value, *parts)
        return self._call(node.value, parts)

    def _operator(self, mark: str, left: Work, right: Work) -> Work:
        if mark == "+":
            return lambda row: self._plus(left(row), right(row))
        if mark in ("-", "*", "/"):
            return lambda row: self._reckon(mark, left(row), right(row))
        return lambda row: self._compare(mark, left(row), right(row))

    def _call(self, name: str, parts: list[Work]) -> Work:
        text, first = self._text, parts[0]
        if name == "if_empty":
            return lambda row: next((value for part in parts if not _is_empty(value := part(row))), "")
        if name == "when":
            other: Work = parts[2] if len(parts) == 3 else lambda row: ""
            return lambda row: (parts[1] if _is_true(first(row)) else other)(row)
        if name == "number":
            return lambda row: self._number(first(row))
        if name == "round":
            return lambda row: self._round(first(row), parts[1](row))
        made: dict[str, Callable[[list[str]], str]] = {
            "upper": lambda words: words[0].upper(),
            "lower": lambda words: words[0].lower(),
            "trim": lambda words: " ".join(words[0].split()),
            "replace": lambda words: words[0].replace(words[1], words[2]) if words[1] else words[0],
            "split": lambda words: _part(words[0], words[1], self._whole(words[2])),
            "left": lambda words: words[0][: max(self._whole(words[1]), 0)],
            "right": lambda words: words[0][max(len(words[0]) - max(self._whole(words[1]), 0), 0) :],
            "join": lambda words: words[0].join(word for word in words[1:] if word),
            "lookup": _lookup,
        }
        work = made[name]
        return lambda row: self._short(work([text(part(row)) for part in parts]))

    def _plus(self, left: Value, right: Value) -> Value:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return left + right
        return self._short(self._text(left) + self._text(right))

    def _reckon(self, mark: str, left: Value, right: Value) -> Value:
        if _is_empty(left) or _is_empty(right):
            return ""
        first, second = self._decimal(left), self._decimal(right)
        if mark == "-":
            return first - second
        if mark == "*":
            return first * second
        if not second:
            raise _Fault("cannot_compute", f"{first} / 0")
        return first / second

    def _compare(self, mark: str, left: Value, right: Value) -> Value:
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            if _is_empty(left) or _is_empty(right):
                return mark == "!="
            one, other = self._decimal(left), self._decimal(right)
            order = (one > other) - (one < other)
        else:
            words = self._text(left), self._text(right)
            order = (words[0] > words[1]) - (words[0] < words[1])
        return {"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[
            mark
        ]

    def _negative(self, value: Value) -> Value:
        return "" if _is_empty(value) else -self._decimal(value)

    def _number(self, value: Value) -> Value:
        return "" if _is_empty(value) else self._decimal(value)

    def _round(self, value: Value, places: Value) -> Value:
        if _is_empty(value):
            return ""
        return round(self._decimal(value), min(max(self._whole(self._text(places)), 0), 10))

    def _decimal(self, value: Value) -> Decimal:
        if isinstance(value, Decimal):
            return value
        text = self._text(value)
        try:
            return plain_number(text, *self._marks)
        except InvalidOperation as error:
            raise _Fault("not_a_number", text) from error

    def _whole(self, text: str) -> int:
        number = self._decimal(text)
        if abs(number) > LONGEST:
            raise _Fault("cannot_compute", text)
        return int(number)

    def _text(self, value: Value) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, Decimal):
            return value
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.replace(".", self._marks[0])

    def _short(self, text: str) -> str:
        if len(text) > LONGEST:
            raise _Fault("too_long", text[:50])
        return text.replace(FLAG, "")


def _is_empty(value: Value) -> bool:
    return isinstance(value, str) and not value


def _is_true(value: Value) -> bool:
    return value if isinstance(value, bool) else bool(value) and value != "false"


def _part(text: str, mark: str, number: int) -> str:
    parts = [part.strip() for part in (text.split(mark) if mark else [text])]
    place = number - 1 if number > 0 else len(parts) + number
    return parts[place] if 0 <= place < len(parts) and number else ""


def _lookup(words: list[str]) -> str:
    """lookup(what, "a", "1", "b", "2", otherwise): without a last word alone, what is not found is refused."""
    what, pairs = words[0], words[1:]
    for place in range(0, len(pairs) - 1, 2):
        if pairs[place] == what:
            return pairs[place + 1]
    if len(pairs) % 2:
        return pairs[-1]
    if not what:
        return ""
    raise _Fault("not_in_map", what)
