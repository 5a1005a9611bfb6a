"""The reasons of cancellation, and how often each was given."""

import datetime as dt
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted
from altazion.lib.translating import side_by_side
from orders.forms import CancelReasonForm
from orders.models import CancelReason
from orders.selectors import cancelled_month


@admin.register(CancelReason)
class CancelReasonAdmin(NeverDeleted, ModelAdmin):
    """What orders may be cancelled for; above the list the cancellations of a month, by reason."""

    class Media:
        css = {"all": ["orders/office.css"]}

    form = CancelReasonForm
    list_display = ("path", "shown", "for_shoppers", "by_itself", "position", "active", "given")
    list_display_links = ("path",)
    list_editable = ("for_shoppers", "position", "active")
    list_filter = ("active", "for_shoppers")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    ordering = ("position", "name")
    autocomplete_fields = ("parent",)
    list_before_template = "office/orders/cancellations.html"
    fieldsets = (
        (None, {"fields": ("code", "parent", *side_by_side(["name", "description"]), "position")}),
        (_("Who gives it"), {"fields": (("for_shoppers", "by_itself"), "active")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[CancelReason]:
        """With how many orders each was given for, of all times."""
        return cast("QuerySet[CancelReason]", super().get_queryset(request).annotate(used=Count("orders")))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, tuple[str, ...]]:
        """A code is proposed for a new reason; systems know it, so it stays as it is later."""
        return {} if obj else {"code": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the month that was asked for; the list itself knows nothing of it."""
        asked = request.GET.get("month", "")
        if "month" in request.GET:  # a filter of no column: taken out before the list reads the address
            query = request.GET.copy()
            query.pop("month")
            request.GET = query  # type: ignore[assignment]
        month = cancelled_month(cast(User, request.user), _month(asked))
        facts = {"month": month, "may_see_orders": request.user.has_perm("orders.view_order")}
        return cast(HttpResponse, super().changelist_view(request, {**(extra_context or {}), **facts}))

    @admin.display(description=_("reason"), ordering="position")
    def path(self, reason: CancelReason) -> str:
        return str(reason)

    @admin.display(description=_("shown to the shopper"))
    def shown(self, reason: CancelReason) -> str:
        return reason.shopper_words

    @admin.display(description=_("orders"), ordering="used")
    def given(self, reason: Any) -> int:
        return int(reason.used)


def _month(text: str) -> dt.date:
    """The first of the month "2026-11"; of this month for anything else."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return now().date().replace(day=1)
