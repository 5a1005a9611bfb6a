"""True counts: listings, not variants; each facet counts as if nothing were chosen in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from altazion.lib.money import display
from catalog.enums import AttributeType
from discovery.rules import PRICE_STEPS
from discovery.selectors.navigation import said_in
from discovery.selectors.questions import FacetQuestion
from discovery.selectors.scope import PRICE, price_range
from discovery.selectors.snapshot import FacetName


@dataclass(frozen=True)
class FacetOption:
    """A value to choose: how many listings it would show. colour (#rrggbb), image: what stands before its label."""

    value: str
    label: str
    count: int
    selected: bool
    colour: str = ""
    image: str = ""


@dataclass(frozen=True)
class Facet:
    """A question with its answers. display: how it stands beside the list, "" as its place in the row has it."""

    code: str
    label: str
    options: list[FacetOption]
    display: str = ""

    @property
    def chosen(self) -> list[FacetOption]:
        return [option for option in self.options if option.selected]


@dataclass
class Counted:
    """What the index answered. values: attribute → [(value id, count)]; prices: step → count."""

    total: int = 0
    in_store: int = 0
    values: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    prices: dict[int, int] = field(default_factory=dict)
    segments: dict[int, int] = field(default_factory=dict)
    names: Mapping[int, FacetName] = field(default_factory=dict)
    questions: dict[str, FacetQuestion] = field(default_factory=dict)


def as_facets(
    counted: Counted, chosen: dict[str, list[str]], *, language: str, currency: str, path: Collection[int] = ()
) -> list[Facet]:
    """The counts in people's words: brand first, then price, then criteria and attributes in their order.

    A facet that could not narrow anything (one value for all, none chosen) is left out, and one that is asked only in
    other segments than those of `path`.
    """
    found = [
        facet
        for code, numbers in counted.values.items()
        if (facet := _facet(counted, code, numbers, chosen.get(code, []), language))
        and (facet.chosen or code not in counted.questions or counted.questions[code].asked_in(path))
    ]
    if price := _price_facet(counted, chosen.get(PRICE, []), currency):
        found.append(price)
    order = {code: (2, q.position, q.name) for code, q in counted.questions.items()} | {
        "brand": (0, 0, ""),
        PRICE: (1, 0, ""),
    }
    return sorted(found, key=lambda facet: order.get(facet.code, (3, 0, facet.label)))


def _facet(
    counted: Counted, code: str, numbers: list[tuple[int, int]], chosen: list[str], language: str
) -> Facet | None:
    question = counted.questions.get(code)
    if question is None and code != "brand":
        return None
    options = [
        (
            _order(value, question, found),
            FacetOption(
                value.value,
                _name(value, question, language),
                found,
                value.value in chosen,
                *(question.looks.get(value.value, ()) if question else ()),
            ),
        )
        for number, found in numbers
        if (value := counted.names.get(number))
    ]
    if len(options) < 2 and not chosen:
        return None
    label = said_in(question.translations, language, "name", question.name) if question else _("Brand")
    ordered = [option for _key, option in sorted(options, key=lambda each: each[0])]
    return Facet(code, label, ordered, question.display if question else "")


def _order(value: FacetName, question: FacetQuestion | None, found: int) -> tuple[float, float, str]:
    if question and question.ordered and value.position:
        return (value.position, 0, value.label)
    if question and question.type == AttributeType.NUMBER:
        try:
            return (float(value.value), 0, "")
        except ValueError:
            return (float("inf"), 0, value.value)
    return (0, -found, value.label.casefold())


def _name(value: FacetName, question: FacetQuestion | None, language: str) -> str:
    plain = value.label == value.value
    if question and question.type == AttributeType.BOOLEAN and plain:
        return _("Yes") if value.value in ("true", "yes") else _("No")
    name = said_in(value.translations, language, "label", value.label)
    unit = question.unit if question and (plain or question.type == AttributeType.LIST) else ""
    return f"{name} {unit}" if unit else name


def _price_facet(counted: Counted, chosen: list[str], currency: str) -> Facet | None:
    options = []
    for step in sorted(counted.prices):
        low = PRICE_STEPS[step - 1] if step else 0
        high = PRICE_STEPS[step] if step < len(PRICE_STEPS) else None
        value = f"{low}-{high if high is not None else ''}"
        options.append(FacetOption(value, price_words(value, currency), counted.prices[step], value in chosen))
    known = {option.value for option in options}
    options += [FacetOption(v, price_words(v, currency), 0, True) for v in chosen if v not in known and price_range(v)]
    return Facet(PRICE, _("Price"), options) if len(options) > 1 or chosen else None


def price_words(value: str, currency: str) -> str:
    """A price range for people: "10-20" is "€10 to €20"; nothing if it is not a range."""
    bounds = price_range(value)
    if bounds is None:
        return ""
    low, high = (_round(b, currency) if b is not None else "" for b in bounds)
    if not high:
        return _("%(low)s and more") % {"low": low}
    if not low or not bounds[0]:
        return _("under %(high)s") % {"high": high}
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _round(amount: Decimal, currency: str) -> str:
    """An amount, its cents only if it has any."""
    text = display(amount, currency)
    return text.replace(",00", "").replace(".00", "") if amount == amount.to_integral_value() else text
