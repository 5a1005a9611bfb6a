"""The triggers of a flow, edited on its page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminTextareaWidget

from altazion.lib.clock import now
from altazion.lib.problems import Refused
from integrations import services
from integrations.models import FlowTrigger
from integrations.services.triggers import check_trigger

FIELDS = (
    *("kind", "active", "every_minutes", "cron", "weekdays", "from_time", "to_time"),
    *("event_kind", "after", "needs", "deadline_minutes"),
)


class TriggerForm(forms.ModelForm):
    """One trigger: what its kind does not use may stay empty."""

    class Meta:
        model = FlowTrigger
        fields = FIELDS
        widgets = {"needs": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        flow = getattr(self.instance, "flow", None)
        if not self.errors and flow is not None and flow.pk and not data.get("DELETE"):
            values = {name: data[name] for name in FIELDS if name in data}
            try:
                check_trigger(FlowTrigger(pk=self.instance.pk, flow=flow, **values))
            except Refused as problem:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        return data


class TriggerInline(StackedInline):
    """A flow's triggers; each uses the fields of its kind."""

    model = FlowTrigger
    form = TriggerForm
    fk_name = "flow"
    extra = 0
    autocomplete_fields = ("after",)
    verbose_name_plural = _("What starts it by itself")
    fields = (
        ("kind", "active"),
        ("every_minutes", "cron"),
        "weekdays",
        ("from_time", "to_time"),
        ("event_kind", "after"),
        "needs",
        "deadline_minutes",
    )


def keep_triggers(request: HttpRequest, formset: Any) -> None:
    """What was typed, through the domain."""
    rows = formset.save(commit=False)
    formset.save_m2m()
    for trigger in formset.deleted_objects:
        services.delete_trigger(trigger, at=now(), actor=str(request.user), keep=False)
    for trigger in rows:
        try:
            services.save_trigger(trigger, at=now(), actor=str(request.user), keep=False)
        except Refused as problem:  # a flow that is new has just now got its number: checked only here
            messages.error(request, problem.message)
