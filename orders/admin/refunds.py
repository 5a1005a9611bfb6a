"""The refund centre: what is still to give back, and every refund with what became of it."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import Verbs, actor, badge
from altazion.lib.problems import Refused
from orders import services
from orders.admin.base import PART_TONES, Records
from orders.enums import PartState
from orders.models import Refund, RefundPart
from orders.selectors import orders_seen_by, orders_to_refund

SHOWN = 50


@admin.register(Refund)
class RefundAdmin(Verbs, Records):
    """Refunds, newest first; above them the orders whose money waits."""

    verb_right = "orders.change_refund"

    class Media:
        css = {"all": ["orders/office.css"]}

    list_display = ("asked_at", "order", "money", "reason", "standing", "asked_by")
    list_filter = (("parts__state", ChoicesDropdownFilter), ("reason", ChoicesDropdownFilter))
    list_select_related = ("order",)
    search_fields = ("=order__number", "=parts__provider_reference")
    search_help_text = _("Number of the order, or the provider's reference")
    list_before_template = "office/orders/refunds_due.html"
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        """Those of the orders that this colleague may see."""
        seen = orders_seen_by(cast(User, request.user)).order_by().values("pk")
        found = super().get_queryset(request).filter(order__in=seen).prefetch_related("parts")
        return cast("QuerySet[Refund]", found)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("due/<int:pk>/", guard(self.give_back), name="orders_refund_due"),
            path("part/<int:pk>/", guard(self.part), name="orders_refund_part"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the orders whose money waits."""
        due = list(orders_to_refund(cast(User, request.user))[: SHOWN + 1])
        facts = {"due": due[:SHOWN], "more_due": len(due) > SHOWN, "may_refund": self.may_act(request)}
        return cast(HttpResponse, super().changelist_view(request, {**(extra_context or {}), **facts}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A refund, part by part, with what a person may do about each."""
        found = self.seen(request, object_id)
        parts = found.parts.select_related("payment__method", "payment__store").order_by("pk")
        facts = {
            **self.admin_site.each_context(request),
            "title": gettext("Refund for order %(number)s") % {"number": found.order.number},
            "opts": self.opts,
            "refund": found,
            "parts": [(part, badge(part.get_state_display(), PART_TONES[PartState(part.state)])) for part in parts],
            "may_refund": self.may_act(request),
        }
        return TemplateResponse(request, "office/orders/refund.html", facts)

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give back what is due of one order."""
        self.must_act(request)
        order = get_object_or_404(orders_seen_by(cast(User, request.user)), pk=pk)
        key = f"office:{order.guid}:{order.paid_total}:{order.refunded_total}"  # a second click finds the first
        try:
            made = services.give_back_due(order, key=key, at=now(), actor=actor(request))
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:orders_refund_changelist"))
        services.send_refund(made.guid, at=now(), actor=actor(request))
        return HttpResponseRedirect(reverse("admin:orders_refund_change", args=[made.pk]))

    def part(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the provider again, or say that the money was handed out."""
        self.must_act(request)
        part = get_object_or_404(RefundPart, pk=pk, refund__in=self.get_queryset(request).values("pk"))
        verb = request.POST.get("verb")
        try:
            if verb == "again":
                part = services.try_again(part, at=now(), actor=actor(request))
            elif verb == "confirm":
                part = services.confirm_refund(part, at=now(), actor=actor(request))
            elif verb == "abandon":
                reason = request.POST.get("reason", "")
                part = services.abandon_refund(part, reason=reason, at=now(), actor=actor(request))
                messages.success(request, gettext("Given up: the amount is among what is to be given back again."))
            else:
                raise Http404
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            if part.state == PartState.DONE:
                messages.success(request, gettext("The money went back; it is booked."))
            elif part.state == PartState.FAILED:
                messages.error(request, gettext("It failed again: %(why)s") % {"why": part.message})
        return HttpResponseRedirect(reverse("admin:orders_refund_change", args=[part.refund_id]))

    @admin.display(description=_("amount"))
    def money(self, refund: Refund) -> str:
        return display(refund.amount, refund.currency)

    @admin.display(description=_("state"))
    def standing(self, refund: Refund) -> SafeString:
        states = sorted({part.state for part in refund.parts.all()})
        badges = ((badge(PartState(state).label, PART_TONES[PartState(state)]),) for state in states)
        return format_html_join(" ", "{}", badges) or badge(pgettext("refund", "nothing"))
