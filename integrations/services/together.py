"""Several files that only make sense together (articles and prices): all of them are taken, in order, or none."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from integrations.enums import ConnectionKind, Direction
from integrations.models import Flow, FlowTrigger, Run, TakenFile
from integrations.services.connections import signed_in
from integrations.services.fetching import dispose, is_known, steady
from integrations.services.receiving import keep_file, receive_kept
from integrations.transports import RemoteFile, Target, Transport, TransportProblem, open_transport

MOST = 20


class FilesMissing(TransportProblem):
    """The deadline has passed and the set is not complete."""

    code = "files_missing"


def read_needs(trigger: FlowTrigger) -> list[tuple[str, Flow]]:
    """The file names that are needed, each with the flow that reads it. Raises Invalid."""
    lines = [line.strip() for line in trigger.needs.splitlines() if line.strip()]
    if not 2 <= len(lines) <= MOST:
        raise Invalid(
            _("Name at least two files, one a line: “articles_*.csv > articles”."), code="no_set", field="needs"
        )
    pairs = [tuple(part.strip() for part in line.partition(">")[::2]) for line in lines]
    codes = {code for _pattern, code in pairs if code}
    flows = {flow.code: flow for flow in Flow.objects.select_related("mapping").filter(code__in=codes)}
    for pattern, code in pairs:
        flow = flows.get(code, trigger.flow) if code in flows or not code else None
        if flow is None or flow.direction != Direction.IN:
            raise Invalid(_("There is no import flow %s.") % code, code="no_flow", field="needs")
        if not pattern:
            raise Invalid(_("A line names no file: “articles_*.csv > articles”."), code="no_pattern", field="needs")
    return [(pattern, flows.get(code, trigger.flow)) for pattern, code in pairs]


def take_together(
    trigger: FlowTrigger, *, at: dt.datetime, cause: str, actor: str = "", queue: bool = False
) -> list[Run]:
    """Take the set if it is complete; its runs, in the order of the lines.

    Raises FilesMissing, with a sentence that names them, when some file has waited longer than the deadline for others.
    """
    needs = read_needs(trigger)
    with _open(trigger.flow) as transport:
        found = _set(transport, trigger, needs)
        missing = [pattern for (pattern, _flow), remote in zip(needs, found, strict=True) if remote is None]
        if missing:
            _wait(trigger, needs, found, missing, at)
            return []
        there = [remote for remote in found if remote is not None]
        if len(steady(transport, trigger.flow.folder, there)) < len(there):
            return []
        with ExitStack() as stack:
            copies = [_fetch(transport, remote, stack) for remote in there]
            flows = [flow for _pattern, flow in needs]
            runs = _keep(trigger, list(zip(flows, there, copies, strict=True)), at, cause, actor, queue)
        for flow, remote in zip(flows, there, strict=True):
            _settle(transport, trigger.flow, flow, remote)
    FlowTrigger.objects.filter(pk=trigger.pk).update(waiting_since=None)
    return runs


def _set(transport: Transport, trigger: FlowTrigger, needs: list[tuple[str, Flow]]) -> list[RemoteFile | None]:
    """The oldest file for each line. Those that were taken, and that a crash left lying, are put aside first."""
    found: list[RemoteFile | None] = []
    for pattern, flow in needs:
        fresh = None
        for remote in transport.files(trigger.flow.folder, pattern):
            if is_known(flow, remote):
                _settle(transport, trigger.flow, flow, remote)
            elif fresh is None and remote not in found:
                fresh = remote
        found.append(fresh)
    return found


def _wait(
    trigger: FlowTrigger,
    needs: list[tuple[str, Flow]],
    found: list[RemoteFile | None],
    missing: list[str],
    at: dt.datetime,
) -> None:
    there = [remote.name for remote in found if remote is not None]
    since = (trigger.waiting_since or at) if there else None
    if since != trigger.waiting_since:
        FlowTrigger.objects.filter(pk=trigger.pk).update(waiting_since=since)
    if since and trigger.deadline_minutes and at - since >= dt.timedelta(minutes=trigger.deadline_minutes):
        facts = {"missing": ", ".join(missing), "there": ", ".join(there), "minutes": trigger.deadline_minutes}
        raise FilesMissing(
            _("%(missing)s has not come within %(minutes)d minutes of %(there)s; nothing is read until all are there.")
            % facts
        )


def _fetch(transport: Transport, remote: RemoteFile, stack: ExitStack) -> IO[bytes]:
    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    transport.fetch(remote, copy)
    copy.seek(0)
    return copy


def _keep(
    trigger: FlowTrigger,
    files: list[tuple[Flow, RemoteFile, IO[bytes]]],
    at: dt.datetime,
    cause: str,
    actor: str,
    queue: bool,
) -> list[Run]:
    kept = [(flow, remote, keep_file(remote.name, copy, at=at)) for flow, remote, copy in files]
    runs = []
    try:
        with transaction.atomic():
            for flow, remote, raw in kept:
                run = receive_kept(flow, raw, trigger=cause, actor=actor, at=at, queue=queue)
                TakenFile.objects.create(
                    flow=flow,
                    name=remote.name,
                    size=raw.size,
                    stamp=remote.stamp or at.isoformat(),
                    sha256=raw.sha256,
                    taken_at=at,
                    run=run,
                )
                runs.append(run)
    except IntegrityError:
        return []  # another worker took the set
    return runs


def _settle(transport: Transport, owner: Flow, flow: Flow, remote: RemoteFile) -> None:
    dispose(transport, owner, remote)
    TakenFile.objects.filter(flow=flow, name=remote.name, stamp=remote.stamp).update(settled=True)


@contextmanager
def _open(flow: Flow) -> Iterator[Transport]:
    if flow.connection is not None:
        with signed_in(flow.connection) as transport:
            yield transport
    else:
        base = "" if flow.folder else flow.code
        with open_transport(Target(ConnectionKind.FOLDER, base=base)) as transport:
            yield transport
