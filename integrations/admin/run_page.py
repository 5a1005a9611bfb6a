"""One run, explained; and what a person can do about it."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext
from django.views.decorators.http import require_POST

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations import services
from integrations.admin.badges import TONES, length
from integrations.admin.differences import difference_context
from integrations.enums import Direction, RunState
from integrations.models import Rejection, Run
from integrations.selectors import column_names, estimate_of, reject_lines, timeline, why
from integrations.services.receiving import open_raw

PER_PAGE = 50
CELLS_SHOWN = 12
STAGES = {
    "reading": gettext_lazy("reading the file"),
    "writing": gettext_lazy("writing the file"),
    "checking": gettext_lazy("checking every cell"),
    "merging": gettext_lazy("writing what differs"),
    "keeping": gettext_lazy("keeping the refused rows"),
}


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; while the run is under way its upper part asks again every two seconds."""
    run = get_run(request, pk)
    if request.GET.get("part") == "live":
        answer = TemplateResponse(request, "office/integrations/run_live.html", _live(request, run))
        if run.state not in (RunState.WAITING, RunState.RUNNING):
            answer["HX-Refresh"] = "true"
        return answer
    page = Paginator(run.rejections.all(), PER_PAGE).get_page(request.GET.get("page"))
    columns = column_names(run)
    context = {
        **admin.site.each_context(request),
        **_live(request, run),
        **difference_context(request, run),
        "title": f"{run.flow.name} #{run.pk}",
        "page": page,
        "rejections": [_shown(rejection, run, columns) for rejection in page],
        "reasons": _reasons(run, columns),
        "undos": list(run.undos.order_by("pk")[:20]),
        "reruns": list(run.reruns.order_by("pk")[:20]),
        "mapping": run.definition.get("mapping", {}).get("code", ""),
        "coverage": run.definition.get("coverage", ""),
        "moments": timeline(run),
        "version": run.flow_version,
        "is_correction": bool(run.definition.get("correction")),
        "may_correct": may_correct(request, run),
        "orders": list(run.orderhandover_set.select_related("order")[:100]),
    }
    return TemplateResponse(request, "office/integrations/run.html", context)


def original(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it came or went."""
    run = get_run(request, pk)
    if run.raw_file is None:
        raise Http404
    return FileResponse(
        open_raw(run.raw_file), as_attachment=True, filename=run.raw_file.name, content_type="application/octet-stream"
    )


def rejects(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The refused rows, to be corrected and sent again."""
    run = get_run(request, pk)
    answer = StreamingHttpResponse(reject_lines(run), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="rejects_{run.pk}.csv"'
    return answer


@require_POST
def ignore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the run off everybody's mind."""
    run = get_run(request, pk, act=True)
    try:
        services.ignore_run(run, at=now(), actor=str(request.user))
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("The run is ignored; it raises no alarm any more."))
    return to_run(run)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run that waits or is under way."""
    run = get_run(request, pk, act=True)
    try:
        services.cancel_run(run, at=now(), actor=str(request.user))
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("The run is cancelled; what is under way stops within seconds."))
    return to_run(run)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back what stood before the run."""
    run = get_run(request, pk, act=True)
    try:
        new = services.undo_run(run, at=now(), actor=str(request.user), queue=True)
    except Refused as problem:
        messages.error(request, problem.message)
        return to_run(run)
    messages.success(request, _("A worker undoes the run."))
    return to_run(new)


def get_run(request: HttpRequest, pk: int, *, act: bool = False) -> Run:
    if not request.user.has_perm("integrations.view_run") or (
        act and not request.user.has_perm("integrations.run_flow")
    ):
        raise PermissionDenied
    run = Run.objects.select_related("flow", "raw_file", "rerun_of", "undo_of", "mapping_version").filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def _live(request: HttpRequest, run: Run) -> dict[str, Any]:
    resolved = run.finished_at is not None
    may = request.user.has_perm("integrations.run_flow")
    return {
        "run": run,
        "tone": TONES.get(RunState(run.state), "none"),
        "stage": STAGES.get(run.stage, ""),
        "tiles": _tiles(run),
        "duration": length(run.started_at, run.finished_at or now()) if run.started_at else "",
        "under_way": run.state in (RunState.WAITING, RunState.RUNNING),
        "is_export": run.flow.direction == Direction.OUT,
        "may_cancel": may and run.state in (RunState.WAITING, RunState.RUNNING) and run.cancel_asked_at is None,
        "rows_a_second": _speed(run),
        **_left(run),
        "may_undo": may and bool(run.totals) and not services.why_not_undone(run),
        "may_rerun": may and resolved and run.raw_file is not None,
        "may_rerun_rejected": may and resolved and run.rows_rejected > 0,
        "may_ignore": may and run.state in (RunState.FAILED, RunState.DONE_WITH_REJECTIONS, RunState.WAITING),
    }


def may_correct(request: HttpRequest, run: Run) -> bool:
    """Whether the person may bring corrected rows back to the run."""
    return (
        request.user.has_perm("integrations.run_flow")
        and run.flow.direction == Direction.IN
        and run.flow.active
        and run.finished_at is not None
        and run.rows_rejected > 0
        and not run.undo_of_id
    )


def _left(run: Run) -> dict[str, Any]:
    """How far it is, and how long it will still take; said only when something tells."""
    if run.state != RunState.RUNNING:
        return {}
    found = estimate_of(run, now())
    left = ""
    if found.slower:
        left = _("it takes longer than the last one")
    elif found.seconds_left is not None:
        left = _("about %s left") % length(now(), now() + dt.timedelta(seconds=max(found.seconds_left, 1)))
    return {"percent": found.percent, "left": left}


def _speed(run: Run) -> int:
    """Rows a second so far."""
    seconds = ((run.finished_at or now()) - run.started_at).total_seconds() if run.started_at else 0
    return round(run.rows_read / seconds) if seconds >= 1 else 0


def _tiles(run: Run) -> list[tuple[str, int, str]]:
    if run.flow.direction == Direction.OUT:
        return [(_("rows written"), run.rows_read, "")]
    new, changed, unchanged = run.rows_new, run.rows_changed, run.rows_unchanged
    archived, rejected = run.rows_archived, run.rows_rejected
    return [
        (_("rows read"), run.rows_read, ""),
        (npgettext("rows", "new", "new", new), new, "is-good" if new else ""),
        (npgettext("rows", "changed", "changed", changed), changed, "is-good" if changed else ""),
        (npgettext("rows", "unchanged", "unchanged", unchanged), unchanged, ""),
        (npgettext("rows", "archived", "archived", archived), archived, "is-warn" if archived else ""),
        (npgettext("rows", "rejected", "rejected", rejected), rejected, "is-bad" if rejected else ""),
    ]


def _shown(rejection: Rejection, run: Run, columns: dict[str, str]) -> dict[str, Any]:
    names = run.definition.get("header") or sorted(rejection.raw)
    cells = [(name, rejection.raw.get(name, "")) for name in names if rejection.raw.get(name)]
    return {
        "row": rejection.row_number,
        "why": why(rejection, columns),
        "cells": cells[:CELLS_SHOWN],
        "more": max(len(cells) - CELLS_SHOWN, 0),
    }


def _reasons(run: Run, columns: dict[str, str]) -> list[tuple[str, int]]:
    """The most frequent reasons, without the values."""
    if not run.rows_rejected:
        return []
    counted = run.rejections.values("code", "field").annotate(rows=Count("pk")).order_by("-rows")[:8]
    return [
        (why(Rejection(code=found["code"], field=found["field"]), columns, "…"), found["rows"]) for found in counted
    ]


def to_run(run: Run) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:integrations_run_change", args=[run.pk]))
