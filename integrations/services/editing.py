"""Flows and mappings as people edit them."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from integrations.models import Flow, Mapping, MappingVersion
from integrations.services.versions import version_of
from logbook.services import record


@transaction.atomic
def save_flow(flow: Flow, *, at: dt.datetime, actor: str = "") -> None:
    """Keep an edited flow; its version counts up."""
    is_new = flow.pk is None
    if not is_new:
        flow.version += 1
    flow.save()
    record(
        "integrations.flow_made" if is_new else "integrations.flow_changed",
        at=at,
        subject_kind="flow",
        subject_id=flow.pk,
        actor=actor,
        code=flow.code,
    )


@transaction.atomic
def save_mapping(mapping: Mapping, *, at: dt.datetime, actor: str = "") -> MappingVersion:
    """Keep an edited mapping as its next version (the one it has if nothing changed). Raises Refused if it cannot work.

    The flows that use it count up their version.
    """
    mapping.save()
    version = version_of(mapping, at=at, actor=actor)
    Flow.objects.filter(mapping=mapping).update(version=F("version") + 1)
    record(
        "integrations.mapping_changed",
        at=at,
        subject_kind="mapping",
        subject_id=mapping.code,
        actor=actor,
        code=mapping.code,
        version=version.number,
    )
    return version


@transaction.atomic
def switch_flow(flow: Flow, *, active: bool, at: dt.datetime, actor: str = "") -> None:
    """Switch a flow on or off; asking for what is already so changes nothing."""
    row = Flow.objects.select_for_update().get(pk=flow.pk)
    flow.active = active
    if row.active == active:
        return
    Flow.objects.filter(pk=flow.pk).update(active=active)
    kind = "integrations.flow_switched_on" if active else "integrations.flow_switched_off"
    record(kind, at=at, subject_kind="flow", subject_id=flow.pk, actor=actor, code=flow.code)
