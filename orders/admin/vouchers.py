"""Gift cards and vouchers: issued here with a code that is shown once, their ledger, blocked when lost."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import EstimatedPaginator, NeverDeleted, ReadOnly, RefusalsAsMessages, actor, badge
from orders import services
from orders.forms import VoucherForm
from orders.models import Voucher, VoucherEntry

ASKED = ("kind", ("issued", "currency"), "reason", "expires_at", ("step", "single_use"), "once")
SHOWN = ("kind", "issued", "balance", "currency", "reason", "expires_at", "step", "single_use")


class EntryInline(ReadOnly, TabularInline):
    """The ledger, line by line."""

    model = VoucherEntry
    fields = ("at", "kind", "amount", "balance", "payment", "actor")
    readonly_fields = fields
    extra = 0
    show_change_link = False


@admin.register(Voucher)
class VoucherAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """What we owe to holders of codes."""

    form = VoucherForm
    list_display = ("ending_shown", "kind", "left", "issued", "standing", "expires_at", "reason", "issued_at")
    list_filter = (("kind", ChoicesDropdownFilter),)
    search_fields = ("=ending", "reason")
    search_help_text = gettext_lazy("The last four signs of the code, or why it was issued")
    ordering = ("-id",)
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    change_form_outer_before_template = "office/orders/voucher_bar.html"

    def get_urls(self) -> list[URLPattern]:
        block = path("<int:pk>/block/", self.admin_site.admin_view(self.block), name="orders_voucher_block")
        return [block, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return ((None, {"fields": SHOWN if obj else ASKED}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return SHOWN if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [EntryInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Voucher, form: ModelForm, change: bool) -> None:
        if change:
            return
        said = form.cleaned_data
        made, code = services.issue_voucher(
            said["issued"], reason=said["reason"], key=f"office:{said['once']}", at=now(), actor=actor(request),
            kind=said["kind"], currency=said["currency"], expires_at=said["expires_at"],
            single_use=said["single_use"], step=said["step"],
        )  # fmt: skip
        obj.pk, obj.ending = made.pk, made.ending
        if code:
            text = _("The code is %(code)s. Write it down or hand it out now: it is not shown again.")
            messages.warning(request, text % {"code": code})
        else:
            messages.info(request, _("This card was issued already."))

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        voucher = self.get_object(request, object_id) if object_id else None
        facts = {"voucher": voucher, "may_block": request.user.has_perm("orders.change_voucher")}
        if voucher:
            facts |= {"standing": self.standing(voucher), "left": self.left(voucher)}
            facts |= {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **facts})

    def block(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Block a lost card, or free it."""
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm("orders.change_voucher"):
            raise PermissionDenied
        voucher = Voucher.objects.filter(pk=pk).first()
        if voucher is None:
            raise Http404
        blocked = request.POST.get("verb") == "block"
        services.block_voucher(voucher, blocked=blocked, at=now(), actor=actor(request))
        messages.success(request, _("The card is blocked.") if blocked else _("The card may be used again."))
        return HttpResponseRedirect(reverse("admin:orders_voucher_change", args=[pk]))

    @admin.display(description=gettext_lazy("code"))
    def ending_shown(self, voucher: Voucher) -> str:
        return f"…{voucher.ending}"

    @admin.display(description=gettext_lazy("left"))
    def left(self, voucher: Voucher) -> str:
        return display(voucher.balance, voucher.currency)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, voucher: Voucher) -> SafeString:
        if voucher.blocked_at:
            return badge(_("blocked"), "bad")
        if voucher.expires_at and voucher.expires_at <= now():
            return badge(_("not valid any more"))
        return badge(_("usable"), "good") if voucher.balance else badge(_("used up"))
