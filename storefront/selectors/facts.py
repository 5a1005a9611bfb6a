"""A product's attributes in people's words, and the questions that lead to one of its variants."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from catalog.enums import AttributeType
from catalog.models import Attribute, Product
from catalog.selectors.attributes import concern_of, in_order
from discovery.selectors import said_in
from logistics.enums import Level
from logistics.selectors import Availability

SHORT = (AttributeType.LIST, AttributeType.TEXT, AttributeType.NUMBER)


@dataclass(frozen=True)
class Fact:
    """One attribute: what it is called and what it says; link: the address, if it is one."""

    label: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Group:
    """Attributes under a common title."""

    title: str
    facts: list[Fact]


@dataclass(frozen=True)
class Answer:
    """A value of a differentiating attribute, and the child it leads to."""

    label: str
    sku: str
    chosen: bool
    there: bool


@dataclass(frozen=True)
class Question:
    """What tells the variants apart: colour, size."""

    label: str
    answers: list[Answer]


def used_attributes(products: list[Product]) -> list[Attribute]:
    """The public attributes that these products speak of and that concern the first (the listing), with their options.

    In the order of its family and segments. Four queries.
    """
    codes = {code for product in products for code in product.attributes}
    said = Attribute.objects.filter(code__in=codes, is_public=True).prefetch_related("options")
    concern = concern_of(products[0])
    return in_order((one for one in said if concern.has(one) or one.is_differentiating), concern)


def attribute_groups(attributes: list[Attribute], values: dict[str, Any], language: str) -> list[Group]:
    """What a product's attributes say, by group in order of appearance."""
    groups: dict[str, list[Fact]] = {}
    for attribute in attributes:
        text = words(attribute, values.get(attribute.code), language)
        if not text:
            continue
        link = text if attribute.type == AttributeType.URL and text.startswith("https://") else ""
        groups.setdefault(attribute.group, []).append(Fact(name_of(attribute, language), text, link))
    return [Group(title, facts) for title, facts in groups.items()]


def questions_of(
    attributes: list[Attribute],
    children: list[Product],
    chosen: Product,
    stock: dict[int, Availability],
    language: str,
) -> list[Question]:
    """One question per differentiating attribute; without any, the children themselves are the choice."""
    if len(children) < 2 and not any(attribute.is_differentiating for attribute in attributes):
        return []
    asked = [a for a in attributes if a.is_differentiating and len({_key(c, a.code) for c in children} - {""}) > 0]
    if not asked or not _tell_apart(children, asked):
        telling = next((a for a in attributes if a.type in SHORT and _tells_all(children, a.code)), None)
        if telling is None:
            return [Question(_("Choose"), _by_name(children, chosen, stock))] if len(children) > 1 else []
        asked = [telling]
    return [Question(name_of(a, language), _answers(a, asked, children, chosen, stock, language)) for a in asked]


def _by_name(children: list[Product], chosen: Product, stock: dict[int, Availability]) -> list[Answer]:
    """Children under their own names, with the SKU where names do not tell them apart."""
    alike = len({child.name for child in children}) < len(children)
    return [
        Answer(
            f"{child.name} {child.sku}".strip() if alike else child.name or child.sku,
            child.sku,
            child.pk == chosen.pk,
            _there(child, stock),
        )
        for child in children
    ]


def _tells_all(children: list[Product], code: str) -> bool:
    values = [_key(child, code) for child in children]
    return "" not in values and len(set(values)) == len(values)


def _answers(
    attribute: Attribute,
    asked: list[Attribute],
    children: list[Product],
    chosen: Product,
    stock: dict[int, Availability],
    language: str,
) -> list[Answer]:
    others = [a.code for a in asked if a.code != attribute.code]
    order = {option.code: number for number, option in enumerate(attribute.options.all())}
    values: dict[str, list[Product]] = {}
    for child in children:
        if key := _key(child, attribute.code):
            values.setdefault(key, []).append(child)

    def nearest(candidates: list[Product]) -> Product:
        return min(candidates, key=lambda c: sum(_key(c, code) != _key(chosen, code) for code in others))

    return [
        Answer(
            words(attribute, candidates[0].attributes.get(attribute.code), language),
            (best := nearest(candidates)).sku,
            _key(chosen, attribute.code) == key,
            _there(best, stock),
        )
        for key, candidates in sorted(values.items(), key=lambda each: (order.get(each[0], 10_000), each[0]))
    ]


def words(attribute: Attribute, value: Any, language: str) -> str:
    """A value as people read it, "" for none."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, (words(attribute, one, language) for one in value)))
    if attribute.type == AttributeType.BOOLEAN:
        return _("Yes") if value in (True, "true", "1") else _("No")
    if attribute.type == AttributeType.LIST:
        option = next((o for o in attribute.options.all() if o.code == str(value)), None)
        return said_in(option.translations, language, "label", option.label) if option else str(value)
    if attribute.type == AttributeType.DATE:
        return _date(str(value))
    text = number_format(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    return f"{text} {attribute.unit}" if attribute.unit else text


def name_of(attribute: Attribute, language: str) -> str:
    """An attribute's name in a language."""
    return said_in(attribute.translations, language, "name", attribute.name)


def _date(text: str) -> str:
    try:
        return date_format(dt.date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _key(product: Product, code: str) -> str:
    value = product.attributes.get(code)
    return "" if value is None else str(value)


def _there(product: Product, stock: dict[int, Availability]) -> bool:
    found = stock.get(product.pk)
    return found is not None and found.level != Level.UNAVAILABLE


def _tell_apart(children: Iterable[Product], asked: list[Attribute]) -> bool:
    told = [tuple(_key(child, attribute.code) for attribute in asked) for child in children]
    return len(set(told)) == len(told)
