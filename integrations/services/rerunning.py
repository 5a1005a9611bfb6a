"""A file once more: all of it or what was refused, read as then or as now; refused rows that somebody corrected."""

import datetime as dt
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.problems import Refused
from integrations.enums import Coverage, Direction, RunState, Trigger
from integrations.models import FlowVersion, MappingVersion, Run
from integrations.selectors import VersionDifference, version_differences
from integrations.services.closing import FINISHED
from integrations.services.flow_versions import definition_now, keep_version
from integrations.services.receiving import ask_worker, keep_file, snapshot
from integrations.services.versions import version_of
from logbook.services import record

RESOLVED = (
    *(RunState.DONE, RunState.DONE_WITH_REJECTIONS, RunState.FAILED),
    *(RunState.SUPERSEDED, RunState.IGNORED, RunState.CANCELLED),
)
_OF_THE_RUN = ("approved", "trips", "told_trips", "correction")


@dataclass(frozen=True)
class Plan:
    """What running a file again would do: sentences, what of the flow changed since; or why it cannot be."""

    says: list[str] = field(default_factory=list)
    differences: list[VersionDifference] = field(default_factory=list)
    refused: str = ""


@transaction.atomic
def rerun(
    run: Run,
    *,
    only_failed: bool = False,
    current_definition: bool = True,
    at: dt.datetime,
    actor: str = "",
    queue: bool = False,
) -> Run:
    """Read the file of a finished run once more: all of it, or only the rows it refused.

    current_definition: with the flow and mapping as they are now, else as they were then. Raises Refused when the run
    is not finished, carried no file, or (only_failed) refused no row.
    """
    _check_finished(run)
    _check_file(run, only_failed)
    definition = _definition(run, current=current_definition)
    if only_failed or run.definition.get("coverage") != Coverage.FULL:  # a part of the whole stays a part
        definition["coverage"] = Coverage.DELTA.value
    definition["only_rows_of"] = run.pk if only_failed else None
    new = Run.objects.create(
        flow=run.flow,
        flow_version=_version(run, current=current_definition, at=at),
        trigger=Trigger.RERUN,
        actor=actor,
        raw_file=run.raw_file,
        rerun_of=run,
        definition=definition,
        mapping_version=_mapping_version(run, current=current_definition, at=at),
        queued_at=at,
    )
    record("integrations.rerun_asked", at=at, subject_kind="run", subject_id=new.pk, actor=actor, of=run.pk)
    if queue:
        ask_worker(new)
    return new


@transaction.atomic
def correct(
    run: Run,
    name: str,
    stream: IO[bytes],
    *,
    current_definition: bool = True,
    at: dt.datetime,
    actor: str = "",
    queue: bool = False,
) -> Run:
    """Take the refused rows of a run back, corrected, as a run of the same flow that is bound to it; always a part.

    Raises Refused when the run refused nothing, is not finished, or its flow is switched off or takes no files.
    """
    _check_finished(run)
    if run.flow.direction != Direction.IN or run.undo_of_id:
        raise Refused(_("Only the rows of an import can be corrected."), code="not_an_import")
    if not run.flow.active:
        raise Refused(_("This flow is switched off."), code="flow_inactive")
    if not run.rejections.exists():
        raise Refused(_("This run refused no row."), code="nothing_rejected")
    definition = _definition(run, current=current_definition)
    definition |= {"coverage": Coverage.DELTA.value, "only_rows_of": None, "correction": True}
    raw_file = keep_file(name, stream, at=at)
    new = Run.objects.create(
        flow=run.flow,
        flow_version=_version(run, current=current_definition, at=at),
        trigger=Trigger.UPLOAD,
        actor=actor,
        raw_file=raw_file,
        rerun_of=run,
        definition=definition,
        mapping_version=_mapping_version(run, current=current_definition, at=at),
        queued_at=at,
    )
    record(
        "integrations.file_received",
        at=at,
        subject_kind="run",
        subject_id=new.pk,
        actor=actor,
        flow=run.flow.code,
        name=name[:200],
        size=raw_file.size,
        corrects=run.pk,
    )
    if queue:
        ask_worker(new)
    return new


def plan(run: Run, *, only_failed: bool, current_definition: bool) -> Plan:
    """What `rerun` would do with the same arguments; nothing is written."""
    try:
        _check_finished(run)
        _check_file(run, only_failed)
        if current_definition and run.flow.direction == Direction.IN:
            snapshot(run.flow)
    except Refused as problem:
        return Plan(refused=problem.message)
    if run.flow.direction == Direction.OUT:
        return Plan([_("The file that was written then is delivered again; nothing is written anew.")])
    says = [_rows(run, only_failed), _absence(run, only_failed, current_definition)]
    differences = _since(run) if current_definition else []
    if not current_definition:
        says.append(_("Flow and mapping as they were then are used; the flow itself does not change."))
    elif differences:
        says.append(_("Flow and mapping as they are now are used; they were changed since, see below."))
    else:
        says.append(_("Flow and mapping are what they were then."))
    return Plan([*says, *_meanwhile(run)], differences)


def _rows(run: Run, only_failed: bool) -> str:
    if only_failed:
        count = run.rows_rejected
        text = ngettext("The %d refused row is read again.", "The %d refused rows are read again.", count)
        return text % count
    name = run.raw_file.name if run.raw_file else ""
    return _("The whole file %s is read again, from its first row, and compared with what stands now.") % name


def _absence(run: Run, only_failed: bool, current: bool) -> str:
    whole = run.definition.get("coverage") == Coverage.FULL and not only_failed
    if whole and (not current or run.flow.coverage == Coverage.FULL):
        return _("It holds everything: what it does not name is archived.")
    return _("What is not among these rows stays as it is.")


def _meanwhile(run: Run) -> list[str]:
    says = []
    later = Run.objects.filter(flow_id=run.flow_id, pk__gt=run.pk, state__in=FINISHED).count()
    if later:
        text = ngettext(
            "%d later run of this flow went through: where it wrote other values, the older ones come back.",
            "%d later runs of this flow went through: where they wrote other values, the older ones come back.",
            later,
        )
        says.append(text % later)
    if run.undos.filter(state__in=FINISHED).exists():
        says.append(_("The run was undone since; running it again applies it again."))
    if Run.objects.filter(flow_id=run.flow_id, state=RunState.RUNNING).exists():
        says.append(_("A run of this flow is under way; this one waits for its end."))
    says.append(_("A brake may hold it back, like any file."))
    return says


def _since(run: Run) -> list[VersionDifference]:
    then = FlowVersion.objects.filter(flow_id=run.flow_id, number=run.flow_version or 0).first()
    return version_differences(then.definition, definition_now(run.flow_id)) if then else []


def _check_finished(run: Run) -> None:
    if run.state not in RESOLVED:
        raise Refused(_("This run is not finished yet."), code="run_not_finished")


def _check_file(run: Run, only_failed: bool) -> None:
    if run.raw_file is None:
        raise Refused(_("This run carried no file that could be read again."), code="no_file")
    if only_failed and not run.rejections.exists():
        raise Refused(_("This run refused no row."), code="nothing_rejected")


def _definition(run: Run, *, current: bool) -> dict[str, Any]:
    if current and run.flow.direction == Direction.IN:
        return snapshot(run.flow)
    return {name: value for name, value in run.definition.items() if name not in _OF_THE_RUN}


def _version(run: Run, *, current: bool, at: dt.datetime) -> int | None:
    if current and run.flow.direction == Direction.IN:
        return keep_version(run.flow, at=at)
    return run.flow_version


def _mapping_version(run: Run, *, current: bool, at: dt.datetime) -> MappingVersion | None:
    if current and run.flow.direction == Direction.IN:
        return version_of(run.flow.mapping, at=at) if run.flow.mapping else None
    return run.mapping_version
