"""Runs: a list that tells at a glance, and a page that explains one of them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.paginator import InfinitePaginator

from altazion.lib.office import ReadOnly
from integrations.admin import again_page, held_page, product_page, run_page
from integrations.admin.badges import length, state_badge
from integrations.admin.run_filters import NeedsPerson
from integrations.models import Run


@admin.register(Run)
class RunAdmin(ReadOnly, ModelAdmin):
    """Nobody edits history: a run is looked at, run again, or ignored."""

    list_display = ("number", "flow", "shown_state", "file", "outcome", "queued_at", "took")
    list_display_links = ("number",)
    list_filter = (
        NeedsPerson,
        ("state", ChoicesDropdownFilter),
        ("flow", AutocompleteSelectFilter),
        ("trigger", ChoicesDropdownFilter),
        ("queued_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    list_select_related = ("flow", "raw_file")
    search_fields = ("flow__name", "flow__code", "raw_file__name", "message")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    paginator = InfinitePaginator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer("definition")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/change/", guard(run_page.show), name="integrations_run_change"),
            path("product/<int:pk>/", guard(product_page.show), name="integrations_run_product"),
            path("<int:pk>/file/", guard(run_page.original), name="integrations_run_file"),
            path("<int:pk>/rejects.csv", guard(run_page.rejects), name="integrations_run_rejects"),
            path("<int:pk>/rerun/", guard(again_page.run_again), name="integrations_run_rerun"),
            path("<int:pk>/again/", guard(again_page.show), name="integrations_run_again"),
            path("<int:pk>/correct/", guard(again_page.correct), name="integrations_run_correct"),
            path("<int:pk>/ignore/", guard(run_page.ignore), name="integrations_run_ignore"),
            path("<int:pk>/cancel/", guard(run_page.cancel), name="integrations_run_cancel"),
            path("<int:pk>/undo/", guard(run_page.undo), name="integrations_run_undo"),
            path("<int:pk>/approve/", guard(held_page.approve), name="integrations_run_approve"),
            path("<int:pk>/refuse/", guard(held_page.refuse), name="integrations_run_refuse"),
            *super().get_urls(),
        ]

    @admin.display(description=_("run"), ordering="id")
    def number(self, run: Run) -> str:
        return f"#{run.pk}"

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, run: Run) -> str:
        return state_badge(run.state)

    @admin.display(description=_("file"))
    def file(self, run: Run) -> str:
        return run.raw_file.name if run.raw_file else "—"

    @admin.display(description=_("outcome"))
    def outcome(self, run: Run) -> str:
        return run.said[:140]

    @admin.display(description=_("took"))
    def took(self, run: Run) -> str:
        return length(run.started_at, run.finished_at) or "—"
