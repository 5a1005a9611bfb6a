"""Flows and mappings as people edit them."""

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from integrations.formats import Definition, fields_of
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
def save_draft(
    definition: Definition, mapping: Mapping | None = None, *, at: dt.datetime, actor: str = ""
) -> MappingVersion:
    """Keep a definition as a mapping: a new one, or the next version of `mapping`. Raises Invalid at the field."""
    fields = fields_of(definition)
    fields["name"] = fields["name"] or fields["code"]
    if mapping is None:
        if not re.fullmatch(r"[-\w]{1,60}", fields["code"], re.ASCII):
            raise Invalid(_("Give a code of letters, digits, dashes and underscores."), code="bad_code", field="code")
        if Mapping.objects.filter(code=fields["code"]).exists():
            raise Invalid(_("There is a mapping with this code already."), code="taken", field="code")
        mapping = Mapping(code=fields["code"])
    elif mapping.entity != definition.entity and Flow.objects.filter(mapping=mapping).exists():
        raise Invalid(
            _("Flows about “%s” use this mapping; make another one.") % mapping.get_entity_display(), field="entity"
        )
    for name, value in fields.items():
        if name != "code":
            setattr(mapping, name, value)
    try:
        mapping.clean_fields()
    except ValidationError as error:
        name, words = next(iter(error.message_dict.items()))
        raise Invalid(f"{name}: {words[0]}", field=name) from error
    return save_mapping(mapping, at=at, actor=actor)


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
