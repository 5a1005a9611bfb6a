"""Sheets in Office: the list, a new one, and its page with the next step."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from accounts.enums import AccountKind
from accounts.selectors import colleague_of
from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, actor, badge
from altazion.lib.problems import Refused
from logistics import services
from logistics.admin.pages import redirect
from logistics.admin.scope import AnyPlaceFilter, places_seen
from logistics.enums import SheetKind, SheetState
from logistics.forms.sheets import ScanForm, SheetForm
from logistics.models import Sheet
from logistics.selectors.lookup import stocked_named
from logistics.selectors.sheets import lines_told

TONES = {SheetState.DRAFT: "none", SheetState.CONFIRMED: "info", SheetState.DONE: "good", SheetState.CANCELLED: "warn"}
DONE = {
    "confirm": gettext_lazy("The sheet is under way."),
    "finish": gettext_lazy("The goods are in stock."),
    "approve": gettext_lazy("The differences are in the ledger."),
    "cancel": gettext_lazy("The sheet is cancelled."),
}


@admin.register(Sheet)
class SheetAdmin(NeverDeleted, ModelAdmin):
    """Put-aways, transfers and counts."""

    list_display = ("name", "place", "to_place", "products", "state_badge", "changed_at", "actor")
    list_filter = (("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter), AnyPlaceFilter)
    list_filter_submit = True
    list_select_related = ("place", "to_place")
    ordering = ("-id",)
    actions = ("confirm_ticked", "cancel_ticked")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [path("<int:pk>/do/<slug:verb>/", guard(self.do), name="logistics_sheet_do")]
        return own + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A store account sees what leaves from its stores or comes to them."""
        rows = super().get_queryset(request).annotate(n=Count("lines"))
        if colleague_of(request).kind == AccountKind.STORE:
            mine = places_seen(request)
            rows = rows.filter(place__in=mine) | rows.filter(to_place__in=mine)
        return rows

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A new sheet: kind, place, goods."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SheetForm(request.POST or None, places=places_seen(request), initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            kind, goods, place = given.pop("kind"), given.pop("goods"), given.pop("place")
            try:
                sheet = services.open_sheet(kind, place, goods, **given, at=now(), actor=actor(request))
                if kind == SheetKind.COUNT and not goods:
                    services.list_all(sheet)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                return redirect(reverse("admin:logistics_sheet_change", args=[sheet.pk]))
        context = {**self.admin_site.each_context(request), "title": _("New stock sheet"), "opts": self.opts}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "office/logistics/new_sheet.html", {**context, "form": form}, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The sheet with its lines and what can be done next."""
        return self._page(request, self._sheet(request, object_id))

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """One step, or one product counted."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sheet = self._sheet(request, str(pk))
        if not self.has_change_permission(request, sheet):
            raise PermissionDenied
        form = ScanForm(request.POST) if verb in ("scan", "set") else None
        try:
            if form is not None:
                if form.is_valid():
                    given = form.cleaned_data
                    services.count_line(sheet, stocked_named(given["code"]).pk, given["units"], add=verb == "scan")
            else:
                _step(sheet, verb, request)
        except Refused as refusal:
            if form is not None:
                form.add_error("units" if refusal.field == "units" else "code", refusal.message)
            else:
                messages.error(request, refusal.message)
        else:
            if form is None:
                messages.success(request, DONE[verb])
        if form is not None and form.errors:
            return self._page(request, self._sheet(request, str(pk)), form, status=422)
        return redirect(reverse("admin:logistics_sheet_change", args=[pk]))

    def _page(
        self, request: HttpRequest, sheet: Sheet, form: ScanForm | None = None, status: int = 200
    ) -> HttpResponse:
        lines = lines_told(sheet)
        context = {
            **self.admin_site.each_context(request),
            "title": str(sheet),
            "opts": self.opts,
            "sheet": sheet,
            "lines": lines,
            "is_count": sheet.kind == SheetKind.COUNT,
            "shows_expected": sheet.shows_expected or sheet.state == SheetState.DONE,
            "state": self.state_badge(sheet),
            "form": form or ScanForm(),
            "may_change": self.has_change_permission(request, sheet),
            "counted": sum(line.counted is not None for line in lines),
        }
        return TemplateResponse(request, "office/logistics/sheet.html", context, status=status)

    def _sheet(self, request: HttpRequest, object_id: str) -> Sheet:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        fits = object_id.isdigit() and len(object_id) < 19
        found = self.get_queryset(request).filter(pk=object_id).first() if fits else None
        if found is None:
            raise Http404
        sheet: Sheet = found
        return sheet

    @action(description=gettext_lazy("Confirm"), permissions=["change"])
    def confirm_ticked(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        """Drafts get under way, each by itself."""
        self._each(request, rows, "confirm")

    @action(description=gettext_lazy("Cancel"), permissions=["change"])
    def cancel_ticked(self, request: HttpRequest, rows: QuerySet[Sheet]) -> None:
        """Called off, each by itself."""
        self._each(request, rows, "cancel")

    def _each(self, request: HttpRequest, rows: QuerySet[Sheet], verb: str) -> None:
        done = 0
        for sheet in rows[:200]:
            try:
                _step(sheet, verb, request)
            except Refused as refusal:
                messages.warning(request, f"{sheet}: {refusal.message}")
            else:
                done += 1
        if done:
            messages.success(request, ngettext("%(n)d sheet done.", "%(n)d sheets done.", done) % {"n": done})

    @display(description=gettext_lazy("Sheet"), ordering="id")
    def name(self, sheet: Sheet) -> str:
        return str(sheet)

    @display(description=gettext_lazy("Products"))
    def products(self, sheet: Any) -> int:
        count: int = sheet.n
        return count

    @display(description=gettext_lazy("State"), ordering="state")
    def state_badge(self, sheet: Sheet) -> SafeString:
        return badge(sheet.get_state_display(), TONES[SheetState(sheet.state)])


def _step(sheet: Sheet, verb: str, request: HttpRequest) -> None:
    """The domain call behind a button. Raises Http404 for one that is none."""
    at, who = now(), actor(request)
    if verb == "confirm":
        services.confirm_sheet(sheet, at=at, actor=who)
    elif verb == "cancel":
        services.cancel_sheet(sheet, at=at, actor=who)
    elif verb == "approve":
        services.approve_count(sheet, at=at, actor=who)
    elif verb == "finish":
        services.finish_sheet(sheet, _arrived(request), at=at, actor=who)
    else:
        raise Http404


def _arrived(request: HttpRequest) -> dict[int, int]:
    """Units that came, by product, as typed beside the lines; what is no number counts as all."""
    typed = {name.removeprefix("came_"): str(text) for name, text in request.POST.items() if name.startswith("came_")}
    return {
        int(product): int(text)
        for product, text in typed.items()
        if product.isdigit() and text.isascii() and text.isdigit() and len(product) < 19 and len(text) < 8
    }
