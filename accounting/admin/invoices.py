"""Invoices as they stand, those that wait, and who invoices in which series."""

import datetime as dt
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from accounting import services
from accounting.enums import InvoiceKind
from accounting.forms import AnewForm, CompanyForm, MonthForm, SeriesForm
from accounting.models import Company, Invoice, InvoiceSeries
from accounting.rules.invoices import thawed
from accounting.selectors import (
    file_name,
    files_of,
    invoices_of_order,
    invoices_seen_by,
    paper_bytes,
    waiting_invoices,
    with_papers,
)
from accounts.models import User
from altazion.lib.clock import now
from altazion.lib.files import pdf_file, zip_file
from altazion.lib.money import display
from altazion.lib.office import EstimatedPaginator, NeverDeleted, ReadOnly, Verbs, actor, badge
from altazion.lib.problems import Refused

SHOWN = 50
TONES = {InvoiceKind.INVOICE: "good", InvoiceKind.CREDIT: "info"}


@admin.register(Invoice)
class InvoiceAdmin(Verbs, ReadOnly, ModelAdmin):
    """Invoices and the credit notes that correct them, newest first; above them those that wait."""

    verb_right = "accounting.add_invoice"

    class Media:
        css = {"all": ["accounting/office.css"]}

    list_display = ("number", "shown_kind", "date", "order", "buyer", "shown_total")
    export_also = ("guid", "kind", "currency", "total", "net_total", "made_at", "made_by")
    list_filter = (("kind", ChoicesDropdownFilter), ("series", admin.RelatedFieldListFilter), ("date", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("order",)
    search_fields = ("=number", "=order__number", "buyer")
    search_help_text = gettext_lazy("Number of the invoice or of the order, or the buyer")
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    list_before_template = "office/accounting/invoices_waiting.html"

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("waiting/", guard(self.make_waiting), name="accounting_invoice_waiting"),
            path("month/", guard(self.month), name="accounting_invoice_month"),
            path("<int:pk>/file/", guard(self.file), name="accounting_invoice_file"),
            path("<int:pk>/make-file/", guard(self.make_file), name="accounting_invoice_make_file"),
            path("<int:pk>/anew/", guard(self.anew), name="accounting_invoice_anew"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        """Of the orders that this colleague sees."""
        seen = invoices_seen_by(cast(User, request.user)).values("pk")
        return cast("QuerySet[Invoice]", super().get_queryset(request).filter(pk__in=seen).defer("content"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With those that wait, and why."""
        waiting = list(waiting_invoices(cast(User, request.user))[: SHOWN + 1])
        facts = {"waiting": waiting[:SHOWN], "more_wait": len(waiting) > SHOWN, "may_make": self.may_act(request)}
        facts["month_form"] = MonthForm(initial={"month": now()})
        return cast(HttpResponse, super().changelist_view(request, {**(extra_context or {}), **facts}))

    def make_waiting(self, request: HttpRequest) -> HttpResponse:
        """Try those that wait again; `pk` names one."""
        self.must_act(request)
        waiting = waiting_invoices(cast(User, request.user))
        if (named := request.POST.get("pk", "")).isdigit():
            waiting = waiting.filter(pk=named)
        tried = list(waiting[:SHOWN])
        made = sum(bool(services.make_waiting(one, at=now(), actor=actor(request))) for one in tried)
        word = ngettext("%(n)s invoice is made.", "%(n)s invoices are made.", made) % {"n": made}
        (messages.success if made == len(tried) else messages.warning)(request, word)
        return HttpResponseRedirect(reverse("admin:accounting_invoice_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A document with all that stands on it."""
        found = self._found(request, object_id)
        return self._page(request, found, AnewForm(initial=AnewForm.of(thawed(found.content).buyer)))

    def anew(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Credit it whole and make another to the right buyer."""
        self.must_act(request)
        found = self._found(request, str(pk))
        form = AnewForm(request.POST)
        if form.is_valid():
            try:
                made = services.make_anew(
                    found, form.party(thawed(found.content).buyer), reason=form.cleaned_data["reason"], at=now(),
                    actor=actor(request),
                )  # fmt: skip
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                messages.success(
                    request,
                    _("%(old)s is credited; %(new)s takes its place.") % {"old": found.number, "new": made.number},
                )
                return HttpResponseRedirect(reverse("admin:accounting_invoice_change", args=[made.pk]))
        return self._page(request, found, form)

    def file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its file, as it was made."""
        found = self._found(request, str(pk))
        try:
            return pdf_file(paper_bytes(found), file_name(found))
        except Refused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:accounting_invoice_change", args=[pk]))

    def make_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the file that could not be made."""
        self.must_act(request)
        paper = services.make_paper(self._found(request, str(pk)), at=now(), actor=actor(request))
        if paper.made_at:
            messages.success(request, _("The file is made."))
        else:
            messages.error(request, paper.why)
        return HttpResponseRedirect(reverse("admin:accounting_invoice_change", args=[pk]))

    def month(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """All files of a month in a ZIP."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = MonthForm(request.GET)
        if not form.is_valid():
            messages.error(request, _("Choose a month, such as 2026-03."))
            return HttpResponseRedirect(reverse("admin:accounting_invoice_changelist"))
        first = form.cleaned_data["month"]
        of_month = self.get_queryset(request).filter(date__year=first.year, date__month=first.month)
        if not with_papers(of_month).exists():
            messages.warning(request, _("There are no files of this month."))
            return HttpResponseRedirect(reverse("admin:accounting_invoice_changelist"))
        return zip_file(files_of(of_month), f"{first:%Y-%m}.zip")

    def _page(self, request: HttpRequest, found: Invoice, form: AnewForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": found.number,
            "opts": self.opts,
            "invoice": found,
            "document": thawed(found.content),
            "delivered": dt.date.fromisoformat(found.content["delivered"]),
            "kind": self.shown_kind(found),
            "others": [one for one in invoices_of_order(found.order) if one.pk != found.pk],
            "paper": getattr(found, "paper", None),
            "may_make": self.may_act(request),
            "form": form,
            "may_correct": self.may_act(request)
            and found.kind == InvoiceKind.INVOICE
            and not found.corrections.exists(),
            "media": self.media,
        }
        return TemplateResponse(request, "office/accounting/invoice.html", context)

    def _found(self, request: HttpRequest, pk: str) -> Invoice:
        found = get_object_or_404(self.get_queryset(request).select_related("order"), pk=int(pk) if pk.isdigit() else 0)
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    @admin.display(description=gettext_lazy("kind"))
    def shown_kind(self, invoice: Invoice) -> SafeString:
        return badge(invoice.get_kind_display(), TONES[InvoiceKind(invoice.kind)])

    @admin.display(description=gettext_lazy("total"))
    def shown_total(self, invoice: Invoice) -> str:
        return display(invoice.total, invoice.currency)


class SeriesInline(TabularInline):
    """Its series: one for all channels, and those of channels that have their own."""

    model = InvoiceSeries
    form = SeriesForm
    fields = ("kind", "prefix", "channel")
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A series that gave numbers stays."""
        return False


@admin.register(Company)
class CompanyAdmin(NeverDeleted, ModelAdmin):
    """Who invoices: what the law wants to read on an invoice."""

    form = CompanyForm
    list_display = ("name", "siren", "vat_number", "city", "complete")
    prepopulated_fields = {"code": ("name",)}
    inlines = (SeriesInline,)
    fieldsets = (
        (None, {"fields": (("name", "code"), "legal_form", ("siren", "vat_number"), "register")}),
        (
            gettext_lazy("Address"),
            {"fields": ("line1", "line2", ("postcode", "city", "country"), ("email", "phone"))},
        ),
        (gettext_lazy("On every invoice"), {"fields": ("terms", "penalties", "iban", "exemption", "mentions")}),
    )

    @admin.display(description=gettext_lazy("ready to invoice"), boolean=True)
    def complete(self, company: Company) -> bool:
        return services.can_invoice(company)
