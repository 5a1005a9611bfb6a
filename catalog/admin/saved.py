"""Filters that colleagues keep under a name, above a list of Office."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts import services as people
from accounts.models import SavedFilter
from accounts.selectors import colleague_of
from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.problems import Refused

SHOWN = 60


class SavedFilters:
    """For a ModelAdmin: its list opens with one's default filter and shows the others as links."""

    list_before_template = "office/saved_filters.html"
    admin_site: Any
    opts: Any

    def saved_urls(self) -> list[URLPattern]:
        """Where filters are kept and dropped."""
        guard = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}_filters"
        return [path("filters/<slug:verb>/", guard(self.saved), name=name)]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the filters of this colleague and the shared ones. One query."""
        colleague, page = colleague_of(request), self.opts.label_lower
        seen = Q(owner=colleague) | Q(shared=True)
        found = list(SavedFilter.objects.filter(seen, page=page).select_related("owner")[:SHOWN])
        mine = [one for one in found if one.owner_id == colleague.pk]
        first = next((one for one in mine if one.is_default), None)
        if first is not None and request.method == "GET" and not request.META.get("QUERY_STRING"):
            return HttpResponseRedirect(f"{request.path}?{first.query}")
        query = request.GET.urlencode()
        context = {
            **(extra_context or {}),
            "saved_filters": found,
            "own_filters": mine,
            "asked_query": query,
            "filters_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_filters",
        }
        response: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return response

    def saved(self, request: HttpRequest, verb: str) -> HttpResponse:
        """Keep, drop, or open the list with one."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        colleague, page, by = colleague_of(request), self.opts.label_lower, {"at": now(), "actor": actor(request)}
        number = request.POST.get("filter", "")
        pk = int(number) if number.isdecimal() and len(number) < 19 else 0
        query = request.POST.get("query", "")[:4000].replace("\0", "")
        try:
            if verb == "keep":
                name = request.POST.get("name", "").replace("\0", "")
                kept = people.keep_filter(colleague, page, name, query, shared="shared" in request.POST, **by)  # type: ignore[arg-type]
                query = kept.query
                messages.success(request, _("The filter is kept."))
            elif verb == "drop":
                people.drop_filter(colleague, pk, **by)  # type: ignore[arg-type]
                messages.success(request, _("The filter is removed."))
            else:
                people.open_with(colleague, page, pk or None, **by)  # type: ignore[arg-type]
                messages.success(request, _("The list opens so from now on."))
        except Refused as refusal:
            messages.error(request, refusal.message)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{address}?{query or 'q='}")
