"""Which runs wait for somebody."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from integrations.enums import RunState
from integrations.models import Run

WAIT_FOR_A_PERSON = (RunState.HELD, RunState.FAILED, RunState.DONE_WITH_REJECTIONS)
UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


class NeedsPerson(admin.SimpleListFilter):
    """Held, failed, or with refused rows; or what is still under way."""

    title = _("who acts")
    parameter_name = "acts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("person", _("a person: held, failed or with rejections")), ("worker", _("a worker: waiting, running"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        states = {"person": WAIT_FOR_A_PERSON, "worker": UNDER_WAY}.get(self.value() or "")
        return queryset.filter(state__in=states) if states else queryset
