"""What a flow was, version by version, and the way back to one of them."""

import itertools
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from altazion.lib.clock import now
from altazion.lib.problems import NotFound, Refused
from integrations import services
from integrations.models import Flow, FlowVersion
from integrations.selectors import (
    VersionDifference,
    runs_by_version,
    version_differences,
    version_of,
    versions_of,
)

PER_PAGE = 20


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions, the newest first, each with what it changed."""
    flow = _flow(request, pk)
    pages = Paginator(versions_of(flow), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    oldest = page[-1].number if len(page) else 0
    before = FlowVersion.objects.filter(flow=flow, number__lt=oldest).first()
    chain = [*page, *([before] if before else [])]
    used = runs_by_version(flow)
    listed = [
        _shown(new, version_differences(old.definition, new.definition), used) for new, old in itertools.pairwise(chain)
    ]
    if chain and before is None:
        listed.append({**_shown(chain[-1], [], used), "is_first": True})
    context = {
        **_context(request, flow, _("Versions of %s") % flow.name),
        "listed": listed,
        "page": page,
    }
    return TemplateResponse(request, "office/integrations/versions.html", context)


def ask(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version: what differs between it and now, and what going back would do."""
    flow = _flow(request, pk)
    version = _version(flow, number)
    context = {
        **_context(request, flow, _("%(flow)s, version %(number)d") % {"flow": flow.name, "number": number}),
        "version": version,
        "differences": version_differences(version.definition, services.definition_now(flow.pk)),
        "also": services.flows_with_mapping(version),
    }
    return TemplateResponse(request, "office/integrations/version.html", context)


@require_POST
def back(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Make the flow what it was."""
    flow = _flow(request, pk)
    if not _may_change(request):
        raise PermissionDenied
    try:
        made = services.go_back(_version(flow, number), at=now(), actor=str(request.user))
    except Refused as problem:
        messages.error(request, problem.message)
        return HttpResponseRedirect(reverse("admin:integrations_flow_version", args=[pk, number]))
    messages.success(
        request, _("The flow is as in version %(old)d again; this is version %(new)d.") % {"old": number, "new": made}
    )
    return HttpResponseRedirect(reverse("admin:integrations_flow_change", args=[pk]))


def _shown(version: FlowVersion, differences: list[VersionDifference], used: dict[int, int]) -> dict[str, Any]:
    return {"version": version, "differences": differences, "runs": used.get(version.number, 0)}


def _context(request: HttpRequest, flow: Flow, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "flow": flow, "may_change": _may_change(request)}


def _may_change(request: HttpRequest) -> bool:
    return request.user.has_perm("integrations.change_flow")


def _flow(request: HttpRequest, pk: int) -> Flow:
    if not request.user.has_perm("integrations.view_flow"):
        raise PermissionDenied
    flow = Flow.objects.filter(pk=pk).first()
    if flow is None:
        raise Http404
    return flow


def _version(flow: Flow, number: int) -> FlowVersion:
    try:
        return version_of(flow, number)
    except NotFound as problem:
        raise Http404(problem.message) from problem
