"""Bank accounts, their statements, and what is odd between the bank and us."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from accounting import services
from accounting.enums import AnomalyKind, LineState
from accounting.forms import BankAccountForm, StatementForm
from accounting.models import Anomaly, BankAccount, LineRule, Statement, StatementLine
from accounting.selectors import open_anomalies, statement_page, statements_with_gaps, suggestions
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import EstimatedPaginator, NeverDeleted, ReadOnly, actor, badge
from altazion.lib.problems import Refused

PER_PAGE = 100
TONES = {LineState.MATCHED: "good", LineState.NOT_FOUND: "bad", LineState.EXPLAINED: "info"}


class RuleInline(TabularInline):
    """Lines that come every month and are no payments."""

    model = LineRule
    extra = 0
    fields = ("words", "ledger", "label")


@admin.register(BankAccount)
class BankAccountAdmin(NeverDeleted, ModelAdmin):
    """Where money comes to; one no longer used is switched off."""

    form = BankAccountForm
    list_display = ("name", "number", "currency", "ledger", "active")
    filter_horizontal = ("methods",)
    prepopulated_fields = {"code": ("name",)}
    inlines = (RuleInline,)
    fieldsets = (
        (None, {"fields": (("name", "code"), ("number", "currency"), ("ledger", "fee_ledger"), "active")}),
        (
            gettext_lazy("What comes here"),
            {"fields": ("methods", ("days", "fee_percent"), "batch_words")},
        ),
        (
            gettext_lazy("Its CSV files (only if the bank gives nothing better)"),
            {
                "classes": ["collapse"],
                "fields": (
                    ("csv_separator", "csv_encoding"),
                    ("csv_decimal", "csv_date_format"),
                    ("csv_date", "csv_label"),
                    ("csv_amount", "csv_balance"),
                    ("csv_debit", "csv_credit"),
                    "csv_reference",
                ),
            },
        ),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, tuple[str, ...]]:
        """A code is proposed for a new account and stays later."""
        return {} if obj else dict(self.prepopulated_fields)


@admin.register(Statement)
class StatementAdmin(ReadOnly, ModelAdmin):
    """Statements, newest first, with the gaps between them."""

    class Media:
        css = {"all": ["accounting/office.css"]}

    list_display = ("account", "first", "last", "shown_opening", "shown_closing", "standing", "file_name", "taken_at")
    list_display_links = ("account", "first")
    list_filter = (("account", RelatedDropdownFilter),)
    search_fields = ("=number", "file_name")
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    list_before_template = "office/accounting/statement_upload.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        """With what waits and whether one is missing before it."""
        return statements_with_gaps().order_by("-last", "-id")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("take/", guard(self.take), name="accounting_statement_take"),
            path("<int:pk>/file/", guard(self.file), name="accounting_statement_file"),
            path("line/<int:pk>/apart/", guard(self.apart), name="accounting_line_apart"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the form to send one."""
        context = {
            **(extra_context or {}),
            "form": StatementForm(),
            "may_take": request.user.has_perm("accounting.add_statement"),
            "waiting": open_anomalies().count(),
            "accounts": BankAccount.objects.filter(active=True).exists(),
        }
        return cast(HttpResponse, super().changelist_view(request, context))

    def take(self, request: HttpRequest) -> HttpResponse:
        """A file is sent."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm("accounting.add_statement"):
            raise PermissionDenied
        form = StatementForm(request.POST, request.FILES)
        back = HttpResponseRedirect(reverse("admin:accounting_statement_changelist"))
        if not form.is_valid():
            messages.error(request, _("Choose the file of a statement."))
            return back
        sent = form.cleaned_data["file"]
        try:
            taken = services.take_statement(
                sent.read(), sent.name, at=now(), actor=actor(request), account=form.cleaned_data["account"]
            )
        except Refused as problem:
            messages.error(request, f"{sent.name}: {problem.message}")
            return back
        odd = sum(open_anomalies(one).count() for one in taken)
        messages.success(
            request, ngettext("%d statement was taken.", "%d statements were taken.", len(taken)) % len(taken)
        )
        if odd:
            text = ngettext("%d line or payment needs you.", "%d lines or payments need you.", odd) % odd
            messages.warning(request, text)
        return HttpResponseRedirect(reverse("admin:accounting_statement_change", args=[taken[0].pk]))

    def file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file as the bank gave it."""
        statement = self._seen(request, str(pk))
        name = f"bank/{statement.sha256}"
        if not storages["raw_files"].exists(name):
            raise Http404
        return FileResponse(
            storages["raw_files"].open(name),
            as_attachment=True,
            filename=statement.file_name,
            content_type="application/octet-stream",
        )

    def apart(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A match was wrong."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm("accounting.change_statement"):
            raise PermissionDenied
        line = StatementLine.objects.filter(pk=pk).first()
        if line is None:
            raise Http404
        try:
            services.take_apart(line, at=now(), actor=actor(request))
            messages.success(request, _("Taken apart; its entry is reversed. Match it anew, or explain it."))
        except Refused as problem:
            messages.error(request, problem.message)
        return HttpResponseRedirect(reverse("admin:accounting_statement_change", args=[line.statement_id]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A statement: balances, lines, what waits."""
        statement = self._seen(request, object_id)
        shown = statement_page(statement)
        wanted = request.GET.get("state", "")
        lines = shown.lines.filter(state=wanted) if wanted in LineState.values else shown.lines
        page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": str(statement),
            "opts": self.opts,
            "statement": statement,
            "page": page,
            "lines": [
                (line, badge(line.get_state_display(), TONES[LineState(line.state)]), _open(line)) for line in page
            ],
            "tabs": [("", _("All"), sum(shown.counts.values()))]
            + [(state, LineState(state).label, count) for state, count in shown.counts.items()],
            "wanted": wanted,
            "missing": [(one, services.why(one)) for one in shown.missing],
            "may_change": request.user.has_perm("accounting.change_statement"),
            "media": self.media,
        }
        return TemplateResponse(request, "office/accounting/statement.html", context)

    def _seen(self, request: HttpRequest, pk: str) -> Statement:
        statement = self.get_object(request, pk)
        if statement is None:
            raise Http404
        if not self.has_view_permission(request, statement):
            raise PermissionDenied
        return cast(Statement, statement)

    @admin.display(description=gettext_lazy("balance before"))
    def shown_opening(self, statement: Statement) -> str:
        return "—" if statement.opening is None else display(statement.opening, statement.account.currency)

    @admin.display(description=gettext_lazy("balance after"))
    def shown_closing(self, statement: Statement) -> str:
        return "—" if statement.closing is None else display(statement.closing, statement.account.currency)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, statement: Any) -> SafeString | str:
        """What waits, and a gap."""
        shown = badge(_("explained"), "good")
        if statement.waiting:
            shown = badge(ngettext("%d to explain", "%d to explain", statement.waiting) % statement.waiting, "bad")
        if statement.gap and not statement.known_lines:
            gap = display(statement.gap, statement.account.currency)
            title = _("It does not begin where the one before ended: %(gap)s. A statement is missing.") % {"gap": gap}
            return shown + " " + badge(_("gap of %(gap)s") % {"gap": gap}, "warn", title)
        return shown


class SettledFilter(admin.SimpleListFilter):
    """Open ones unless asked otherwise."""

    title = gettext_lazy("settled")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("explained")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        """To explain is what one sees at first."""
        rows = list(super().choices(changelist))
        rows[0]["display"] = _("to explain")
        return rows

    def queryset(self, request: HttpRequest, queryset: QuerySet[Anomaly]) -> QuerySet[Anomaly]:
        if self.value() == "all":
            return queryset
        return queryset.filter(settled_at__isnull=self.value() != "yes")


@admin.register(Anomaly)
class AnomalyAdmin(ReadOnly, ModelAdmin):
    """What is odd between the bank and us, and settling it."""

    class Media:
        css = {"all": ["accounting/office.css"]}

    list_display = ("tag", "what", "held", "statement", "found_at", "explanation")
    list_display_links = ("what",)
    list_filter = (SettledFilter, ("kind", ChoicesDropdownFilter))
    list_select_related = ("statement__account", "line", "payment", "order")
    search_fields = ("=order__number", "line__label")
    search_help_text = gettext_lazy("Number of an order, or words of the line")
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        settle = path("<int:pk>/settle/", self.admin_site.admin_view(self.settle), name="accounting_anomaly_settle")
        return [settle, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The anomaly, payments it may be, and how to settle it."""
        odd = self._seen(request, object_id)
        word = request.GET.get("word", "")
        can_match = odd.line is not None and odd.line.amount > 0 and odd.settled_at is None
        context = {
            **self.admin_site.each_context(request),
            "title": odd.get_kind_display(),
            "opts": self.opts,
            "odd": odd,
            "why": services.why(odd),
            "suggested": suggestions(odd.line, word) if can_match and odd.line else [],
            "can_match": can_match,
            "word": word,
            "may_change": request.user.has_perm("accounting.change_anomaly"),
            "media": self.media,
        }
        return TemplateResponse(request, "office/accounting/anomaly.html", context)

    def settle(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Match or explain."""
        if request.method != "POST":
            raise Http404
        odd = self._seen(request, str(pk))
        if not request.user.has_perm("accounting.change_anomaly"):
            raise PermissionDenied
        who, at = actor(request), now()
        try:
            if request.POST.get("verb") == "match" and odd.line:
                numbers = [int(one) for one in request.POST.getlist("payment") if one.isdigit()]
                services.match_by_hand(odd.line, services.payments_of(numbers), at=at, actor=who)
            else:
                text, ledger = request.POST.get("text", ""), request.POST.get("ledger", "").strip()
                services.explain(odd, text=text, ledger=ledger, at=at, actor=who)
        except Refused as problem:
            messages.error(request, problem.message)
            return HttpResponseRedirect(reverse("admin:accounting_anomaly_change", args=[pk]))
        messages.success(request, _("Settled. An order that was held for it alone is free."))
        following = open_anomalies(odd.statement).order_by("id").first()
        if following:
            return HttpResponseRedirect(reverse("admin:accounting_anomaly_change", args=[following.pk]))
        return HttpResponseRedirect(reverse("admin:accounting_statement_change", args=[odd.statement_id]))

    def _seen(self, request: HttpRequest, pk: str) -> Anomaly:
        odd = self.get_object(request, pk)
        if odd is None:
            raise Http404
        if not self.has_view_permission(request, odd):
            raise PermissionDenied
        return cast(Anomaly, odd)

    @admin.display(description=gettext_lazy("kind"))
    def tag(self, odd: Anomaly) -> SafeString:
        words = {
            AnomalyKind.NOT_FOUND: _("not found"),
            AnomalyKind.AMOUNT: _("amount"),
            AnomalyKind.MISSING: _("missing"),
        }
        return badge(words[AnomalyKind(odd.kind)], "good" if odd.settled_at else "bad", odd.get_kind_display())

    @admin.display(description=gettext_lazy("what is odd"))
    def what(self, odd: Anomaly) -> str:
        return services.why(odd)

    @admin.display(description=gettext_lazy("order held"))
    def held(self, odd: Anomaly) -> str:
        return odd.order.number if odd.order else "—"


def _open(line: StatementLine) -> Anomaly | None:
    return next((one for one in line.anomalies.all() if one.settled_at is None), None)
