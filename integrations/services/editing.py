"""Flows and mappings as people edit them."""

import datetime as dt

from django.db import transaction

from integrations.models import Flow, Mapping, MappingVersion
from integrations.services.flow_versions import keep_first, keep_version
from integrations.services.versions import version_of
from logbook.services import record


@transaction.atomic
def save_flow(flow: Flow, *, at: dt.datetime, actor: str = "", keep: bool = True) -> None:
    """Keep an edited flow, in a version of its own unless the caller keeps one of all that it changes (`keep`)."""
    is_new = flow.pk is None
    keep_first(flow, at=at)
    flow.save()
    if keep:
        keep_version(flow, at=at, actor=actor)
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

    The flows that use it get a new version, too.
    """
    users = list(Flow.objects.filter(mapping=mapping)) if mapping.pk else []
    for flow in users:
        keep_first(flow, at=at)
    mapping.save()
    version = version_of(mapping, at=at, actor=actor)
    for flow in users:
        keep_version(flow, at=at, actor=actor)
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
    keep_first(flow, at=at)
    Flow.objects.filter(pk=flow.pk).update(active=active)
    keep_version(flow, at=at, actor=actor)
    kind = "integrations.flow_switched_on" if active else "integrations.flow_switched_off"
    record(kind, at=at, subject_kind="flow", subject_id=flow.pk, actor=actor, code=flow.code)
