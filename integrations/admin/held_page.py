"""What a person decides about a held run."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations import services
from integrations.admin.run_page import get_run, to_run
from integrations.forms import ApproveForm
from integrations.selectors import figures


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, or the ticked part."""
    run = get_run(request, pk, act=True)
    choice = {}
    if request.POST.get("part"):
        form = ApproveForm([each.key for each in figures(run)], request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
            return to_run(run)
        choice = form.cleaned_data
    try:
        services.approve(run, **choice, at=now(), actor=str(request.user), queue=True)
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Approved: a worker writes it now."))
    return to_run(run)


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing of it."""
    run = get_run(request, pk, act=True)
    try:
        services.refuse(run, at=now(), actor=str(request.user))
    except Refused as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Refused: nothing of this file was written."))
    return to_run(run)
