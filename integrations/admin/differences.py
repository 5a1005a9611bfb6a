"""The part of a run's page that tells what it changed, or would change."""

from typing import Any

from django.http import HttpRequest

from integrations.enums import ChangeKind, RunState
from integrations.models import Run
from integrations.selectors import changes, differences, figures, moves
from integrations.services import waiting_behind
from integrations.services.holding import KINDS

PER_PAGE = 50


def difference_context(request: HttpRequest, run: Run) -> dict[str, Any]:
    """Figures, bars, and a page of differences as the address filters them (`field`, `kind`, `which`, `from`)."""
    asked = {name: request.GET.get(name, "") for name in ("field", "kind", "which")}
    after = request.GET.get("from", "")
    listed = changes(run, key=asked["field"], kind=asked["kind"], label=asked["which"].strip())
    if after.isdigit() and len(after) < 19:
        listed = listed.filter(pk__gt=int(after))
    rows = list(listed[: PER_PAGE + 1]) if run.totals else []
    address = request.GET.copy()
    for name in ("from", "page"):
        address.pop(name, None)
    first = address.urlencode()
    if len(rows) > PER_PAGE:
        address["from"] = str(rows[PER_PAGE - 1].pk)
    held = run.state == RunState.HELD
    shown = figures(run)
    return {
        "figures": shown,
        "moves": moves(run),
        "differences": differences(rows[:PER_PAGE]),
        "more_differences": address.urlencode() if len(rows) > PER_PAGE else "",
        "first_differences": first if after else "",
        "asked": asked,
        "difference_kinds": [kind for kind in ChangeKind if any(each.kind == kind for each in shown)],
        "differences_forgotten": bool(run.totals) and run.first_change is None,
        "held": held,
        "may_decide": held and request.user.has_perm("integrations.run_flow"),
        "behind": waiting_behind(run) if held else "",
        "takeable": [(kind, kind.label, _rows(run, kind)) for kind in KINDS if _rows(run, kind)],
        "leavable": [each for each in shown if each.may_be_left] if held else [],
        "trips": run.trips,
        "approved": run.definition.get("approved"),
    }


def _rows(run: Run, kind: ChangeKind) -> int:
    return {
        ChangeKind.ADDED: run.rows_new,
        ChangeKind.CHANGED: run.rows_changed,
        ChangeKind.ARCHIVED: run.rows_archived,
    }.get(kind, 0)
