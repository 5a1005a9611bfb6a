"""Credit notes: chosen lines of an order that was handed over, and the money that goes back."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from accounting import services
from accounting.forms import CreditForm
from accounting.models import CreditNote
from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import EstimatedPaginator, ReadOnly, actor, badge
from altazion.lib.problems import Refused
from orders.enums import PartState
from orders.models import Order
from orders.selectors import orders_seen_by
from orders.services import send_refund


@admin.register(CreditNote)
class CreditNoteAdmin(ReadOnly, ModelAdmin):
    """Credit notes, newest first."""

    class Media:
        css = {"all": ["accounting/office.css"]}

    list_display = ("number", "made_at", "order", "reason", "shown_total", "standing", "made_by")
    list_filter = (("reason", ChoicesDropdownFilter), ("refunded_at", admin.EmptyFieldListFilter))
    list_filter_submit = True
    list_select_related = ("order", "refund")
    search_fields = ("=number", "=order__number")
    search_help_text = gettext_lazy("Number of the credit note or of the order")
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    list_before_template = "office/accounting/credit_bar.html"

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("new/", guard(self.new), name="accounting_creditnote_new"),
            path("<int:pk>/pay/", guard(self.pay), name="accounting_creditnote_pay"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to a new one."""
        may = request.user.has_perm("accounting.add_creditnote")
        return cast(HttpResponse, super().changelist_view(request, {**(extra_context or {}), "may_add": may}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditNote]:
        """Of the orders that this colleague sees."""
        seen = orders_seen_by(cast(User, request.user)).values("pk")
        return cast(
            "QuerySet[CreditNote]",
            super().get_queryset(request).filter(order__in=seen).prefetch_related("refund__parts"),
        )

    def new(self, request: HttpRequest) -> HttpResponse:
        """First the order, then its lines."""
        if not request.user.has_perm("accounting.add_creditnote"):
            raise PermissionDenied
        number = (request.POST.get("order") or request.GET.get("order") or "").strip()
        order = orders_seen_by(cast(User, request.user)).filter(number__iexact=number).first() if number else None
        form = CreditForm(order, request.POST if request.method == "POST" else None) if order else None
        if form and request.method == "POST" and form.is_valid():
            try:
                credit = services.credit_order(
                    cast(Order, order),
                    form.quantities,
                    reason=form.cleaned_data["reason"],
                    note=form.cleaned_data["note"],
                    at=now(),
                    actor=actor(request),
                )
            except Refused as problem:
                form.add_error(None, problem.message)
            else:
                messages.success(request, _("Credit note %(number)s is made and booked.") % {"number": credit.number})
                return HttpResponseRedirect(reverse("admin:accounting_creditnote_change", args=[credit.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("New credit note"),
            "opts": self.opts,
            "number": number,
            "order": order,
            "form": form,
            "unknown": bool(number) and order is None,
        }
        return TemplateResponse(request, "office/accounting/credit_new.html", context)

    def pay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The money went back."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm("accounting.change_creditnote"):
            raise PermissionDenied
        credit = self.get_object(request, str(pk))
        if credit is None:
            raise Http404
        try:
            paid = services.pay_back(credit, at=now(), actor=actor(request))
            if paid.refund:
                send_refund(paid.refund.guid, at=now(), actor=actor(request))
            messages.success(request, _("The money goes back to the payments it came from."))
        except Refused as problem:
            messages.error(request, problem.message)
        return HttpResponseRedirect(reverse("admin:accounting_creditnote_change", args=[pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What was credited, and whether the money went."""
        credit = self.get_object(request, object_id)
        if credit is None:
            raise Http404
        if not self.has_view_permission(request, credit):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": credit.number,
            "opts": self.opts,
            "credit": credit,
            "lines": credit.lines.select_related("line").order_by("line__position"),
            "standing": self.standing(credit),
            "document": getattr(credit, "document", None),
            "may_pay": request.user.has_perm("accounting.change_creditnote"),
            "media": self.media,
        }
        return TemplateResponse(request, "office/accounting/credit.html", context)

    @admin.display(description=gettext_lazy("total"))
    def shown_total(self, credit: CreditNote) -> str:
        return display(credit.total, credit.order.currency)

    @admin.display(description=gettext_lazy("money"))
    def standing(self, credit: CreditNote) -> SafeString:
        if not credit.refunded_at:
            return badge(_("to give back"), "warn")
        parts = list(credit.refund.parts.all()) if credit.refund else []
        if any(part.state == PartState.FAILED for part in parts):
            return badge(PartState.FAILED.label, "bad")
        if any(part.state != PartState.DONE for part in parts):
            return badge(PartState.ASKED.label, "busy")
        return badge(_("given back"), "good")
