"""Rules of selections, in plain Python: what a rule may say, and whether a product satisfies it.

A rule is groups joined by *or*; a group is conditions joined by *and*. `catalog.selectors.selecting` says the same in
SQL; a test compares the two over random rules.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.enums import AttributeType

MOST_GROUPS, MOST_CONDITIONS, MOST_VALUES, MOST_DAYS = 20, 20, 300, 3650
LONGEST = 250
LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
ATTRIBUTE = "attribute:"

#: kind of condition → what it may ask
HOWS: dict[str, tuple[str, ...]] = {
    "choice": ("in", "not_in"),
    "option": ("in", "not_in", "filled", "empty"),
    "text": ("in", "not_in", "contains", "filled", "empty"),
    "number": ("equals", "at_least", "below", "filled", "empty"),
    "yes_no": ("yes", "no", "filled", "empty"),
    "date": ("since", "before", "filled", "empty"),
    "sku": ("in", "not_in", "starts"),
    "price": ("at_least", "below"),
    "stock": ("available", "sold_out", "less_than"),
    "created": ("since", "before"),
    "mark": ("in", "not_in"),
    "label": ("in", "not_in"),
    "new": ("within_days",),
}
#: what a condition may be about, apart from attributes → its kind
SUBJECTS = {
    "segment": "choice",
    "family": "choice",
    "brand": "choice",
    "type": "choice",
    "price": "price",
    "stock": "stock",
    "new": "new",
    "created": "created",
    "sku": "sku",
    "mark": "mark",
    "label": "label",
}
_OF_ATTRIBUTE = {
    AttributeType.TEXT.value: "text",
    AttributeType.LONG_TEXT.value: "text",
    AttributeType.URL.value: "text",
    AttributeType.NUMBER.value: "number",
    AttributeType.BOOLEAN.value: "yes_no",
    AttributeType.DATE.value: "date",
    AttributeType.LIST.value: "option",
}
SILENT = {"filled", "empty", "yes", "no", "available", "sold_out"}  # ask without a value
SEVERAL = {"in", "not_in"}


class RuleError(ValueError):
    """What is wrong, in a word, and where: group and condition count from 0, -1 for the rule or group as a whole."""

    def __init__(self, word: str, group: int = -1, condition: int = -1, about: str = "") -> None:
        super().__init__(word)
        self.word, self.group, self.condition, self.about = word, group, condition, about


@dataclass(frozen=True)
class Condition:
    """One thing asked of a product. values: checked, as text. kind: of `HOWS`."""

    what: str
    how: str
    values: tuple[str, ...]
    kind: str

    @property
    def attribute(self) -> str:
        """The attribute's code, if it is about one."""
        return self.what.removeprefix(ATTRIBUTE) if self.what.startswith(ATTRIBUTE) else ""

    @property
    def number(self) -> Decimal:
        """Its value as a number."""
        return Decimal(self.values[0])


Rule = tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True)
class Facts:
    """What a rule may know of one sellable product; a variant has what its parent has. units: free stock.

    families, segments: codes, those above included. marks: their codes. labels: "slot/label" of those given by hand or
    by file, or that follow an attribute or a mark. stocked: False for what is never counted (services, downloads).
    """

    sku: str = ""
    brand: str = ""
    type: str = ""
    families: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    price: Decimal | None = None
    units: int = 0
    stocked: bool = True
    created: dt.datetime = LONG_AGO
    attributes: Mapping[str, Any] = field(default_factory=dict)


def kind_of(what: str, attributes: Mapping[str, str]) -> str:
    """The kind of a subject, "" if there is none. attributes: code → type."""
    if what.startswith(ATTRIBUTE):
        return _OF_ATTRIBUTE.get(attributes.get(what.removeprefix(ATTRIBUTE), ""), "")
    return SUBJECTS.get(what, "")


def parse(data: object, attributes: Mapping[str, str]) -> Rule:
    """A stored or posted rule, checked: [[{"what", "how", "values"}, …], …]. Raises RuleError."""
    if not isinstance(data, list) or not data:
        raise RuleError("no_group")
    if len(data) > MOST_GROUPS:
        raise RuleError("too_many_groups")
    return tuple(_group(group, number, attributes) for number, group in enumerate(data))


def stored(rule: Rule) -> list[list[dict[str, Any]]]:
    """A rule as it is kept."""
    return [[{"what": c.what, "how": c.how, "values": list(c.values)} for c in group] for group in rule]


def attributes_of(data: object) -> set[str]:
    """Codes of the attributes that a stored rule speaks of, whatever else is wrong with it."""
    groups = data if isinstance(data, list) else []
    said = (one.get("what") for group in groups if isinstance(group, list) for one in group if isinstance(one, dict))
    codes = {what.removeprefix(ATTRIBUTE) for what in said if isinstance(what, str) and what.startswith(ATTRIBUTE)}
    return {code for code in codes if code.isprintable() and len(code) <= LONGEST}


def depends_on(data: object) -> set[str]:
    """What can change a stored rule's answer besides the product itself: prices, stock, time, segments, labels."""
    told = {
        "price": {"prices"},
        "stock": {"stock"},
        "new": {"time"},
        "segment": {"segments"},
        "label": {"labels", "time"},
    }
    groups = data if isinstance(data, list) else []
    said = {one.get("what") for group in groups if isinstance(group, list) for one in group if isinstance(one, dict)}
    return {word for what in said if what in told for word in told[what]}


def holds(rule: Rule, facts: Facts, at: dt.datetime) -> bool:
    """True if one group's conditions are all true of the product at this instant."""
    return any(all(_true(condition, facts, at) for condition in group) for group in rule)


def _group(group: object, number: int, attributes: Mapping[str, str]) -> tuple[Condition, ...]:
    if not isinstance(group, list) or not group:
        raise RuleError("empty_group", number)
    if len(group) > MOST_CONDITIONS:
        raise RuleError("too_many_conditions", number)
    return tuple(_condition(one, number, place, attributes) for place, one in enumerate(group))


def _condition(one: object, group: int, place: int, attributes: Mapping[str, str]) -> Condition:
    if not isinstance(one, dict):
        raise RuleError("unreadable", group, place)
    what, how, values = str(one.get("what", "")), str(one.get("how", "")), one.get("values") or []
    kind = kind_of(what, attributes)
    if not kind:
        raise RuleError("unknown_subject", group, place, what.removeprefix(ATTRIBUTE)[:60])
    if how not in HOWS[kind]:
        raise RuleError("unknown_question", group, place)
    if not isinstance(values, list | tuple):
        raise RuleError("unreadable", group, place)
    try:
        return Condition(what, how, _values(kind, how, [str(value).strip() for value in values]), kind)
    except ValueError as error:
        raise RuleError(str(error), group, place) from None


def _values(kind: str, how: str, values: Sequence[str]) -> tuple[str, ...]:
    if how in SILENT:
        return ()
    given = list(dict.fromkeys(value for value in values if value))
    if not given:
        raise ValueError("no_value")
    if any("\0" in value or len(value) > LONGEST for value in given):
        raise ValueError("too_long")
    if how in SEVERAL:
        if len(given) > MOST_VALUES:
            raise ValueError("too_many_values")
        return tuple(given)
    return (_single(kind, how, given[0]),)


def _single(kind: str, how: str, text: str) -> str:
    if how in {"equals", "at_least", "less_than"} or (how == "below" and kind in {"number", "price"}):
        return _number(text)
    if how == "within_days":
        if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
            raise ValueError("days")
        return str(int(text))
    if how in {"since", "before"}:
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError("date") from None
    return text


def _number(text: str) -> str:
    try:
        number = Decimal(text.replace(",", ".").replace("\u202f", "").replace(" ", ""))
    except InvalidOperation:
        raise ValueError("number") from None
    if not number.is_finite() or abs(number) >= 10**12:
        raise ValueError("number")
    return f"{number:f}"


def _true(one: Condition, facts: Facts, at: dt.datetime) -> bool:
    if one.attribute:
        return _of_attribute(one, facts.attributes.get(one.attribute))
    if one.kind in {"choice", "mark", "label"}:
        has = {
            "brand": {facts.brand}, "type": {facts.type}, "family": facts.families, "segment": facts.segments,
            "mark": facts.marks, "label": facts.labels,
        }  # fmt: skip
        return has[one.what].isdisjoint(one.values) == (one.how == "not_in")
    if one.what == "sku":
        if one.how == "starts":
            return facts.sku.startswith(one.values[0])
        return (facts.sku in one.values) == (one.how == "in")
    if one.what == "price":
        if facts.price is None:
            return False
        return facts.price >= one.number if one.how == "at_least" else facts.price < one.number
    if one.what == "stock":
        available = not facts.stocked or facts.units >= 1
        if one.how == "less_than":
            return facts.stocked and facts.units < one.number
        return available == (one.how == "available")
    if one.what == "new":
        return facts.created >= at - dt.timedelta(days=int(one.values[0]))
    edge = dt.datetime.combine(dt.date.fromisoformat(one.values[0]), dt.time.min, at.tzinfo)
    return facts.created >= edge if one.how == "since" else facts.created < edge


def _of_attribute(one: Condition, value: Any) -> bool:
    filled = value is not None and value not in ("", [])
    if one.how in {"filled", "empty"}:
        return filled == (one.how == "filled")
    if one.how in SEVERAL:
        said = value if isinstance(value, list) else [value]
        has = {each for each in said if isinstance(each, str)}
        return bool(has.intersection(one.values)) == (one.how == "in")
    if one.how in {"yes", "no"}:
        return value is (one.how == "yes")
    if one.kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        number = Decimal(str(value))
        return {"equals": number == one.number, "at_least": number >= one.number, "below": number < one.number}[one.how]
    if not isinstance(value, str):
        return False
    if one.how == "contains":
        return one.values[0].lower() in value.lower()
    return value >= one.values[0] if one.how == "since" else value < one.values[0]
