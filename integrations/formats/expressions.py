"""Small formulas over the columns of a row: a language of its own, parsed into a tree, never evaluated as Python.

`{Price HT} * 1.2`, `upper({Brand}) + " " + {Name}`, `when({Stock} > 0, "yes", "no")`; docs/integrators.md lists all.
"""

import functools
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

LONGEST = 2000
DEEPEST = 40
MOST_WORDS = 200
# name: (fewest, most arguments); None: any number
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "upper": (1, 1),
    "lower": (1, 1),
    "trim": (1, 1),
    "replace": (3, 3),
    "split": (3, 3),
    "left": (2, 2),
    "right": (2, 2),
    "number": (1, 1),
    "round": (2, 2),
    "join": (2, None),
    "lookup": (3, None),
    "if_empty": (2, None),
    "when": (2, 3),
}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<column>\{[^{}]*\}) | (?P<text>"[^"]*"|'[^']*') | (?P<number>\d{1,15}(?:\.\d{1,10})?)
    | (?P<name>[A-Za-z_]+) | (?P<mark>==|!=|<=|>=|[-+*/(),<>])
    )""",
    re.VERBOSE,
)
_LEVELS = (("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"))


class ExpressionError(ValueError):
    """An expression that cannot be understood; the message says where."""


@dataclass(frozen=True)
class Node:
    """kind: column, text, number, negative, call (value: function) or operator (value: its mark)."""

    kind: str
    value: Any = None
    parts: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Expression:
    root: Node
    columns: tuple[str | int, ...]


@functools.lru_cache(maxsize=2000)
def parse(text: str) -> Expression:
    """The tree of an expression. Raises ExpressionError with a sentence."""
    if len(text) > LONGEST:
        raise ExpressionError(_("an expression has at most %d characters") % LONGEST)
    parser = _Parser(_tokens(text))
    root = parser.level(0, 0)
    if parser.place < len(parser.tokens):
        raise ExpressionError(_("“%s” is not expected there") % parser.tokens[parser.place][1])
    return Expression(root, tuple(dict.fromkeys(parser.columns)))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if not found:
            raise ExpressionError(_("“%s” cannot be read") % text[place:].strip()[:20])
        kind = str(found.lastgroup)
        tokens.append((kind, found.group(kind)))
        place = found.end()
    if len(tokens) > MOST_WORDS:
        raise ExpressionError(_("an expression has at most %d words and marks") % MOST_WORDS)
    if not tokens:
        raise ExpressionError(_("the expression is empty"))
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place = tokens, 0
        self.columns: list[str | int] = []

    def level(self, number: int, depth: int) -> Node:
        """Operators of one level and those that bind closer."""
        if depth > DEEPEST:
            raise ExpressionError(_("the expression is nested too deeply"))
        if number == len(_LEVELS):
            return self.single(depth)
        left = self.level(number + 1, depth)
        while (mark := self.peek()) in _LEVELS[number]:
            self.place += 1
            left = Node("operator", mark, (left, self.level(number + 1, depth)))
        return left

    def single(self, depth: int) -> Node:
        if self.place >= len(self.tokens):
            raise ExpressionError(_("the expression ends too early"))
        kind, word = self.tokens[self.place]
        self.place += 1
        if kind == "column":
            return self.column(word[1:-1].strip())
        if kind == "text":
            return Node("text", word[1:-1])
        if kind == "number":
            return Node("number", word)
        if kind == "name":
            return self.call(word, depth)
        if word == "-":
            return Node("negative", None, (self.single(depth + 1),))
        if word == "(":
            inner = self.level(0, depth + 1)
            self.expect(")")
            return inner
        raise ExpressionError(_("“%s” is not expected there") % word)

    def column(self, name: str) -> Node:
        if not name:
            raise ExpressionError(_("a column is named in braces: {Name}"))
        source = int(name) if name.isascii() and name.isdigit() else name
        self.columns.append(source)
        return Node("column", source)

    def call(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS:
            raise ExpressionError(
                _("there is no function %(name)s; there are %(names)s; columns stand in braces: {Name}")
                % {"name": name, "names": ", ".join(FUNCTIONS)}
            )
        self.expect("(")
        parts = [] if self.peek() == ")" else [self.level(0, depth + 1)]
        while self.peek() == ",":
            self.place += 1
            parts.append(self.level(0, depth + 1))
        self.expect(")")
        fewest, most = FUNCTIONS[name]
        if len(parts) < fewest or (most is not None and len(parts) > most):
            raise ExpressionError(_("%(name)s takes another number of values") % {"name": name})
        return Node("call", name, tuple(parts))

    def peek(self) -> str:
        if self.place >= len(self.tokens):
            return ""
        kind, word = self.tokens[self.place]
        return word if kind == "mark" else ""

    def expect(self, mark: str) -> None:
        if self.peek() != mark:
            raise ExpressionError(_("“%s” is missing") % mark)
        self.place += 1
