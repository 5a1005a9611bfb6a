"""Versions of a flow, and what differs between two of them, in words."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.formats import localize
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from integrations.models import Export, Flow, FlowTrigger, FlowVersion, Mapping, Run

_MODELS: dict[str, Any] = {"settings": Flow, "mapping": Mapping, "export": Export, "triggers": FlowTrigger}


@dataclass(frozen=True)
class VersionDifference:
    """One difference: `part` and `field` for machines, `name` in words; `old`, `new` as text."""

    part: str
    field: str
    name: str
    old: str
    new: str


def versions_of(flow: Flow) -> QuerySet[FlowVersion]:
    """A flow's versions, the newest first."""
    return FlowVersion.objects.filter(flow=flow)


def runs_by_version(flow: Flow) -> dict[int, int]:
    """How many runs used each version."""
    counted = Run.objects.filter(flow=flow, flow_version__isnull=False).order_by().values("flow_version")
    return {
        int(number or 0): rows
        for number, rows in counted.annotate(rows=Count("pk")).values_list("flow_version", "rows")
    }


def version_of(flow: Flow, number: int) -> FlowVersion:
    """Raises NotFound."""
    found = FlowVersion.objects.select_related("flow").filter(flow=flow, number=number).first()
    if found is None:
        raise NotFound(_("This flow has no version %d.") % number)
    return found


def version_differences(old: dict[str, Any] | None, new: dict[str, Any]) -> list[VersionDifference]:
    """What is said otherwise in `new`; nothing when there is no older one."""
    if old is None:
        return []
    found: list[VersionDifference] = []
    for part in ("settings", "mapping", "export"):
        before, after = old.get(part) or {}, new.get(part) or {}
        for field in dict.fromkeys([*before, *after]):
            if field == "columns":
                found += _columns(before.get(field) or [], after.get(field) or [])
            elif before.get(field) != after.get(field):
                found.append(_difference(part, field, before.get(field), after.get(field)))
    return found + _triggers(old.get("triggers", []), new.get("triggers", []))


def _difference(part: str, field: str, old: Any, new: Any) -> VersionDifference:
    model = _MODELS[part]
    name = next((each.verbose_name for each in model._meta.concrete_fields if each.name == field), field)  # noqa: SLF001
    prefix = {"mapping": _("mapping"), "export": _("what it writes")}.get(part)
    return VersionDifference(
        part, field, f"{prefix}: {name}" if prefix else str(name), _text(model, field, old), _text(model, field, new)
    )


def _text(model: Any, field: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    found = next((each for each in model._meta.concrete_fields if each.name == field), None)  # noqa: SLF001
    choices = dict(getattr(found, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(localize(value)) if isinstance(value, float) else str(value)


def _columns(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[VersionDifference]:
    """Columns of a mapping, by the field that they feed."""
    before, after = _by_field(old), _by_field(new)
    return [
        VersionDifference(
            "mapping", f"columns.{field}", _("mapping: column of %s") % field, *_pair(before, after, field)
        )
        for field in dict.fromkeys([*before, *after])
        if before.get(field) != after.get(field)
    ]


def _pair(before: dict[str, str], after: dict[str, str], field: str) -> tuple[str, str]:
    return before.get(field, ""), after.get(field, "")


def _by_field(columns: list[dict[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        rest = {name: value for name, value in column.items() if name not in ("field", "column")}
        text = str(column.get("column", ""))
        if rest:
            text = f"{text} {json.dumps(rest, ensure_ascii=False)}".strip()
        field = str(column.get("field", ""))
        found[field] = f"{found[field]}; {text}" if field in found else text
    return found


def _triggers(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[VersionDifference]:
    gone = [each for each in old if each not in new]
    come = [each for each in new if each not in old]
    found = [VersionDifference("triggers", "", _("trigger"), _trigger(each), "") for each in gone]
    return found + [VersionDifference("triggers", "", _("trigger"), "", _trigger(each)) for each in come]


def _trigger(values: dict[str, Any]) -> str:
    said = [
        f"{each.verbose_name}: {_text(FlowTrigger, each.name, values[each.name])}"
        for each in FlowTrigger._meta.concrete_fields  # noqa: SLF001
        if values.get(each.name) not in (None, "", False) and each.name not in ("kind", "active")
    ]
    kind = _text(FlowTrigger, "kind", values.get("kind"))
    off = "" if values.get("active", True) else f" ({_('switched off')})"
    return f"{kind}{off}{': ' if said else ''}{', '.join(said)}"
