"""A flow's definition is kept in versions: each change makes one, runs remember theirs."""

import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model

from integrations.models import Export, Flow, FlowTrigger, FlowVersion

# What does not belong to a definition: identity, counters, what the platform notes for itself.
_NOT_KEPT = {"id", "flow", "version", "mapping", "waiting_since"}


def definition_now(flow_pk: int) -> dict[str, Any]:
    """A flow as it stands in the database."""
    flow = Flow.objects.select_related("mapping", "connection").get(pk=flow_pk)
    export = Export.objects.select_related("channel", "segment").filter(flow=flow).first()
    triggers = FlowTrigger.objects.select_related("after").filter(flow=flow).order_by("pk")
    found = {
        "settings": values_of(flow),
        "mapping": values_of(flow.mapping) if flow.mapping else None,
        "export": values_of(export) if export else None,
        "triggers": [values_of(trigger) for trigger in triggers],
    }
    return plain(found)


@transaction.atomic
def keep_version(flow: Flow, *, at: dt.datetime, actor: str = "", back_to: int | None = None) -> int:
    """The number of the version that says what the flow is now; made when the last one says something else."""
    last = FlowVersion.objects.filter(flow_id=flow.pk).first()
    if last is None or last.definition != definition_now(flow.pk):
        row = Flow.objects.select_for_update(no_key=True, of=("self",)).get(pk=flow.pk)
        last = FlowVersion.objects.filter(flow_id=flow.pk).first()
        definition = definition_now(flow.pk)
        if last is None or last.definition != definition:
            number = last.number + 1 if last else row.version
            last = FlowVersion.objects.create(
                flow=row, number=number, at=at, actor=actor, back_to=back_to, definition=definition
            )
            Flow.objects.filter(pk=flow.pk).update(version=number)
    flow.version = last.number
    return last.number


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON gives it back."""
    return dict(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def keep_first(flow: Flow, *, at: dt.datetime) -> None:
    """Before a flow that has no version yet is changed: what it was is its first."""
    if flow.pk and not FlowVersion.objects.filter(flow_id=flow.pk).exists():
        keep_version(Flow(pk=flow.pk), at=at)


def fields_of(row: Model) -> list[Any]:
    """The fields of a row that belong to a definition."""
    every = row._meta.concrete_fields  # noqa: SLF001 - Django documents it
    return [field for field in every if field.name not in _NOT_KEPT]


def values_of(row: Model) -> dict[str, Any]:
    """Their values; what a row names, by code."""
    values: dict[str, Any] = {}
    for field in fields_of(row):
        value = getattr(row, field.name)
        if isinstance(value, Model):
            value = getattr(value, "code", None) or value.pk
        values[field.name] = value
    return values
