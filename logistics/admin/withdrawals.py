"""What is kept back from sale: the list, the form, and the buttons that put units back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from altazion.lib.clock import now
from altazion.lib.office import ReadOnly, actor, badge, one_by_one
from altazion.lib.problems import Refused
from logistics import services
from logistics.admin import pages
from logistics.admin.balances import product_cell
from logistics.admin.scope import AnyPlaceFilter, OfPlaces, places_seen
from logistics.forms.withdrawals import WithdrawForm
from logistics.models import Withdrawal


class WhenFilter(DropdownFilter):
    """Now, later, over."""

    title = gettext_lazy("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("kept back now")), ("later", _("to come")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Withdrawal]) -> QuerySet[Withdrawal]:
        at = now()
        which = {
            "now": Q(during__contains=at),
            "later": Q(during__startswith__gt=at),
            "over": Q(during__endswith__lte=at),
        }
        return queryset.filter(which[self.value() or ""]) if self.value() in which else queryset


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnly, OfPlaces, ModelAdmin):
    """Withdrawn stock over all places."""

    list_display = ("title", "place", "quantity", "reason", "starts", "ends", "when", "actor")
    list_display_links = ("title",)
    export_also = ("product__sku", "place__code")
    list_filter = (AnyPlaceFilter, WhenFilter)
    list_filter_submit = True
    ordering = ("-id",)
    search_help_text = gettext_lazy("SKU, name, EAN or any other reference")
    actions = ("put_back",)
    actions_list = ("to_withdraw",)
    fields = ("product", "place", "quantity", "reason", "starts", "ends", "actor", "created_at")

    def get_urls(self) -> list[URLPattern]:
        own = [path("withdraw/", self.admin_site.admin_view(self.withdraw), name="logistics_withdrawal_withdraw")]
        return own + super().get_urls()

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Who may withdraw may put back."""
        return request.user.has_perm("logistics.add_withdrawal")  # type: ignore[union-attr]

    @action(description=gettext_lazy("Withdraw units"), permissions=["withdraw"], icon="block", url_path="to-withdraw")
    def to_withdraw(self, request: HttpRequest) -> HttpResponse:
        """Leads to the form."""
        return pages.redirect(reverse("admin:logistics_withdrawal_withdraw"))

    def withdraw(self, request: HttpRequest) -> HttpResponse:
        """Units of a product, at a place, for a time."""
        if not self.has_withdraw_permission(request):
            raise PermissionDenied
        form = WithdrawForm(request.POST or None, places=places_seen(request), initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            product, place = form.cleaned_data["product"], form.cleaned_data["place"]
            try:
                services.withdraw(product.pk, place.pk, form.kept, at=now(), actor=actor(request))
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                messages.success(request, _("The units are withdrawn from sale."))
                return pages.redirect(reverse("admin:logistics_withdrawal_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Withdraw units from sale"),
            "opts": self.opts,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "office/logistics/withdraw.html", context, status=status)

    @action(description=gettext_lazy("Put back on sale"), permissions=["withdraw"])
    def put_back(self, request: HttpRequest, rows: QuerySet[Withdrawal]) -> None:
        """What is ticked is sold again at once."""
        done = one_by_one(request, rows, lambda pk: services.put_back(pk, at=now(), actor=actor(request)))
        if done:
            messages.success(
                request, ngettext("%(n)d line is put back.", "%(n)d lines are put back.", done) % {"n": done}
            )

    @display(description=gettext_lazy("Product"))
    def title(self, row: Withdrawal) -> SafeString:
        """Name over SKU."""
        return product_cell(row.product)

    @display(description=gettext_lazy("From"), ordering="during__startswith")
    def starts(self, row: Withdrawal) -> Any:
        return row.during.lower

    @display(description=gettext_lazy("Sold again from"), ordering="during__endswith")
    def ends(self, row: Withdrawal) -> Any:
        return row.during.upper or _("for good")

    @display(description=gettext_lazy("State"))
    def when(self, row: Withdrawal) -> SafeString:
        """Now, to come or over."""
        at, upper = now(), row.during.upper
        if upper is not None and upper <= at:
            return badge(_("over"), "none")
        if row.during.lower and row.during.lower > at:
            return badge(_("to come"), "info")
        return badge(_("kept back"), "warn")
