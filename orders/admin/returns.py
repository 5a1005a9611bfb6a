"""Returns: what shoppers want to give back, received unit by unit; and the terms of each channel."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import Verbs, actor, badge
from altazion.lib.problems import Refused
from orders import services
from orders.admin.base import Records
from orders.enums import ReturnState
from orders.models import Order, Return, ReturnPolicy
from orders.selectors import orders_seen_by
from orders.selectors.returns import places_to_receive, return_in_hand, return_page, returns_seen_by

TONES = {
    ReturnState.ASKED: "info",
    ReturnState.RECEIVED: "good",
    ReturnState.REFUSED: "bad",
    ReturnState.WITHDRAWN: "none",
}


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(ModelAdmin):
    """Within how many days what was sold on a channel may come back."""

    list_display = ("channel", "days")
    list_select_related = ("channel",)
    autocomplete_fields = ("excluded",)


@admin.register(Return)
class ReturnAdmin(Verbs, Records):
    """Returns, newest first. A store finds the return of another store's order by the number on its slip."""

    verb_right = "orders.change_return"

    class Media:
        css = {"all": ["orders/office.css"]}

    list_display = ("number", "asked_at", "state_badge", "place", "money", "closed_at")
    list_filter = (("state", ChoicesDropdownFilter), ("asked_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("order", "place", "refund")
    search_fields = ("number",)
    search_help_text = _("Number on the slip, or beginning of the order's number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Return]:
        """What this colleague may see."""
        return returns_seen_by(cast(User, request.user)).order_by("-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Return], search_term: str
    ) -> tuple[QuerySet[Return], bool]:
        """By number; the whole number of an open return finds it in every store: somebody holds its slip."""
        word = search_term.strip().upper()
        if not word:
            return queryset, False
        in_hand = return_in_hand(word)
        if in_hand is not None:
            return Return.objects.select_related("order", "place", "refund").filter(pk=in_hand.pk), False
        return queryset.filter(number__startswith=word), False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("ask/<int:pk>/", guard(self.ask), name="orders_return_ask"),
            path("<int:pk>/act/", guard(self.act), name="orders_return_act"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A return's page: what is to come, and what to do when it is here."""
        return self._page(request, self._found(request, object_id))

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A colleague asks for the shopper."""
        self.must_act(request)
        order = get_object_or_404(orders_seen_by(cast(User, request.user)), pk=pk)
        try:
            made = services.ask_return(
                order, services.read_wanted(request.POST), comment=request.POST.get("comment", ""),
                at=now(), actor=actor(request), by_staff=True,
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
        messages.success(request, gettext("The return is noted: print its slip, or receive the goods at once."))
        return HttpResponseRedirect(reverse("admin:orders_return_change", args=[made.pk]))

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Received, refused, withdrawn: one domain call. What was wrong leaves everything as it was typed."""
        self.must_act(request)
        found, who, verb = self._found(request, str(pk)), actor(request), request.POST.get("verb")
        try:
            if verb == "receive":
                self._receive(request, found)
            elif verb == "refuse":
                services.refuse_return(found, answer=request.POST.get("answer", ""), at=now(), actor=who)
                messages.success(request, gettext("The return is refused; the shopper reads why."))
            elif verb == "withdraw":
                services.withdraw_return(found, at=now(), actor=who)
                messages.success(request, gettext("The return is withdrawn."))
            else:
                raise Http404
        except Refused as refusal:
            messages.error(request, refusal.message)
            return self._page(request, found, status=422)
        return HttpResponseRedirect(reverse("admin:orders_return_change", args=[found.pk]))

    def _receive(self, request: HttpRequest, found: Return) -> None:
        places = places_to_receive(cast(User, request.user))
        place = places.filter(code=request.POST.get("place", "")).first()
        if place is None:
            raise Refused(gettext("Say where the goods are."), field="place")
        done = services.receive_return(
            found, services.read_came(request.POST), place=place, answer=request.POST.get("answer", ""),
            at=now(), actor=actor(request),
        )  # fmt: skip
        messages.success(request, gettext("Received; good units are for sale again."))
        if done.refund:
            services.send_refund(done.refund.guid, at=now(), actor=actor(request))

    def _page(self, request: HttpRequest, found: Return, *, status: int = 200) -> HttpResponse:
        page = return_page(found.guid)
        typed = request.POST
        facts = {
            **self.admin_site.each_context(request),
            "title": gettext("Return %(number)s") % {"number": page.number},
            "opts": self.opts,
            "back": page,
            "state_badge": self.state_badge(page),
            "rows": [
                (
                    row,
                    typed.get(f"good_{row.line.position}", row.quantity),
                    typed.get(f"damaged_{row.line.position}", 0),
                    typed.get(f"accepted_{row.line.position}", ""),
                )
                for row in page.lines.all()
            ],
            "places": list(places_to_receive(cast(User, request.user))[:500]),
            "place": typed.get("place", ""),
            "answer": typed.get("answer", ""),
            "may_act": self.may_act(request) and page.state == ReturnState.ASKED,
            "sees_order": orders_seen_by(cast(User, request.user)).filter(pk=page.order_id).exists(),
        }
        return TemplateResponse(request, "office/orders/return.html", facts, status=status)

    def _found(self, request: HttpRequest, object_id: str) -> Return:
        found = Return.objects.filter(pk=object_id if object_id.isdecimal() else 0).first()
        mine = self.get_queryset(request)
        if found is None or not (found.state == ReturnState.ASKED or mine.filter(pk=found.pk).exists()):
            raise Http404
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, back: Return) -> SafeString:
        return badge(back.get_state_display(), TONES[ReturnState(back.state)], back.answer)

    @admin.display(description=_("paid back"))
    def money(self, back: Return) -> str:
        return display(back.refund.amount, back.refund.currency) if back.refund else ""


def returns_of(order: Order) -> list[tuple[Return, str]]:
    """An order's returns with their page in Office."""
    found = order.returns.select_related("refund").order_by("-pk")[:20]
    return [(one, reverse("admin:orders_return_change", args=[one.pk])) for one in found]
