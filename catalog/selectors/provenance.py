"""Where each value of a product comes from: who is believed, what the others say, since when, and what is locked."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import (
    Attribute,
    Brand,
    Claim,
    Family,
    FedRow,
    FieldLock,
    FieldOrder,
    Product,
    Source,
    VatRate,
)
from catalog.rules import sources as rules
from catalog.selectors.believed import locks_of, voice

GROUP_NAMES: dict[str, Any] = {
    rules.ALL: gettext_lazy("all fields"),
    "texts": gettext_lazy("texts"),
    "arrangement": gettext_lazy("brand and family"),
    "trade": gettext_lazy("rate, stock type and importance"),
    "sizes": gettext_lazy("sizes and weights"),
    "attributes": gettext_lazy("attributes"),
}
_POINTING: dict[str, Any] = {"brand": Brand, "family": Family, "vat_rate": VatRate}


@dataclass(frozen=True)
class Said:
    """What one source says of a field. run: the run that brought it, if one did."""

    source: Source
    value: Any
    text: str
    at: dt.datetime | None
    run: int | None


@dataclass
class Provenance:
    """A field: what is shown, whose word it is (none: nobody claims it), what the others say, the best first."""

    field: str
    name: str
    value: Any
    text: str
    winner: Said | None = None
    others: list[Said] = made(default_factory=list)
    lock: FieldLock | None = None


def provenance_of(product: Product, *, at: dt.datetime) -> list[Provenance]:
    """Every field of a product that has a value or a claim. At most thirteen queries, whatever the product."""
    sources = {source.pk: source for source in Source.objects.all()}
    claims = list(Claim.objects.filter(product=product))
    orders = dict(FieldOrder.objects.values_list("field", "sources"))
    locks = locks_of(product, at=at)
    fed = FedRow.objects.filter(product=product, source=product.source).first() if product.source else None
    first = sources.get(voice(sources.values(), product.source)) if product.source else None
    held = values_of(product)
    names = [*held, *(name for claim in claims for name in claim.said if name not in held)]
    words = _Words(product, claims)
    found = []
    for name in dict.fromkeys(names):
        said = [
            _said(sources[claim.source_id], claim, name, words)
            for pk in rules.ranked(name, list(sources), orders)
            for claim in claims
            if claim.source_id == pk and name in claim.said
        ]
        if not said and first and _is_fed(product, name):
            value = held.get(name)
            taken, run = (fed.taken_at, fed.run_id) if fed else (None, None)
            said = [Said(first, value, words.of(name, value), taken, run)]
        value = held.get(name)
        winner = next((one for one in said if one.value == value), None)
        others = [one for one in said if one is not winner]
        lock = next((one for one in locks if rules.covers(one.field, name)), None)
        found.append(Provenance(name, words.name(name), value, words.of(name, value), winner, others, lock))
    return found


def values_of(product: Product) -> dict[str, Any]:
    """What a product holds, field by field, as sources say it."""
    held = {name: getattr(product, column) for name, (column, _kind) in rules.COLUMNS.items()}
    found = {name: value for name, value in held.items() if value not in (None, "")}
    found |= {rules.ATTRIBUTE + code: value for code, value in (product.attributes or {}).items()}
    for language, texts in (product.translations or {}).items():
        found |= {f"{rules.TRANSLATION}{language}.{name}": text for name, text in texts.items() if text}
    return found


def choices() -> list[tuple[str, str]]:
    """What an order or a lock may be about, for people: groups, then single fields. One query."""
    groups = [(name, str(label)) for name, label in GROUP_NAMES.items()]
    columns = [(name, field_name(name)) for name in rules.COLUMNS]
    attributes = Attribute.objects.order_by("position", "name").values_list("code", "name")[:500]
    return [*groups, *columns, *((rules.ATTRIBUTE + code, name) for code, name in attributes)]


def field_name(name: str) -> str:
    """What people call a field that is no attribute, or a group."""
    if name in GROUP_NAMES:
        return str(GROUP_NAMES[name])
    if name.startswith(rules.TRANSLATION):
        _word, language, text = name.split(".")
        return f"{field_name(text)} ({language})"
    if name in rules.COLUMNS or name in {"slug", "meta_title"}:
        column: Any = Product._meta.get_field(name)  # noqa: SLF001 - the documented way to a field
        return str(column.verbose_name)
    return name.removeprefix(rules.ATTRIBUTE)


def _choices(name: str) -> dict[Any, Any]:
    """What the values of a field are called, where it is one of a few."""
    column: Any = Product._meta.get_field(rules.COLUMNS[name][0])  # noqa: SLF001 - the documented way to a field
    return dict(column.flatchoices)


def _is_fed(product: Product, name: str) -> bool:
    fed = set(product.fed_fields)
    if name.startswith(rules.ATTRIBUTE):
        return name[:60] in fed
    return name.partition(".")[0] in fed or (name == "family" and "subfamily" in fed)


def _said(source: Source, claim: Claim, name: str, words: "_Words") -> Said:
    when, run = claim.since.get(name) or (None, None)
    moment = parse_datetime(when) if when else claim.said_at
    value = claim.said[name]
    return Said(source, value, words.of(name, value), moment, run if when else claim.said_by_run)


class _Words:
    """Values as people read them; one query for each kind of thing that is pointed to."""

    def __init__(self, product: Product, claims: Iterable[Claim]) -> None:
        claims = list(claims)
        self.things: dict[str, dict[Any, str]] = {}
        for name, model in _POINTING.items():
            asked = {getattr(product, f"{name}_id"), *(claim.said.get(name) for claim in claims)} - {None}
            self.things[name] = {one.pk: str(one) for one in model.objects.filter(pk__in=asked)} if asked else {}
        codes = {one for claim in claims for one in claim.said if one.startswith(rules.ATTRIBUTE)}
        codes |= {rules.ATTRIBUTE + code for code in product.attributes or {}}
        attributes = Attribute.objects.filter(code__in=[one.removeprefix(rules.ATTRIBUTE) for one in codes])
        self.names = {rules.ATTRIBUTE + one.code: one.name for one in attributes}

    def name(self, field: str) -> str:
        return self.names.get(field) or field_name(field)

    def of(self, field: str, value: Any) -> str:
        if value is None:
            return "—"
        if field in self.things:
            return self.things[field].get(value, f"#{value}")
        if field in rules.COLUMNS and isinstance(value, int | str) and value in (named := _choices(field)):
            return str(named[value])
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
