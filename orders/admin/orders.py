"""The order list, and an order's page with what may be done to it."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from accounts.models import User
from accounts.selectors import stores_seen_by
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import actor, badge
from altazion.lib.office_filters import ByAutocomplete
from altazion.lib.problems import Refused
from orders import rules, services
from orders.admin.base import ATTEMPT_TONES, PAYMENT_TONES, STATE_TONES, Records
from orders.admin.preparations import slips_on
from orders.admin.returns import returns_of
from orders.admin.risk import risk_verb
from orders.admin.words import sentence
from orders.enums import AttemptState, DisputeOutcome, HoldKind, OrderState, PaymentState, ReturnReason
from orders.forms import CancelForm
from orders.models import Order
from orders.selectors import orders_seen_by, returnable
from orders.selectors.office import office_order
from orders.services.routing import route_order


class StoreFilter(ByAutocomplete):
    """A store, found by typing among those that this colleague sees."""

    title = _("store")
    parameter_name = "store"
    chosen_by = (Order, "store")


class NamedStoreFilter(admin.SimpleListFilter):
    """The same for those who may not open stores, and so may not search among them."""

    title = _("store")
    parameter_name = "store"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stores = stores_seen_by(cast(User, request.user)).filter(archived=False).order_by("name")[:300]
        return [(store.code, store.name) for store in stores]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(store__code=self.value()) if self.value() else queryset


class HeldFilter(admin.SimpleListFilter):
    """Orders that wait for an explanation."""

    title = _("held")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("held")), ("no", _("not held"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() not in ("yes", "no"):
            return queryset
        wanted = {"is_held": self.value() == "yes"}  # annotated by `orders_seen_by`
        return queryset.filter(**wanted)


@admin.register(Order)
class OrderAdmin(Records):
    """Orders; a store account sees those of its stores."""

    list_display = ("number", "placed_at", "recipient", "where", "state_badge", "payment_badge", "amount")
    list_display_links = ("number",)
    export_also = (
        "currency",
        "total",
        "net_total",
        "paid_total",
        "email",
        "channel__code",
        "store__code",
        "state",
        "payment_state",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("payment_state", ChoicesDropdownFilter),
        StoreFilter,
        HeldFilter,
        ("placed_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    search_fields = ("number",)
    search_help_text = _("Beginning of the number, or a whole e-mail address")
    ordering = ("-id",)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Stores are found by typing, unless one may not look at them."""
        if request.user.has_perm("stores.view_store"):  # type: ignore[union-attr]
            return self.list_filter
        return [NamedStoreFilter if one is StoreFilter else one for one in self.list_filter]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """What this colleague may see."""
        return orders_seen_by(cast(User, request.user)).order_by("-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """By number or e-mail, through their indexes."""
        word = search_term.strip()
        if not word:
            return queryset, False
        return queryset.filter(Q(number__startswith=word.upper()) | Q(email__in=[word, word.lower()])), False

    @admin.display(description=_("delivery"))
    def where(self, order: Order) -> str:
        return order.store.name if order.store else order.delivery_mode.name

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, order: Order) -> SafeString:
        shown = badge(order.get_state_display(), STATE_TONES[OrderState(order.state)])
        if not getattr(order, "is_held", False):
            return shown
        return format_html("{} {}", shown, badge(pgettext("order", "held"), "bad"))

    @admin.display(description=_("payment"))
    def payment_badge(self, order: Order) -> SafeString:
        return badge(order.get_payment_state_display(), PAYMENT_TONES[PaymentState(order.payment_state)])

    @admin.display(description=_("total"))
    def amount(self, order: Order) -> str:
        return display(order.total, order.currency)

    def get_urls(self) -> list[URLPattern]:
        """The buttons' address beside the list and the page."""
        act = path("<int:pk>/act/", self.admin_site.admin_view(self.act), name="orders_order_act")
        return [act, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """An order's page."""
        order = self._order(request, object_id)
        shown = office_order(order, language=(get_language() or "fr")[:2])
        is_paid = order.payment_state in (PaymentState.PAID, PaymentState.AUTHORISED)
        facts = {
            **self.admin_site.each_context(request),
            "title": f"{_('Order')} {order.number}",
            "opts": self.opts,
            "order": order,
            "page": shown.page,
            "reservations": shown.reservations,
            "handovers": shown.handovers,
            "holds": shown.holds,
            "risk": shown.risk,
            "returns": returns_of(order),
            "offer": returnable(order, at=now()) if order.state == OrderState.DONE else None,
            "return_reasons": ReturnReason.choices,
            "may_return": request.user.has_perm("orders.change_return"),
            "risks": shown.risks,
            "disputes": shown.disputes,
            "disputed": any(one.closed_at is None for one in shown.disputes),
            "outcomes": DisputeOutcome.choices,
            "held_by_hand": any(one.until is None and one.kind == HoldKind.HAND for one in shown.holds),
            "can_hold": order.state in (OrderState.PLACED, OrderState.READY),
            "slips": slips_on(order),
            "can_route": order.state == OrderState.PLACED,
            "steps": [(event, sentence(event, order.currency)) for event in shown.events],
            "state_badge": self.state_badge(order),
            "payment_badge": self.payment_badge(order),
            "payments": [
                (payment, badge(payment.get_state_display(), ATTEMPT_TONES[payment.state]))  # type: ignore[index]
                for payment in shown.page.payments
            ],
            "may_act": self._may_act(request),
            "can_ready": rules.may_become(order.state, OrderState.READY),
            "can_hand_over": rules.may_become(order.state, OrderState.DONE) and is_paid,
            "waits_for_money": rules.may_become(order.state, OrderState.DONE) and not is_paid,
            "can_cancel": rules.may_become(order.state, OrderState.CANCELLED),
            "cancel_form": CancelForm(),
            "task_url": self._task_url(request, order),
        }
        return TemplateResponse(request, "office/orders/order.html", facts)

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ready, handed over, cancelled: one domain call."""
        if request.method != "POST":
            raise Http404
        order = self._order(request, str(pk))
        if not self._may_act(request):
            raise PermissionDenied
        try:
            messages.success(request, self._do(request, order))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))

    def _do(self, request: HttpRequest, order: Order) -> str:
        who, verb = actor(request), request.POST.get("verb")
        if verb == "ready":
            services.mark_ready(order, now(), who)
            return str(_("The order is ready."))
        if verb == "hand_over":
            services.hand_over(order, now(), who)
            return str(_("The order is handed over."))
        if verb in ("capture", "capture_again", "give_up_capture"):
            return self._money(request, order, verb)
        if verb == "route":
            made = route_order(order, at=now(), actor=who)
            places = ", ".join(slip.place.name for slip in made)
            return str(
                _("To be prepared by %(places)s.") % {"places": places} if made else _("Nothing is left to route.")
            )
        if verb == "hold":
            services.hold_order(order, reason=request.POST.get("reason", ""), at=now(), actor=who)
            return str(_("The order is held: nothing is prepared or handed over until you let it go."))
        if verb == "release":
            services.release_by_hand(order, explanation=request.POST.get("explanation", ""), at=now(), actor=who)
            return str(_("The order is no longer held by hand."))
        if verb == "cancel":
            form = CancelForm(request.POST)
            if not form.is_valid():
                raise Refused(form.first_error())
            said = form.cleaned_data
            services.cancel_for(order, said["reason"], words=said["words"], note=said["note"], at=now(), actor=who)
            return str(_("The order is cancelled; its stock is free again."))
        return risk_verb(request, order, who)

    def _money(self, request: HttpRequest, order: Order, verb: str) -> str:
        """Authorised money: take it, try again, or let it go; the provider is asked at once."""
        pk = request.POST.get("payment", "")
        payment = order.payments.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
        if payment is None:
            raise Http404
        if verb == "capture":
            services.capture(order, at=now(), actor=actor(request))
        elif verb == "capture_again":
            services.try_capture_again(payment, at=now(), actor=actor(request))
        else:
            reason = request.POST.get("reason", "")
            services.give_up_capture(payment, reason=reason, at=now(), actor=actor(request))
        services.send_payment(payment.guid, at=now(), actor=actor(request))
        payment.refresh_from_db()
        if payment.state == AttemptState.FAILED:
            raise Refused(_("It failed again: %(why)s") % {"why": payment.message})
        return str(_("The payment is now “%(state)s”.") % {"state": payment.get_state_display()})

    def _order(self, request: HttpRequest, object_id: str) -> Order:
        order = self.get_object(request, object_id)
        if order is None:
            raise Http404
        if not self.has_view_permission(request, order):
            raise PermissionDenied
        return cast(Order, order)

    def _may_act(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("orders.change_order"))

    def _task_url(self, request: HttpRequest, order: Order) -> str:
        about = {
            "subject_kind": "orders.order",
            "subject_id": str(order.guid),
            "subject_label": f"{_('Order')} {order.number}",
            "subject_url": reverse("admin:orders_order_change", args=[order.pk]),
        }
        return f"{reverse('admin:index')}tasks_mgmt/task/new/?{urlencode(about)}"
