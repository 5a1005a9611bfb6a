"""Taking any list of Office away: choose columns and form, watch it being written, download it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.office import ReadOnly, badge
from altazion.lib.problems import NotFound, Refused
from integrations import services
from integrations.enums import ExportFormat, ListState
from integrations.exports.lists import ListSource
from integrations.models import ListExport

TONES = {
    ListState.WAITING: "info",
    ListState.RUNNING: "busy",
    ListState.DONE: "good",
    ListState.FAILED: "bad",
    ListState.GONE: "none",
}


@admin.register(ListExport)
class ListExportAdmin(ReadOnly, ModelAdmin):
    """The lists that this colleague took away."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    list_display = ("file_name", "what", "standing", "rows", "asked_at", "keep_until")
    list_display_links = ("file_name",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)

    def has_view_permission(self, request: HttpRequest, obj: ListExport | None = None) -> bool:
        """One's own, for whoever may take lists away."""
        mine = obj is None or obj.user_id == request.user.pk
        return mine and request.user.has_perm("integrations.add_listexport")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListExport]:
        """One's own."""
        return cast("QuerySet[ListExport]", super().get_queryset(request).filter(user=request.user))

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("new/", guard(self.new), name="integrations_listexport_new"),
            path("<int:pk>/file/", guard(self.file), name="integrations_listexport_file"),
            path("<int:pk>/again/", guard(self.again), name="integrations_listexport_again"),
            *super().get_urls(),
        ]

    def new(self, request: HttpRequest) -> HttpResponse:
        """Which columns, which form; GET only shows."""
        if not request.user.has_perm("integrations.add_listexport"):
            raise PermissionDenied
        said = request.POST if request.method == "POST" else request.GET
        label, query = said.get("list", ""), said.get("query", "")
        user = cast(User, request.user)
        try:
            source = ListSource(label, query, user)
        except NotFound:
            raise Http404 from None
        except Refused as problem:
            messages.error(request, problem.message)
            source = ListSource(label, "", user)
            query = ""
        if request.method == "POST":
            try:
                asked = services.ask_list(
                    label,
                    query,
                    user=user,
                    file_format=request.POST.get("file_format", ""),
                    columns=request.POST.getlist("columns") or ["-"],
                    language=(get_language() or "fr")[:5],
                    at=now(),
                )
                asked = services.start_list(asked, at=now())
            except Refused as problem:
                messages.error(request, problem.message)
            else:
                return HttpResponseRedirect(reverse("admin:integrations_listexport_change", args=[asked.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take the list away: %(list)s") % {"list": source.title},
            "opts": self.opts,
            "label": label,
            "query": query,
            "filters": source.filters,
            "count": source.count(),
            "columns": source.columns(),
            "formats": ExportFormat.choices,
            "back": f"{_list_url(label)}?{query}" if query else _list_url(label),
            "media": self.media,
        }
        return TemplateResponse(request, "office/integrations/list_new.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is, and the file."""
        asked = self._mine(request, object_id)
        busy = asked.state in (ListState.WAITING, ListState.RUNNING)
        context = {
            **self.admin_site.each_context(request),
            "title": asked.file_name,
            "opts": self.opts,
            "asked": asked,
            "what": self.what(asked),
            "standing": self.standing(asked),
            "busy": busy,
            "share": min(100, asked.rows * 100 // asked.expected) if asked.expected else 0,
            "back": f"{_list_url(asked.model)}?{asked.query}",
            "media": self.media,
        }
        if request.GET.get("part") == "live":
            answer = TemplateResponse(request, "office/integrations/list_live.html", context)
            if not busy:
                answer["HX-Refresh"] = "true"
            return answer
        return TemplateResponse(request, "office/integrations/list.html", context)

    def file(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        """The file, while it is kept."""
        asked = self._mine(request, str(pk))
        storage = storages["raw_files"]
        if asked.state != ListState.DONE or not storage.exists(asked.stored_as):
            messages.error(request, _("This file is no longer kept: write it again."))
            return HttpResponseRedirect(reverse("admin:integrations_listexport_change", args=[pk]))
        return FileResponse(
            storage.open(asked.stored_as),
            as_attachment=True,
            filename=asked.file_name,
            content_type="application/octet-stream",
        )

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write it anew."""
        if request.method != "POST":
            raise Http404
        asked = self._mine(request, str(pk))
        try:
            services.retry_list(asked, at=now())
        except Refused as problem:
            messages.error(request, problem.message)
        return HttpResponseRedirect(reverse("admin:integrations_listexport_change", args=[pk]))

    def _mine(self, request: HttpRequest, pk: str) -> ListExport:
        asked = self.get_object(request, pk)
        if asked is None:
            raise Http404
        if not self.has_view_permission(request, asked):
            raise PermissionDenied
        return cast(ListExport, asked)

    @admin.display(description=gettext_lazy("list"))
    def what(self, asked: ListExport) -> str:
        """Products, orders…"""
        found = next((model for model in admin.site._registry if model._meta.label_lower == asked.model), None)  # noqa: SLF001
        return str(found._meta.verbose_name_plural) if found else asked.model  # noqa: SLF001

    @admin.display(description=gettext_lazy("state"))
    def standing(self, asked: ListExport) -> SafeString:
        return badge(asked.get_state_display(), TONES[ListState(asked.state)], asked.message)


def _list_url(label: str) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_changelist")
