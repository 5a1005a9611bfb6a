"""Risk: rules, how much a channel bears, what was found; and disputes."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, badge
from orders import services
from orders.admin.base import Records
from orders.forms import RiskRuleForm
from orders.models import Dispute, Order, OrderRisk, RiskRule, RiskTolerance
from orders.selectors import orders_seen_by


@admin.register(RiskRule)
class RiskRuleAdmin(NeverDeleted, ModelAdmin):
    """What makes an order suspect. Rules are switched off, not deleted: what they found stays explained."""

    form = RiskRuleForm
    list_display = ("name", "kind", "channel", "score", "active")
    list_editable = ("score", "active")
    list_filter = ("active", ("kind", ChoicesDropdownFilter))
    list_select_related = ("channel",)
    search_fields = ("name",)
    autocomplete_fields = ("selection",)
    fieldsets = (
        (None, {"fields": ("name", ("kind", "score"), "channel", "active")}),
        (_("What it looks for"), {"fields": ("above", "selection", "values")}),
    )


@admin.register(RiskTolerance)
class RiskToleranceAdmin(ModelAdmin):
    """How many points a channel bears, and what happens above."""

    list_display = ("channel", "points", "action")
    list_select_related = ("channel",)


class OfOrders:
    """For lists of what stands at orders: those that this colleague sees."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = orders_seen_by(cast(User, request.user)).order_by().values("pk")
        return cast("QuerySet[Any]", super().get_queryset(request).filter(order__in=seen))  # type: ignore[misc]

    @admin.display(description=_("order"))
    def of_order(self, row: Any) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:orders_order_change", args=[row.order_id]), row.order.number
        )


@admin.register(OrderRisk)
class OrderRiskAdmin(OfOrders, Records):
    """What rules found, newest first; the order's page has the buttons."""

    list_display = ("found_at", "of_order", "sentence", "score", "standing")
    list_display_links = None
    list_filter = (("dismissed_at", admin.EmptyFieldListFilter), "rule")
    list_select_related = ("order",)
    search_fields = ("=order__number",)
    search_help_text = _("Number of the order")

    @admin.display(description=_("state"))
    def standing(self, risk: OrderRisk) -> SafeString:
        if risk.dismissed_at:
            return badge(gettext("dismissed"), "none", risk.explanation)
        return badge(gettext("counts"), "warn")


@admin.register(Dispute)
class DisputeAdmin(OfOrders, Records):
    """Disputes, newest first: open ones keep their order back."""

    list_display = ("opened_at", "of_order", "reason", "reference", "standing", "closed_at")
    list_display_links = None
    list_filter = (("closed_at", admin.EmptyFieldListFilter), ("outcome", ChoicesDropdownFilter))
    list_select_related = ("order",)
    search_fields = ("=order__number", "=reference")
    search_help_text = _("Number of the order, or the reference of the dispute")

    @admin.display(description=_("state"))
    def standing(self, dispute: Dispute) -> SafeString:
        if dispute.closed_at:
            return badge(dispute.get_outcome_display(), "none", dispute.conclusion)
        return badge(pgettext("dispute", "open"), "bad")


def risk_verb(request: HttpRequest, order: Order, who: str) -> str:
    """What a colleague does about an order's risk or dispute: one domain call."""
    verb, word = request.POST.get("verb"), request.POST.get("explanation", "")
    if verb == "assess":
        services.assess(order, at=now(), actor=who)
        return gettext("The order was held against the rules again.")
    if verb == "dismiss":
        pk = request.POST.get("risk", "")
        risk = get_object_or_404(OrderRisk, pk=pk if pk.isdecimal() else 0, order=order)
        services.dismiss_risk(risk, explanation=word, at=now(), actor=who)
        return gettext("Dismissed: its points count no more.")
    if verb == "dispute":
        services.open_dispute(
            order, reason=request.POST.get("reason", ""), reference=request.POST.get("reference", ""),
            at=now(), actor=who,
        )  # fmt: skip
        return gettext("The dispute is open: nothing of the order leaves until it is closed.")
    if verb == "close":
        services.close_dispute(order, outcome=request.POST.get("outcome", ""), conclusion=word, at=now(), actor=who)
        return gettext("The dispute is closed.")
    raise Http404
