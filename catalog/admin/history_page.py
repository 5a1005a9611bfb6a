"""The history of a segment, a brand, a selection, a landing page: who, when, what, from what to what."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused
from catalog import services
from catalog.selectors.history import history_of
from catalog.services.history import ARRANGED, SAFE


class LogHistory:
    """For a ModelAdmin: the page behind *History* reads the logbook, which knows imports and machines too."""

    log_subject: str

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The last two hundred events; a post gives one field its earlier value."""
        admin: Any = self
        thing = admin.get_object(request, object_id)
        if thing is None:
            raise Http404
        if not admin.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        may_undo = self.log_subject in ARRANGED and admin.has_change_permission(request, thing)
        if request.method == "POST":
            if not may_undo:
                raise PermissionDenied
            return self._undone(request, thing.pk)
        context = {
            **admin.admin_site.each_context(request),
            "title": _("History: %(thing)s") % {"thing": thing},
            "events": history_of(self.log_subject, thing),
            "safe": SAFE if may_undo else (),
            "thing": thing,
            "opts": admin.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "office/catalog/history.html", context)

    def _undone(self, request: HttpRequest, pk: int) -> HttpResponse:
        event, _mark, field = request.POST.get("change", "").partition(":")
        number = int(event) if event.isdecimal() and len(event) < 19 else 0
        try:
            services.undo_of_arrangement(self.log_subject, pk, number, field, at=now(), actor=actor(request))
            messages.success(request, _("The field has its earlier value again."))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(request.path)
