"""Before a file runs again: which rows, read how, and what that will do. And corrected rows that come back."""

from collections.abc import Callable
from functools import partial

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations import services
from integrations.admin.run_page import get_run, to_run
from integrations.forms import FileForm
from integrations.models import Run

ROWS = (("all", gettext_lazy("the whole file")), ("rejected", gettext_lazy("the refused rows alone")))
READ = (("now", gettext_lazy("as the flow is now")), ("then", gettext_lazy("as the flow was then")))


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The four ways, and what the chosen one would do."""
    run = get_run(request, pk, act=True)
    rows = "rejected" if request.GET.get("rows") == "rejected" else "all"
    definition = "then" if request.GET.get("definition") == "then" else "now"
    context = {
        **admin.site.each_context(request),
        "title": _("Run again: %(flow)s #%(run)d") % {"flow": run.flow.name, "run": run.pk},
        "run": run,
        "rows": rows,
        "definition": definition,
        "all_rows": ROWS if run.rows_rejected else ROWS[:1],
        "all_definitions": READ,
        "plan": services.plan(run, only_failed=rows == "rejected", current_definition=definition == "now"),
    }
    return TemplateResponse(request, "office/integrations/again.html", context)


@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejects file, corrected."""
    run = get_run(request, pk, act=True)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return to_run(run)
    upload = form.cleaned_data["file"]
    start = partial(services.correct, run, upload.name, upload.file)
    return _started(request, run, start, _("A worker takes the corrected rows up."))


@require_POST
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run the file again: all of it, or its refused rows."""
    run = get_run(request, pk, act=True)
    start = partial(services.rerun, run, only_failed=request.POST.get("rows") == "rejected")
    return _started(request, run, start, _("A worker takes the file up again."))


def _started(request: HttpRequest, run: Run, start: Callable[..., Run], said: str) -> HttpResponse:
    """Start it as the flow is now or was then; to the new run, or back with the reason."""
    current = request.POST.get("definition") != "then"
    try:
        new = start(current_definition=current, at=now(), actor=str(request.user), queue=True)
    except Refused as problem:
        messages.error(request, problem.message)
        return to_run(run)
    messages.success(request, said)
    return to_run(new)
