"""Places, what they serve, and the ways goods travel."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from altazion.lib.money import display as money
from altazion.lib.office import NeverDeleted
from altazion.lib.translating import side_by_side
from logistics.forms import DeliveryModeForm
from logistics.models import DeliveryMode, Place, SupplySource


class ServesInline(TabularInline):
    """What the place feeds."""

    model = SupplySource
    extra = 0


@admin.register(Place)
class PlaceAdmin(NeverDeleted, ModelAdmin):
    """Warehouses and the shelves of stores."""

    list_display = ("name", "code", "kind", "store", "active")
    list_filter = ("kind", "active")
    list_select_related = ("store",)
    search_fields = ("name", "code")
    inlines = (ServesInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What stock files name is not renamed."""
        return ("kind", "code", "store") if obj else ()


@admin.register(SupplySource)
class SupplySourceAdmin(ModelAdmin):
    """Which place feeds which channel; the lowest rank serves first."""

    list_display = ("channel", "purpose", "rank", "place")
    list_display_links = ("channel", "place")
    list_editable = ("rank",)
    list_filter = ("channel", "purpose", ("place", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("channel", "place")


@admin.register(DeliveryMode)
class DeliveryModeAdmin(NeverDeleted, ModelAdmin):
    """Modes with their fees, limits and delays."""

    list_display = ("name", "kind", "price", "limits", "delay", "position", "active")
    list_editable = ("position", "active")
    list_filter = ("kind", "active", "channels")
    search_fields = ("name", "code")
    form = DeliveryModeForm
    compressed_fields = True
    fieldsets = (
        (
            None,
            {"fields": ("code", *side_by_side(["name", "description"]), "kind", "channels", ("position", "active"))},
        ),
        (gettext_lazy("Price"), {"fields": (("fee", "vat_rate"), "free_from")}),
        (
            gettext_lazy("What it carries"),
            {"fields": (("min_weight_g", "max_weight_g"), ("min_value", "max_value"), "countries")},
        ),
        (gettext_lazy("When it arrives"), {"fields": (("min_days", "max_days"), "cutoff_hour")}),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Few channels: boxes to tick."""
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description=gettext_lazy("Fee"), ordering="fee")
    def price(self, mode: DeliveryMode) -> SafeString:
        """What it costs, and from when nothing."""
        fee = money(mode.fee, "EUR") if mode.fee else _("free")
        if mode.free_from is None or not mode.fee:
            return format_html("{}", fee)
        return format_html(
            "{} <small>{}</small>", fee, _("free from %(amount)s") % {"amount": money(mode.free_from, "EUR")}
        )

    @display(description=gettext_lazy("Carries"))
    def limits(self, mode: DeliveryMode) -> str:
        """Weight and countries."""
        most = f"≤ {mode.max_weight_g / 1000:g} kg, " if mode.max_weight_g else ""
        return f"{most}{mode.countries}"

    @display(description=gettext_lazy("Working days"))
    def delay(self, mode: DeliveryMode) -> str:
        """From and to, and the cutoff."""
        days = f"{mode.min_days}–{mode.max_days}" if mode.max_days > mode.min_days else str(mode.min_days)
        return _("%(days)s, ordered before %(hour)s h") % {"days": days, "hour": mode.cutoff_hour}
