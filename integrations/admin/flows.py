"""Flows: what is exchanged, how it goes, and the button to run it now."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from altazion.lib.office import badge
from altazion.lib.problems import Refused
from integrations import services
from integrations.admin import versions_page
from integrations.admin.badges import state_badge
from integrations.admin.exports import ExportInline
from integrations.admin.pivot import pivot_page
from integrations.admin.triggers import TriggerInline, keep_triggers
from integrations.enums import Direction, Trigger
from integrations.forms import FileForm, FlowForm
from integrations.models import Export, Flow, FlowWatch
from integrations.rules import is_late
from integrations.selectors import flows_with_health, last_words
from integrations.services.folders import folder_of


@admin.register(Flow)
class FlowAdmin(ModelAdmin):
    """The exchanges and how they are."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    form = FlowForm
    list_display = ("name", "direction", "entity", "health", "last", "folder", "active")
    list_filter = ("direction", "entity", "active")
    search_fields = ("name", "code")
    inlines = (ExportInline, TriggerInline)
    autocomplete_fields = ("connection",)
    prepopulated_fields = {"code": ("name",)}
    change_form_outer_before_template = "office/integrations/flow_bar.html"
    fieldsets = (
        (None, {"fields": ("name", "code", "active", "direction", "entity", "mapping", "coverage")}),
        (
            gettext_lazy("Where files come from or go to"),
            {"fields": ("connection", "folder", "pattern", "after_taking")},
        ),
        (
            gettext_lazy("When to raise an alarm"),
            {"fields": ("expected_every_minutes", "longest_minutes", "volume_tolerance", "failures_allowed")},
        ),
        (
            gettext_lazy("Brakes"),
            {
                "description": gettext_lazy(
                    "A file that does more than this is held back for a person, who takes all of it, a part, or "
                    "nothing. Empty: never held for it. Of fewer than 20 things no share is taken."
                ),
                "fields": (
                    ("brake_price_share", "brake_price_fall"),
                    ("brake_archived", "brake_rows"),
                    ("brake_zero", "brake_rejected"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return flows_with_health()

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("pivot/", guard(pivot_page), name="integrations_pivot"),
            path("<int:pk>/run/", guard(run_now), name="integrations_flow_run"),
            path("<int:pk>/send/", guard(send_file), name="integrations_flow_send"),
            path("<int:pk>/versions/", guard(versions_page.show), name="integrations_flow_versions"),
            path("<int:pk>/versions/<int:number>/", guard(versions_page.ask), name="integrations_flow_version"),
            path("<int:pk>/versions/<int:number>/back/", guard(versions_page.back), name="integrations_flow_back"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its runs are history: switch it off instead

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"code": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Flow, form: ModelForm, change: bool) -> None:
        services.save_flow(obj, at=now(), actor=str(request.user), keep=False)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Settings, export and triggers that were saved together are one version."""
        super().save_related(request, form, formsets, change)
        services.keep_version(form.instance, at=now(), actor=str(request.user))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Export:
            for export in formset.save(commit=False):
                services.save_export(export, at=now(), actor=str(request.user), keep=False)
        else:
            keep_triggers(request, formset)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        flow = self.get_object(request, object_id) if object_id else None
        context = {**(extra_context or {}), "flow": flow}
        if flow:
            context |= {
                "may_run": request.user.has_perm("integrations.run_flow") and flow.active,
                "is_import": flow.direction == Direction.IN,
                "file_form": FileForm(),
                "health": self.health(flow),
                "last_words": last_words(flow),
                "drop_folder": "" if flow.connection_id else _folder(flow),
                "starts": services.starts_of(flow, now()),
                "followers": [link.flow for link in flow.followers.select_related("flow").filter(active=True)],
                "watch": FlowWatch.objects.filter(flow=flow).first(),
            }
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=gettext_lazy("how it goes"))
    def health(self, flow: Any) -> str:
        if not flow.active:
            return badge(_("off"))
        late = is_late(flow.last_at, flow.expected_every_minutes, now())
        word: str = badge(_("late"), "bad") if late else ""
        watch = getattr(flow, "watch", None)
        if watch is not None and watch.problems:
            word = badge(_("needs care"), "bad", " ".join(watch.problems))
        return format_html("{} {}", state_badge(flow.last_state) if flow.last_state else badge(_("never ran")), word)

    @admin.display(description=gettext_lazy("last run"), ordering="last_at")
    def last(self, flow: Any) -> str:
        if not flow.last_run:
            return "—"
        return format_html(
            '<a href="{}" title="{}">#{}</a>',
            reverse("admin:integrations_run_change", args=[flow.last_run]),
            last_words(flow),
            flow.last_run,
        )


@require_POST
def run_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Look into the folder now, or export now."""
    flow = _get(request, pk)
    try:
        runs = services.start_flow(flow, at=now(), cause=Trigger.HAND, actor=str(request.user), queue=True)
        if flow.direction == Direction.OUT:
            messages.success(request, runs[0].said if runs else _("Nothing is new: there is nothing to send."))
        else:
            count = len(runs)
            found = ngettext("%d file was found and is on its way.", "%d files were found and are on their way.", count)
            messages.success(request, found % count if count else _("There is no complete file in the folder."))
    except Refused as problem:
        messages.error(request, problem.message)
    return _back(flow)


@require_POST
def send_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file from the colleague's own machine."""
    flow = _get(request, pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _back(flow)
    upload = form.cleaned_data["file"]
    try:
        run = services.receive_file(
            flow,
            upload.name,
            upload.file,
            trigger=Trigger.UPLOAD,
            actor=str(request.user),
            at=now(),
            queue=True,
            partial=form.cleaned_data["partial"],
        )
    except Refused as problem:
        messages.error(request, problem.message)
        return _back(flow)
    return HttpResponseRedirect(reverse("admin:integrations_run_change", args=[run.pk]))


def _get(request: HttpRequest, pk: int) -> Flow:
    if not request.user.has_perm("integrations.run_flow"):
        raise PermissionDenied
    flow = Flow.objects.select_related("mapping", "connection").filter(pk=pk).first()
    if flow is None:
        raise Http404
    return flow


def _back(flow: Flow) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:integrations_flow_change", args=[flow.pk]))


def _folder(flow: Flow) -> str:
    try:
        return str(folder_of(flow))
    except Refused:
        return ""
