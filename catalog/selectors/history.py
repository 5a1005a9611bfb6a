"""A product's history as people read it: who, when, which field, from what to what."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.models import Attribute, Product
from logbook.models import Event

SHOWN = 200


@dataclass(frozen=True)
class Change:
    """One field of one event. old and new: text, "" for none; can_undo: whether the whole old value was kept."""

    event: int
    at: dt.datetime
    actor: str
    field: str
    label: str
    old: str
    new: str
    can_undo: bool


def changes_of(events: Iterable[Event], model: Any = Product) -> dict[int, list[Change]]:
    """The fields that each event changed, by event. One query for the names of attributes."""
    events = list(events)
    fields = {field for event in events for field in event.data.get("was") or {}}
    codes = [field.removeprefix("attributes.") for field in fields if field.startswith("attributes.")]
    names = dict(Attribute.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return {
        event.pk: [_change(event, field, pair, names, model) for field, pair in (event.data.get("was") or {}).items()]
        for event in events
    }


def history_of(subject: str, thing: Any) -> list[tuple[Event, str, list[Change]]]:
    """The last two hundred events about a thing, newest first: each with its sentence and its fields."""
    events = list(Event.objects.filter(subject_kind=subject, subject_id=str(thing.pk)).order_by("-id")[:SHOWN])
    changes = changes_of(events, type(thing))
    return [(event, sentence(event), changes[event.pk]) for event in events]


def sentence(event: Event) -> str:
    """What happened, where no field tells it."""
    words = {
        "created": _("made it"),
        "saved": _("saved it"),
        "changed": _("saved it"),
        "archived": _("archived it"),
        "restored": _("restored it"),
        "deleted": _("took it out of the tree"),
        "moved": _("moved it in the tree"),
        "published": _("published it"),
        "unpublished": _("took it off the shop"),
    }
    said = words.get(str(event.data.get("change", "")), "")
    return said or _("changed what it holds")


def _change(event: Event, field: str, pair: list[Any], names: dict[str, str], model: Any) -> Change:
    old, new = pair
    whole = not any(isinstance(one, dict) and "cut" in one for one in pair)
    can_undo = whole and ":" not in field
    return Change(event.pk, event.at, event.actor, field, _label(field, names, model), _text(old), _text(new), can_undo)


def _label(field: str, names: dict[str, str], model: Any) -> str:
    if field.startswith("attributes."):
        code = field.removeprefix("attributes.")
        return names.get(code, code)
    if field.startswith("price"):
        return " ".join(filter(None, [_("Price"), field.partition(":")[2]]))
    try:
        return capfirst(str(model._meta.get_field(field).verbose_name))  # noqa: SLF001
    except (FieldDoesNotExist, AttributeError):
        return field


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        if "cut" in value:
            return f"{value['cut']}…"
        if "name" in value and "id" in value:
            return str(value["name"])
        return " · ".join(f"{key}: {_text(one)}" for key, one in value.items() if one)
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
