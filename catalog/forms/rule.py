"""The rule of a selection as a page of rows: conditions in groups, every button a plain submit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.enums import Flag, LabelRule
from catalog.models import Attribute, AttributeOption, Brand, Family, Label, ProductType, Segment
from catalog.rules import selecting
from catalog.selectors.trade import flag_names

MOST_OPTIONS = 2000
NEW = "new"
SUBJECTS: dict[str, str | Promise] = {
    "segment": gettext_lazy("Segment (and below)"),
    "family": gettext_lazy("Family (and below)"),
    "brand": gettext_lazy("Brand"),
    "type": gettext_lazy("Product type"),
    "price": gettext_lazy("Price with tax"),
    "stock": gettext_lazy("Stock"),
    "new": gettext_lazy("New"),
    "created": gettext_lazy("Created"),
    "sku": gettext_lazy("SKU"),
    "mark": gettext_lazy("Mark"),
    "label": gettext_lazy("Label (by hand, by file, or after an attribute or a mark)"),
}
HOWS: dict[str, str | Promise] = {
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "filled": gettext_lazy("is filled in"),
    "empty": gettext_lazy("is empty"),
    "equals": gettext_lazy("is exactly"),
    "at_least": gettext_lazy("is at least"),
    "below": gettext_lazy("is below"),
    "yes": gettext_lazy("is yes"),
    "no": gettext_lazy("is no"),
    "since": gettext_lazy("since"),
    "before": gettext_lazy("before"),
    "starts": gettext_lazy("starts with"),
    "available": gettext_lazy("in stock"),
    "sold_out": gettext_lazy("sold out"),
    "less_than": gettext_lazy("fewer units than"),
    "within_days": gettext_lazy("for at most … days"),
}
_CODED: dict[str, Any] = {"segment": Segment, "family": Family, "brand": Brand, "type": ProductType}
_INPUTS = {"date": "date", "created": "date", "new": "number", "price": "text", "stock": "text", "number": "text"}


@dataclass
class Row:
    """A condition on the page. options: (value, words) to choose among; none for what is typed."""

    number: int
    group: int
    what: str
    label: str
    kind: str
    how: str
    values: list[str]
    hows: list[tuple[str, str | Promise]] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""

    @property
    def chooses(self) -> bool:
        """True if values are chosen from a list."""
        return self.kind in {"choice", "option", "mark", "label"}

    @property
    def input(self) -> str:
        """What is typed into: date, number, text, or lines for several values."""
        return "lines" if self.kind in {"text", "sku"} else _INPUTS.get(self.kind, "")

    @property
    def typed(self) -> str:
        """The values as they stand in the input."""
        return "\n".join(self.values)

    @property
    def said(self) -> str:
        """The values in words."""
        words = dict(self.options)
        return ", ".join(words.get(value, value).strip() for value in self.values)


@dataclass
class Draft:
    """A rule being written."""

    rows: list[Row]
    error: str = ""

    @property
    def groups(self) -> list[tuple[int, list[Row]]]:
        """Rows by group, groups counted from 0."""
        return [(number, [row for row in self.rows if row.group == number]) for number in self._numbers()]

    def data(self) -> list[list[dict[str, Any]]]:
        """As `catalog.services.save_rule` takes it."""
        return [
            [{"what": row.what, "how": row.how, "values": row.values} for row in rows] for _number, rows in self.groups
        ]

    def blame(self, group: int, condition: int, words: str) -> None:
        """Say at its row what is wrong, or on top when it is no row's."""
        rows = dict(self.groups).get(group, [])
        if 0 <= condition < len(rows):
            rows[condition].error = words
        else:
            self.error = words

    def _numbers(self) -> list[int]:
        return sorted({row.group for row in self.rows})


def draft_of(data: Iterable[Iterable[Mapping[str, Any]]]) -> Draft:
    """A stored rule on the page. Constant queries."""
    rows = [
        (group, str(one.get("what", "")), str(one.get("how", "")), [str(v) for v in one.get("values", [])])
        for group, conditions in enumerate(data)
        for one in conditions
    ]
    return _draft(rows)


def draft_from(post: QueryDict) -> Draft:
    """What was posted, with the button that was pressed done: a row added or removed. Constant queries."""
    rows: list[tuple[int, str, str, list[str]]] = []
    verb, _colon, argument = post.get("do", "").partition(":")
    for number in post.getlist("row")[: selecting.MOST_GROUPS * selecting.MOST_CONDITIONS]:
        group = post.get(f"group-{number}", "")
        if (verb, argument) == ("remove", number) or not group.isdecimal() or len(group) > 3:
            continue
        values = [v.strip() for each in post.getlist(f"values-{number}") for v in each.splitlines()]
        rows.append((int(group), post.get(f"what-{number}", ""), post.get(f"how-{number}", ""), values))
    if verb == "add" and (what := post.get(f"subject-{argument}")):
        last = max((row[0] for row in rows), default=-1) + 1
        rows.append((int(argument) if argument.isdecimal() and len(argument) < 4 else last, what, "", []))
    return _draft(rows)


def subjects() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a condition may be about, under titles. One query."""
    own = [(what, str(label)) for what, label in SUBJECTS.items()]
    attributes = Attribute.objects.order_by("position", "name").values_list("code", "name")[:500]
    asked = [(f"{selecting.ATTRIBUTE}{code}", name) for code, name in attributes]
    return [(_("Product"), own), *([(_("Attributes"), asked)] if asked else [])]


def _draft(said: list[tuple[int, str, str, list[str]]]) -> Draft:
    codes = {
        what.removeprefix(selecting.ATTRIBUTE) for _g, what, _h, _v in said if what.startswith(selecting.ATTRIBUTE)
    }
    known = {one.code: one for one in Attribute.objects.filter(code__in=[c for c in codes if "\0" not in c])}
    types = {code: one.type for code, one in known.items()}
    order = {number: place for place, number in enumerate(sorted({group for group, *_rest in said}))}
    rows = []
    for number, (group, what, how, values) in enumerate(said):
        kind = selecting.kind_of(what, types)
        code = what.removeprefix(selecting.ATTRIBUTE)
        label = str(SUBJECTS.get(what) or (known[code].name if code in known else what[:80]))
        if unit := known[code].unit if what.startswith(selecting.ATTRIBUTE) and code in known else "":
            label = f"{label} ({unit})"
        hows = [(one, HOWS[one]) for one in selecting.HOWS.get(kind, ())]
        row = Row(number, order[group], what, label, kind, how or (hows[0][0] if hows else ""), values, hows)
        if not kind:
            row.error = _("This attribute does not exist any more: remove the condition.")
        rows.append(row)
    _give_options(rows)
    return Draft(rows)


def _give_options(rows: list[Row]) -> None:
    for row in rows:
        if row.kind == "mark":
            names = flag_names()
            row.options = [(flag.code, names[flag.value]) for flag in Flag]
        elif row.kind == "label":
            row.options = label_choices()
    for what in {row.what for row in rows if row.kind == "choice"}:
        of_this = [row for row in rows if row.what == what]
        options = _options(what, {value for row in of_this for value in row.values})
        for row in of_this:
            row.options = options
    codes = {row.what.removeprefix(selecting.ATTRIBUTE) for row in rows if row.kind == "option"}
    found: dict[str, list[tuple[str, str]]] = {}
    labels = AttributeOption.objects.filter(attribute__code__in=codes).values_list("attribute__code", "code", "label")
    for attribute, code, label in labels[: MOST_OPTIONS * 5] if codes else ():
        found.setdefault(attribute, []).append((code, label))
    for row in rows:
        if row.kind == "option":
            row.options = found.get(row.what.removeprefix(selecting.ATTRIBUTE), [])


def label_choices() -> list[tuple[str, str]]:
    """ "slot/label" with names, but for the labels that rules of selections may not ask for. One query."""
    found = Label.objects.exclude(rule__in=[LabelRule.SELECTION, LabelRule.PROMOTION, LabelRule.NEW])
    rows = found.values_list("slot__code", "code", "slot__name", "name")[:MOST_OPTIONS]
    return [(f"{slot}/{code}", f"{theme} · {name}") for slot, code, theme, name in rows]


def _options(what: str, chosen: set[str]) -> list[tuple[str, str]]:
    """Codes with names; at most two thousand, and always those chosen. At most two queries."""
    if what in {"segment", "family"}:
        found = _indented(_CODED[what])
    else:
        found = list(_CODED[what].objects.order_by("name").values_list("code", "name")[:MOST_OPTIONS])
    if missing := {c for c in chosen if "\0" not in c} - {code for code, _name in found}:
        found += list(_CODED[what].objects.filter(code__in=missing).values_list("code", "name"))
    return found


def _indented(model: Any) -> list[tuple[str, str]]:
    below: dict[int | None, list[tuple[int, str, str]]] = {}
    for pk, parent, code, name in model.objects.values_list("pk", "parent_id", "code", "name")[:MOST_OPTIONS]:
        below.setdefault(parent, []).append((pk, code, name))
    found: list[tuple[str, str]] = []

    def walk(parent: int | None, depth: int) -> None:
        for pk, code, name in below.get(parent, []):
            found.append((code, "\u2003" * depth + name))
            walk(pk, depth + 1)

    walk(None, 0)
    return found
