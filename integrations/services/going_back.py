"""Making a flow what it was in an earlier version."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.models import Export, ExportedRow, Flow, FlowTrigger, FlowVersion, Mapping
from integrations.services.flow_versions import definition_now, fields_of, keep_first, keep_version, plain, values_of
from integrations.services.triggers import delete_trigger, save_trigger
from integrations.services.versions import version_of
from logbook.services import record


@transaction.atomic
def go_back(version: FlowVersion, *, at: dt.datetime, actor: str = "") -> int:
    """Make a flow what it was in a version: settings, mapping, what it writes, triggers; a new version says so.

    A mapping that changed goes back too, for every flow that uses it. Raises Refused when something that the version
    names is gone, or when the flow is that already.
    """
    flow = Flow.objects.select_for_update(of=("self",)).get(pk=version.flow_id)
    keep_version(flow, at=at)
    if definition_now(flow.pk) == version.definition:
        raise Refused(_("The flow is so already."), code="nothing_to_do")
    then = version.definition
    was_mapping = flow.mapping_id
    _fill(flow, then["settings"])
    others = _others_with(then["mapping"], flow, at)
    flow.mapping = _mapping_of(then["mapping"])
    if flow.mapping:
        version_of(flow.mapping, at=at, actor=actor)
    _check(flow)
    flow.save()
    _restore_export(flow, then["export"])
    _restore_triggers(flow, then["triggers"], at=at, actor=actor)
    number = keep_version(flow, at=at, actor=actor, back_to=version.number)
    for other in others:
        keep_version(other, at=at, actor=actor)
    record(
        "integrations.flow_went_back",
        at=at,
        subject_kind="flow",
        subject_id=flow.pk,
        actor=actor,
        code=flow.code,
        to=version.number,
        version=number,
        mapping_changed=was_mapping != flow.mapping_id,
    )
    return number


def flows_with_mapping(version: FlowVersion) -> list[str]:
    """Names of other flows whose mapping would change with going back."""
    then = version.definition["mapping"]
    mapping = Mapping.objects.filter(code=then["code"]).first() if then else None
    if mapping is None or plain(values_of(mapping)) == then:
        return []
    return [flow.name for flow in Flow.objects.filter(mapping=mapping).exclude(pk=version.flow_id)]


def _fill(row: Model, values: dict[str, Any]) -> None:
    """Set what a version says. What it does not know, because it is younger, stays."""
    for field in fields_of(row):
        if field.name not in values:
            continue
        value = values[field.name]
        named = isinstance(field, ForeignKey) and value is not None
        setattr(row, field.name, _named(field, value) if named else field.to_python(value))


def _named(field: Any, value: Any) -> Model:
    rows: Any = field.related_model.objects
    found: Model | None = rows.filter(**{"code" if hasattr(field.related_model, "code") else "pk": value}).first()
    if found is None:
        raise Refused(
            _("“%(code)s” (%(what)s) is not there any more.") % {"code": value, "what": field.verbose_name},
            code="gone",
        )
    return found


def _mapping_of(then: dict[str, Any] | None) -> Mapping | None:
    """The version's mapping, as it was then."""
    if then is None:
        return None
    mapping = Mapping.objects.filter(code=then["code"]).first() or Mapping(code=then["code"])
    _fill(mapping, then)
    mapping.save()
    return mapping


def _others_with(then: dict[str, Any] | None, flow: Flow, at: dt.datetime) -> list[Flow]:
    """Other flows that use the mapping; what they were is kept first."""
    others = list(Flow.objects.filter(mapping__code=then["code"]).exclude(pk=flow.pk)) if then else []
    for other in others:
        keep_first(other, at=at)
    return others


def _check(flow: Flow) -> None:
    try:
        flow.full_clean(exclude=["mapping", "connection"], validate_unique=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="version_invalid") from error


def _restore_export(flow: Flow, then: dict[str, Any] | None) -> None:
    export = Export.objects.filter(flow=flow).first()
    if then is None:
        if export is not None:
            export.delete()
        return
    export = export or Export(flow=flow)
    before = values_of(export)
    _fill(export, then)
    export.save()
    if before != values_of(export):
        ExportedRow.objects.filter(flow=flow).delete()


def _restore_triggers(flow: Flow, then: list[dict[str, Any]], *, at: dt.datetime, actor: str) -> None:
    wanted = list(then)
    for trigger in FlowTrigger.objects.select_related("flow", "after").filter(flow=flow):
        values = plain(values_of(trigger))
        if values in wanted:
            wanted.remove(values)
        else:
            delete_trigger(trigger, at=at, actor=actor, keep=False)
    for values in wanted:
        trigger = FlowTrigger(flow=flow)
        _fill(trigger, values)
        save_trigger(trigger, at=at, actor=actor, keep=False)
