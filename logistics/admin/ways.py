"""Carriers, zones, ways of delivery with their fee tables, and what products ask of delivery."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from altazion.lib.clock import now
from altazion.lib.money import display as money
from altazion.lib.office import NeverDeleted, actor
from altazion.lib.translating import side_by_side
from logistics.admin import trial
from logistics.admin.balances import product_cell
from logistics.admin.pages import redirect
from logistics.forms import (
    CarrierForm,
    DeliveryGroupForm,
    DeliveryModeForm,
    FeeLines,
    ForbiddenGoods,
    FulfilmentTypeForm,
)
from logistics.models import (
    Carrier,
    DeliveryGroup,
    DeliveryMode,
    DeliveryZone,
    FeeBand,
    ForbiddenMode,
    FulfilmentType,
    ProductDelivery,
)
from logistics.services.ways import delete_way, save_way


class Ways(ModelAdmin):
    """Saved by the domain's verb, with a line in the journal."""

    coded_by_name = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        save_way(obj, changed=list(form.changed_data), at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One domain call."""
        delete_way(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Ticked rows go by the same call, each with its line in the journal."""
        for way in queryset:
            self.delete_model(request, way)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {"code": ("name",)} if self.coded_by_name and obj is None else {}


@admin.register(Carrier)
class CarrierAdmin(NeverDeleted, Ways):
    """Who carries, on which days."""

    form = CarrierForm
    list_display = ("name", "code", "collects", "delivers", "active")
    list_filter = ("active",)
    search_fields = ("name", "code")
    fields = (
        ("name", "code"), ("collects_on", "carries_on", "delivers_on"), "works_on_holidays", "tracking_url", "active",
    )  # fmt: skip

    @display(description=gettext_lazy("Collects on"))
    def collects(self, carrier: Carrier) -> str:
        return _days(carrier.collects_on)

    @display(description=gettext_lazy("Hands over on"))
    def delivers(self, carrier: Carrier) -> str:
        return _days(carrier.delivers_on)


def _days(digits: str) -> str:
    """The days by their short names."""
    return " ".join(str(WEEKDAYS_ABBR[int(digit) - 1]) for digit in digits)


@admin.register(DeliveryGroup)
class DeliveryGroupAdmin(Ways):
    """Headings of the checkout."""

    form = DeliveryGroupForm
    list_display = ("name", "code", "position")
    list_editable = ("position",)
    search_fields = ("name", "code")
    fields = ("code", *side_by_side(["name", "description"]), "position")


@admin.register(DeliveryZone)
class DeliveryZoneAdmin(Ways):
    """Parts of the world."""

    list_display = ("name", "code", "lines")
    search_fields = ("name", "code", "areas")
    fields = (("name", "code"), "areas")

    @display(description=gettext_lazy("Areas"))
    def lines(self, zone: DeliveryZone) -> str:
        """Its areas in one line."""
        return " · ".join(zone.areas.split("\n"))[:120]


@admin.register(FulfilmentType)
class FulfilmentTypeAdmin(NeverDeleted, Ways):
    """How articles come to be ready."""

    form = FulfilmentTypeForm
    coded_by_name = False
    list_display = ("name", "code", "delay_days", "internal", "archived")
    list_filter = ("internal", "archived")
    search_fields = ("name", "code")
    fields = ("code", *side_by_side(["name", "description"]), "delay_days", "internal", "archived")


@admin.register(ProductDelivery)
class ProductDeliveryAdmin(Ways):
    """Delays and extra fees of single products."""

    coded_by_name = False
    list_display = ("title", "fulfilment", "delay_days", "not_before", "extra")
    list_filter = (("fulfilment", RelatedDropdownFilter),)
    list_select_related = ("product__parent", "fulfilment")
    search_fields = ("product__sku", "product__name")
    autocomplete_fields = ("product",)
    fields = ("product", "fulfilment", ("delay_days", "not_before"), "surcharge")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another product has a row of its own."""
        return ("product",) if obj else ()

    @display(description=gettext_lazy("Product"))
    def title(self, row: ProductDelivery) -> SafeString:
        """Name over SKU."""
        return product_cell(row.product)

    @display(description=gettext_lazy("Extra fee"), ordering="surcharge")
    def extra(self, row: ProductDelivery) -> str:
        return money(row.surcharge, "EUR") if row.surcharge else "—"


class FeeInline(TabularInline):
    """The fee table."""

    model = FeeBand
    formset = FeeLines
    extra = 0
    tab = True


class ForbiddenInline(TabularInline):
    """Goods that never travel this way."""

    model = ForbiddenMode
    formset = ForbiddenGoods
    extra = 0
    tab = True
    autocomplete_fields = ("product", "family")


@admin.register(DeliveryMode)
class DeliveryModeAdmin(NeverDeleted, Ways):
    """Modes with their fees, limits and delays."""

    list_display = ("name", "kind", "carrier", "price", "limits", "delay", "position", "active")
    list_editable = ("position", "active")
    list_filter = ("kind", "active", "channels", ("carrier", RelatedDropdownFilter))
    list_select_related = ("carrier",)
    search_fields = ("name", "code")
    form = DeliveryModeForm
    compressed_fields = True
    actions_list = ("try_a_basket",)
    inlines = (FeeInline, ForbiddenInline)
    autocomplete_fields = ("zones",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "code", *side_by_side(["name", "description"]), ("kind", "group"), "carrier", "channels",
                    ("position", "active", "exceptional"),
                )
            },
        ),
        (gettext_lazy("Price"), {"fields": (("fee", "vat_rate"), ("free_from", "average_cost"))}),
        (gettext_lazy("Where to"), {"fields": ("countries", "zones")}),
        (
            gettext_lazy("What it carries"),
            {
                "fields": (
                    ("min_weight_g", "max_weight_g"), ("min_value", "max_value"),
                    ("max_length_mm", "max_width_mm", "max_height_mm", "max_girth_mm"),
                    ("max_volume_l", "volume_margin", "several_parcels"), ("quota", "quota_period"),
                )
            },
        ),
        (gettext_lazy("When it arrives"), {"fields": ("hold_hours", "cutoff_hour", ("min_days", "max_days"))}),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        own = path("try/", self.admin_site.admin_view(self.trial), name="logistics_deliverymode_trial")
        return [own, *super().get_urls()]

    def trial(self, request: HttpRequest) -> HttpResponse:
        """This basket to this address: which modes, and why not the others."""
        return trial.page(self, request)

    @action(description=gettext_lazy("Try a basket"), permissions=["view"], icon="science", url_path="to-try")
    def try_a_basket(self, request: HttpRequest) -> HttpResponse:
        """Leads to the page."""
        return redirect(reverse("admin:logistics_deliverymode_trial"))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Few channels: boxes to tick."""
        if db_field.name == "channels":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description=gettext_lazy("Fee"), ordering="fee")
    def price(self, mode: DeliveryMode) -> SafeString:
        """What it costs, and from when nothing."""
        fee = money(mode.fee, "EUR") if mode.fee else _("free")
        if lines := len(mode.bands.all()):
            fee = _("table of %(n)s") % {"n": lines}
        if mode.free_from is None or not mode.fee:
            return format_html("{}", fee)
        return format_html(
            "{} <small>{}</small>", fee, _("free from %(amount)s") % {"amount": money(mode.free_from, "EUR")}
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        """With fee tables and zones, for the list."""
        return super().get_queryset(request).prefetch_related("bands", "zones")

    @display(description=gettext_lazy("Carries"))
    def limits(self, mode: DeliveryMode) -> str:
        """Weight and countries, or zones."""
        most = f"≤ {mode.max_weight_g / 1000:g} kg, " if mode.max_weight_g else ""
        return most + (", ".join(zone.name for zone in mode.zones.all()) or mode.countries)

    @display(description=gettext_lazy("Working days"))
    def delay(self, mode: DeliveryMode) -> str:
        """From and to, and the cutoff."""
        days = f"{mode.min_days}–{mode.max_days}" if mode.max_days > mode.min_days else str(mode.min_days)
        return _("%(days)s, ordered before %(hour)s h") % {"days": days, "hour": mode.cutoff_hour}
