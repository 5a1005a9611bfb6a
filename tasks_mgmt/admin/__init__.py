"""Office: the personal space of tasks, and the kinds of automatic task."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from accounts.selectors import colleague_of
from altazion.lib.office import ReadOnly
from tasks_mgmt import selectors
from tasks_mgmt.admin import pages
from tasks_mgmt.models import Task, TaskKind


@admin.register(Task)
class TaskAdmin(ReadOnly, ModelAdmin):
    """Every colleague has this space: its pages show what concerns them, so no permission opens it."""

    list_display = (
        "title",
        "kind",
        "importance",
        "state",
        "due_at",
        "recipient",
        "group",
        "subject_label",
        "created_at",
    )
    list_select_related = ("kind", "recipient", "group")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        """What concerns this colleague, open or closed: the list that may be taken away."""
        return selectors.concerning(colleague_of(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("", guard(pages.my_tasks), name="tasks_mgmt_task_changelist"),
            path("new/", guard(pages.new_task), name="tasks_mgmt_task_new"),
            path("<int:pk>/", guard(pages.task_page), name="tasks_mgmt_task_change"),
            path("<int:pk>/act/", guard(pages.act), name="tasks_mgmt_task_act"),
        ]


@admin.register(TaskKind)
class TaskKindAdmin(ModelAdmin):
    """What gives birth to a task, who gets it; new recipients count for new tasks only."""

    list_display = ("label", "group", "importance", "due_in_hours", "active")
    list_editable = ("group", "importance", "due_in_hours", "active")
    list_select_related = ("group",)
    readonly_fields = ("code",)
    fields = ("code", "label", "group", "importance", "due_in_hours", "active")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a kind without code that raises it would do nothing

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest | None, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.choices = list(field.choices)  # asked once for the whole list, not once a row
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
