"""Office: the schedules of django-celery-beat in the theme's dress, and without what nobody here uses."""

import contextlib

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from altazion.lib.clock import now

for model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    with contextlib.suppress(NotRegistered):
        admin.site.unregister(model)


class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    """Chooses among the tasks that the workers know."""


class ScheduleForm(beat.PeriodicTaskForm):
    """A schedule, with the theme's inputs."""

    regtask = beat.TaskChoiceField(label=_("Known task"), required=False, widget=TaskSelect)
    task = forms.CharField(label=_("Task by name"), required=False, widget=UnfoldAdminTextInputWidget)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ModelAdmin, beat.PeriodicTaskAdmin):
    """What runs by itself, how often, and when it last did."""

    form = ScheduleForm
    list_display = ("name", "rhythm", "enabled", "last_run")
    list_filter = ("enabled",)
    list_editable = ("enabled",)
    date_hierarchy = None
    change_form_template = None  # its own writes a script into the page, which our policy forbids
    fieldsets = (
        (None, {"fields": ("name", "description", "regtask", "task", "enabled")}),
        (_("Schedule"), {"fields": ("interval", "crontab", "crontab_translation", "start_time", "one_off")}),
        (_("Arguments"), {"fields": ("args", "kwargs"), "classes": ("collapse",)}),
        (_("Execution"), {"fields": ("expire_seconds", "queue", "priority"), "classes": ("collapse",)}),
    )

    @admin.display(description=_("how often"))
    def rhythm(self, task: PeriodicTask) -> str:
        return str(task.interval or task.crontab or task.clocked or task.solar or "—")

    @admin.display(description=_("last run"), ordering="last_run_at")
    def last_run(self, task: PeriodicTask) -> str:
        if task.last_run_at is None:
            return "—"
        return str(_("%(time)s ago") % {"time": timesince(task.last_run_at, now())})

    @admin.display(description=_("in words"))
    def crontab_translation(self, task: PeriodicTask) -> str:
        return task.crontab.human_readable if task.crontab else "—"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodicTask]:
        return super().get_queryset(request).select_related("interval", "crontab", "solar", "clocked")


class TasksInline(TabularInline):
    """What keeps to a rhythm."""

    model = PeriodicTask
    fields = readonly_fields = ("name", "task", "enabled")
    extra = 0
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("what keeps to it")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(IntervalSchedule)
class IntervalAdmin(ModelAdmin):
    """Every so often."""

    list_display = ("__str__", "every", "period")
    inlines = (TasksInline,)


@admin.register(CrontabSchedule)
class CrontabAdmin(ModelAdmin):
    """At such a time of the day, week or month."""

    list_display = ("__str__", "human_readable")
    fields = ("human_readable", "minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    readonly_fields = ("human_readable",)
    inlines = (TasksInline,)
