"""Which account is booked on, and closing the books."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounting import services
from accounting.forms import ClosingForm, RuleForm
from accounting.models import AccountRule, Closing
from accounting.selectors import how_booked
from altazion.lib.clock import now
from altazion.lib.money import display
from altazion.lib.office import NeverDeleted, actor


@admin.register(AccountRule)
class AccountRuleAdmin(ModelAdmin):
    """Rules of accounts; above them what the books would say today of every rate, type and way to pay."""

    form = RuleForm
    list_display = ("what", "vat_rate", "product_type", "method", "number")
    list_display_links = ("what",)
    list_filter = ("what",)
    list_select_related = ("vat_rate", "product_type", "method")
    list_before_template = "office/accounting/how_booked.html"

    class Media:
        css = {"all": ["accounting/office.css"]}

    fieldsets = (
        (None, {"fields": (("what", "number"),)}),
        (_("Only for (empty: for all)"), {"fields": (("vat_rate", "product_type"), "method")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With how everything is booked."""
        return super().changelist_view(request, {**(extra_context or {}), "booked": how_booked()})


@admin.register(Closing)
class ClosingAdmin(NeverDeleted, ModelAdmin):
    """Periods that are closed for good."""

    form = ClosingForm
    list_display = ("last", "entries", "shown_total", "closed_at", "closed_by", "digest")
    readonly = ("last", "entries", "shown_total", "digest", "closed_at", "closed_by")

    def get_fieldsets(self, request: HttpRequest, obj: Closing | None = None) -> Any:
        """What to close; or what was."""
        return [(None, {"fields": self.readonly if obj else ("last", "sure")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Closing | None = None) -> Any:
        """What is closed stays."""
        return self.readonly if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Closing | None = None) -> bool:
        """Nobody changes what is closed."""
        return False

    def get_form(self, request: HttpRequest, obj: Closing | None = None, change: bool = False, **kwargs: Any) -> Any:
        """What is closed is only looked at."""
        if obj:
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Closing, form: Any, change: bool) -> None:
        """The domain closes."""
        made = services.close_period(form.cleaned_data["last"], at=now(), actor=actor(request))
        obj.pk, obj._state.adding = made.pk, False  # noqa: SLF001 - the admin goes on with it

    @admin.display(description=_("total of debits"))
    def shown_total(self, closing: Closing) -> str:
        return display(closing.total)
