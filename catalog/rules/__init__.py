"""What the catalogue allows, in plain Python: life cycle, publication, attribute values, references, tree."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod
from urllib.parse import urlsplit

from altazion.lib import codes
from catalog.enums import AttributeType, ReferenceType

MAX_LEVEL = 6

#: how the shop's addresses begin; products carry their number and need no record of old words
ADDRESSES = {"segment": "s/%s", "brand": "b/%s"}
FED_CODE_LENGTH = 60 - len("attributes.")  # what fits into an entry of fed_fields
MAX_NEW_CHILDREN = 200
MAX_COMBINATIONS = 500
MAX_AXES = 3
TEXT_LENGTH = 250

#: state → states a colleague may bring it to
MOVES = {
    "in_preparation": {"validated", "archived"},
    "validated": {"archived", "in_preparation"},
    "archived": {"in_preparation"},
}

#: facts a product needs to be validated (2.3, A22), whatever the channel
TO_VALIDATE = ("has_name", "has_price")

#: facts it needs to be shown on a channel, by the channel's rule (A15)
TO_PUBLISH = {
    "validated": (),
    "complete": ("has_description", "has_image"),
    "in_stock": ("has_stock",),
}
ALWAYS_TO_PUBLISH = ("is_no_child", "is_living", "is_validated", "has_variants", *TO_VALIDATE)

#: what makes a product page good; none of it stops anything
GOOD_TO_HAVE = ("has_name", "has_price", "has_description", "has_image", "has_segment", "has_brand", "has_reference")

#: field of an import → field of the Office form that it locks, where the two differ
FED_AS = {
    "price": "amount",
    "price_net": "amount",
    "promo_price": "promo_amount",
    "promo_price_net": "promo_amount",
    "promo_from": "promo_during",
    "promo_to": "promo_during",
    "subfamily": "family",
    "image": "media",
    "images": "media",
    "segment_code": "places",
    **{f"segment_{level}": "places" for level in range(1, MAX_LEVEL + 1)},
}


def can_move(state: str, to: str) -> bool:
    """True if a colleague may bring a product from one state to the other."""
    return to in MOVES.get(state, ())


def needs(rule: str) -> tuple[str, ...]:
    """The facts a product must satisfy on a channel with this publication rule."""
    return ALWAYS_TO_PUBLISH + TO_PUBLISH[rule]


def missing(facts: Collection[str], wanted: Collection[str]) -> list[str]:
    """Which of the wanted facts do not hold, in the order asked."""
    return [fact for fact in wanted if fact not in facts]


def completeness(facts: Collection[str]) -> int:
    """How complete a product is, 0 to 100."""
    return round(100 * sum(fact in facts for fact in GOOD_TO_HAVE) / len(GOOD_TO_HAVE))


def locked_fields(fed_fields: Collection[str]) -> set[str]:
    """The form fields that an import feeds, so that Office shows them locked; attributes apart."""
    return {FED_AS.get(name, name) for name in fed_fields if name.partition(".")[0] != "attributes"}


def locked_attributes(fed_fields: Collection[str], codes: Collection[str]) -> set[str]:
    """Which of these attributes an import feeds: those it named ("attributes.age"), or all if it named none."""
    named = {name.partition(".")[2] for name in fed_fields if name.startswith("attributes.")}
    if "attributes" in fed_fields and not named:
        return set(codes)
    return {code for code in codes if code[:FED_CODE_LENGTH] in named}


def clean_reference(kind: str, value: str) -> str:
    """A reference as it is kept: codes of the trade without spaces and dashes, others trimmed.

    Raises ValueError ("empty", "gtin", "isbn") when it cannot be one.
    """
    value = value.strip()
    if not value:
        raise ValueError("empty")
    if kind in {ReferenceType.EAN13, ReferenceType.GTIN}:
        if not codes.is_gtin(value):
            raise ValueError("gtin")
        return codes.bare_digits(value)
    if kind == ReferenceType.ISBN:
        if not codes.is_isbn(value):
            raise ValueError("isbn")
        return codes.bare_digits(value)
    return value


def clean_attribute(kind: str, value: object, options: Collection[str] = ()) -> object | None:
    """An attribute's value as it is kept in `Product.attributes`; None for no value.

    Raises ValueError with a word for what is wrong: number, boolean, date, url, option, too_long.
    """
    if value is None or (isinstance(value, str | list | tuple) and not value):
        return None
    if cleaner := _CLEANERS.get(kind):
        return cleaner(value)
    if kind == AttributeType.LIST:
        chosen = [str(one) for one in value] if isinstance(value, list | tuple | set) else [str(value)]
        if any(one not in options for one in chosen):
            raise ValueError("option")
        return chosen[0] if len(chosen) == 1 and not isinstance(value, list | tuple | set) else chosen
    text = str(value).strip()
    if kind == AttributeType.TEXT and len(text) > TEXT_LENGTH:
        raise ValueError("too_long")
    return text or None


def combinations(axes: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Every way to take one value of each axis, the last axis turning fastest; none when an axis is empty.

    Raises ValueError with their number when there are more than MAX_COMBINATIONS: they are counted, not made.
    """
    number = prod(len(axis) for axis in axes) if axes else 0
    if number > MAX_COMBINATIONS:
        raise ValueError(str(number))
    return list(product(*axes)) if number else []


def levels_fit(*, new_level: int, height: int) -> bool:
    """True if a branch of this height may hang with its top at this level."""
    return new_level + height - 1 <= MAX_LEVEL


def _number(value: object) -> int | float:
    try:
        number = Decimal(str(value).replace(",", ".").replace("\u202f", "").replace(" ", ""))
    except InvalidOperation:
        raise ValueError("number") from None
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError("number")
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(value: object) -> bool:
    words = {"true": True, "1": True, "oui": True, "yes": True, "false": False, "0": False, "non": False, "no": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise ValueError("boolean")
    return found


def _date(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    try:
        return dt.date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise ValueError("date") from None


def _url(value: object) -> str:
    text = str(value).strip()
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("url")
    return text


_CLEANERS: dict[str, Callable[[object], object]] = {
    AttributeType.NUMBER: _number,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.DATE: _date,
    AttributeType.URL: _url,
}
