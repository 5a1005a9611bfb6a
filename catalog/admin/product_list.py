"""The product list: columns fetched for the whole page at once, filters that use indexes."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from altazion.lib.office import badge
from altazion.lib.office_filters import ByAutocomplete
from catalog.admin.typing import EDIT, is_typing
from catalog.enums import Flag, ProductKind, ProductState
from catalog.forms.list_line import ListLine
from catalog.models import Product, ProductSegment
from catalog.selectors import office
from catalog.selectors.trade import flag_names
from stores.models import SalesChannel

TONES = {ProductState.VALIDATED: "good", ProductState.IN_PREPARATION: "warn", ProductState.ARCHIVED: "none"}


class ProductChangeList(ChangeList):
    """Fetches what stands beside the products once for the page."""

    def get_ordering_field(self, field_name: Any) -> Any:
        """Columns that an index serves; the others cannot be asked for in the address either."""
        return super().get_ordering_field(field_name) if field_name in self.sortable_by else None

    def get_results(self, request: HttpRequest) -> None:
        """The page's products, each with its `row`."""
        super().get_results(request)
        products: list[Any] = list(self.result_list)
        refused: dict[int, ListLine] = getattr(request, "lines", {})
        here = {product.pk for product in products}
        products = [line.product for pk, line in refused.items() if pk not in here] + products
        rows = office.rows(products)
        typing = is_typing(request)
        for product in products:
            product.row = rows[product.pk]
            if typing:
                product.line = refused.get(product.pk) or ListLine(product, product.row)
        self.result_list: list[Any] = products

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Typing in the list is no filter."""
        return {name: value for name, value in super().get_filters_params(params).items() if name != EDIT}


class StateFilter(DropdownFilter):
    """Archived products are shown only when asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"
    all_option = ["", gettext_lazy("All but archived")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ProductState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value():
            return queryset.filter(state=self.value())
        return queryset.exclude(state=ProductState.ARCHIVED)


class SegmentFilter(ByAutocomplete):
    """Products in a segment or below it; `none` for those in no segment."""

    title = gettext_lazy("segment")
    parameter_name = "segment"
    chosen_by = (ProductSegment, "segment")

    def narrowed(self, queryset: QuerySet[Product], pk: int) -> QuerySet[Product]:
        return office.in_segment(queryset, pk)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() == "none":
            return office.in_no_segment(queryset)
        return super().queryset(request, queryset)


class PlacedFilter(DropdownFilter):
    """Products that shoppers cannot find by browsing."""

    title = gettext_lazy("place")
    parameter_name = "placed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("in no segment"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return office.in_no_segment(queryset) if self.value() == "none" else queryset


class ChannelFilter(DropdownFilter):
    """Published on a channel, or on none."""

    title = gettext_lazy("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        channels = SalesChannel.objects.filter(active=True)
        return [("none", _("published nowhere")), *((str(c.pk), c.name) for c in channels)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        value = self.value()
        if value == "none":
            return office.published_nowhere(queryset)
        return queryset.filter(publications__channel=int(value)) if value and value.isdigit() else queryset


class FlagFilter(DropdownFilter):
    """Products that carry one of the six marks."""

    title = gettext_lazy("mark")
    parameter_name = "mark"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(flag), name) for flag, name in flag_names().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        value = self.value()
        if value not in {str(flag.value) for flag in Flag}:
            return queryset
        return queryset.annotate(marked=F("flags").bitand(int(value))).filter(marked__gt=0)


class Columns:
    """What a line tells; every value comes from `product.row`."""

    @display(description="")
    def picture(self, product: Product) -> SafeString | str:
        """A small picture, or a grey square."""
        if not product.row.image:  # type: ignore[attr-defined]
            return format_html('<span class="{}"></span>', "block w-10 h-10 rounded-default bg-base-100")
        return format_html(
            '<img src="{}" alt="" loading="lazy" width="40" height="40" class="{}">',
            product.row.image,  # type: ignore[attr-defined]
            "block w-10 h-10 max-w-none rounded-default object-contain bg-white",
        )

    @display(description=gettext_lazy("Product"), ordering="name")
    def title(self, product: Product) -> SafeString:
        """Name over SKU, so that a line says all with few columns; variants are set in."""
        name = product.name or (product.parent.name if product.parent else "") or _("without name")
        return format_html(
            '<span class="block font-semibold text-important leading-tight{}">{}</span>'
            '<span class="block text-xs text-base-500 font-mono">{}</span>',
            " pl-4" if product.kind == ProductKind.CHILD else "",
            ("↳ " if product.kind == ProductKind.CHILD else "") + name[:90],
            product.sku,
        )

    @display(description=gettext_lazy("Segment"))
    def segment(self, product: Product) -> str:
        """The primary one."""
        return product.row.segment or "—"  # type: ignore[attr-defined,no-any-return]

    @display(description=gettext_lazy("State"))
    def state_badge(self, product: Product) -> SafeString:
        """Where it is in its life."""
        return badge(product.get_state_display(), TONES[ProductState(product.state)])

    @display(description=gettext_lazy("Published on"))
    def published(self, product: Product) -> SafeString | str:
        """The channels that show it."""
        channels = product.row.channels  # type: ignore[attr-defined]
        if not channels:
            return "—"
        tone = "info" if product.state == ProductState.VALIDATED else "none"
        return format_html_join(" ", "{}", ((badge(name, tone),) for name in channels))

    @display(description=gettext_lazy("Price"))
    def price(self, product: Product) -> str:
        """Base price with tax; the lowest of its variants for a parent."""
        amount = product.row.price  # type: ignore[attr-defined]
        if amount is None:
            return "—"
        text = number_format(amount, 2, force_grouping=True)
        return _("from %(price)s") % {"price": text} if product.row.is_from else text  # type: ignore[attr-defined]

    @display(description=gettext_lazy("Stock"))
    def stock(self, product: Product) -> SafeString | str:
        """Units free in all places, those of its variants included."""
        units = product.row.stock  # type: ignore[attr-defined]
        if units is None:
            return "—"
        return badge(units, "bad") if units <= 0 else number_format(units, 0, force_grouping=True)
