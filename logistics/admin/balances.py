"""The stock list, and the page of one balance: why it is what it is, and the buttons that change it."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from altazion.lib.clock import now
from altazion.lib.office import badge
from logistics import rules
from logistics.admin import pages
from logistics.admin.scope import AnyPlaceFilter, OfPlaces
from logistics.models import StockBalance
from logistics.selectors.withdrawn import with_withdrawn, withdrawn


class StateFilter(DropdownFilter):
    """What needs a person."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("missing", _("promised but missing")),
            ("low", _("low or sold out")),
            ("none", _("sold out")),
            ("reserved", _("with promises")),
            ("withdrawn", _("with withdrawn units")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StockBalance]) -> QuerySet[StockBalance]:
        free = F("physical") - withdrawn(now()) - F("safety") - F("reserved")
        if self.value() == "withdrawn":
            return queryset.alias(away=withdrawn(now())).filter(away__gt=0)
        if self.value() == "missing":
            return queryset.filter(shortage__gt=0)
        if self.value() == "low":
            few = Q(free__lt=1) | Q(free__lt=F("product__limited_below"))
            return queryset.alias(free=free).filter(few)
        if self.value() == "none":
            return queryset.alias(free=free).filter(free__lt=1)
        return queryset.filter(reserved__gt=0) if self.value() == "reserved" else queryset


@admin.register(StockBalance)
class BalanceAdmin(OfPlaces, ModelAdmin):
    """Stock over all places."""

    list_display = (
        "title",
        "place",
        "physical_units",
        "withdrawn_units",
        "reserved_units",
        "safety_units",
        "free",
        "state",
    )
    list_display_links = ("title",)
    export_also = ("product__sku", "place__code", "physical", "reserved", "safety", "shortage")
    list_filter = (AnyPlaceFilter, StateFilter)
    list_filter_submit = True
    search_help_text = gettext_lazy("SKU, name, EAN or any other reference")
    ordering = ("-pk",)
    actions_list = ("receive_goods",)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("receive/", guard(self.receive), name="logistics_stockbalance_receive"),
            path("<int:pk>/do/<slug:verb>/", guard(self.do), name="logistics_stockbalance_do"),
        ]
        return own + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the units that are kept back now."""
        return with_withdrawn(super().get_queryset(request), now())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The statement of a balance, in place of a form: nobody types over stock."""
        return pages.statement(self, request, object_id)

    def do(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Count, correct, move, set safety, give a promise back."""
        return pages.do(self, request, pk, verb)

    def receive(self, request: HttpRequest) -> HttpResponse:
        """Goods that arrive, for products a place may never have held."""
        return pages.receive(self, request)

    @action(description=gettext_lazy("Receive goods"), permissions=["change"], icon="add", url_path="to-receive")
    def receive_goods(self, request: HttpRequest) -> HttpResponse:
        """Leads to the form."""
        return pages.redirect(reverse("admin:logistics_stockbalance_receive"))

    @display(description=gettext_lazy("Product"))
    def title(self, balance: StockBalance) -> SafeString:
        """Name over SKU."""
        return product_cell(balance.product)

    @display(description=gettext_lazy("On the shelf"), ordering="physical")
    def physical_units(self, balance: StockBalance) -> str:
        return number_format(balance.physical, 0, force_grouping=True)

    @display(description=gettext_lazy("Withdrawn"))
    def withdrawn_units(self, balance: Any) -> str:
        return number_format(balance.withdrawn, 0, force_grouping=True) if balance.withdrawn else "—"

    @display(description=gettext_lazy("Promised"))
    def reserved_units(self, balance: StockBalance) -> str:
        return number_format(balance.reserved, 0, force_grouping=True) if balance.reserved else "—"

    @display(description=gettext_lazy("Safety"))
    def safety_units(self, balance: StockBalance) -> str:
        return number_format(balance.safety, 0, force_grouping=True) if balance.safety else "—"

    @display(description=gettext_lazy("Free to promise"))
    def free(self, balance: Any) -> SafeString:
        units = max(0, _free(balance))
        return format_html("<strong>{}</strong>", number_format(units, 0, force_grouping=True))

    @display(description=gettext_lazy("State"))
    def state(self, balance: Any) -> SafeString | str:
        """What needs a person, loudest first."""
        if balance.shortage:
            return badge(_("%(n)s missing") % {"n": balance.shortage}, "bad")
        product = balance.product
        limit = product.limited_below or (product.parent.limited_below if product.parent else None)
        word = rules.level_word(_free(balance), limit)
        tones = {"unavailable": (_("sold out"), "none"), "last_pieces": (_("last pieces"), "warn")}
        return badge(*tones[word]) if word in tones else badge(_("in stock"), "good")


def _free(balance: Any) -> int:
    units: int = balance.physical - balance.withdrawn - balance.safety - balance.reserved
    return units


def product_cell(product: Any) -> SafeString:
    """A product in a list: name over SKU."""
    name = product.name or (product.parent.name if product.parent else "") or _("without name")
    return format_html(
        '<span class="block font-semibold text-important leading-tight">{}</span>'
        '<span class="block text-xs text-base-500 font-mono">{}</span>',
        name[:90],
        product.sku,
    )
