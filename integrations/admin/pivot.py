"""The pivot base in Office: its tables as the database describes them, what waits, and a button that takes it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from integrations import services
from integrations.models import Flow
from integrations.selectors.pivot import pivot_tables


def pivot_page(request: HttpRequest) -> HttpResponse:
    """Shows on GET; takes the rows of one table on POST."""
    if not request.user.has_perm("integrations.view_flow"):  # type: ignore[union-attr]
        raise PermissionDenied
    may_run = request.user.has_perm("integrations.run_flow")  # type: ignore[union-attr]
    if request.method == "POST":
        if not may_run:
            raise PermissionDenied
        _take(request, request.POST.get("table", "").replace("\0", ""))
        return HttpResponseRedirect(request.path)
    flows = {flow.code.removeprefix("pivot-"): flow for flow in Flow.objects.filter(code__startswith="pivot-")}
    context = {
        **admin.site.each_context(request),
        "title": _("Pivot base"),
        "tables": [(table, flows.get(table.name)) for table in pivot_tables()],
        "may_run": may_run,
    }
    return TemplateResponse(request, "office/integrations/pivot.html", context)


def _take(request: HttpRequest, table: str) -> None:
    at, who = now(), actor(request)
    services.ensure_pivot(at=at, actor=who)
    try:
        runs = services.take_now(table, at=at, actor=who)
        for run in runs:
            services.answer_run(services.run_flow(run.pk, at=now()).pk)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return
    if not runs:
        messages.info(request, _("Nothing waits in this table."))
        return
    words = ngettext("%(n)d run took what waited.", "%(n)d runs took what waited.", len(runs))
    messages.success(request, words % {"n": len(runs)})
    for run in runs:
        run.refresh_from_db()
        messages.info(request, run.message)
