"""Thresholds of products in Office."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor
from catalog.models import Product
from catalog.selectors.lookup import search
from logistics.admin.balances import product_cell
from logistics.models import ChannelThreshold
from logistics.services import Figures, save_threshold


@admin.register(ChannelThreshold)
class ThresholdAdmin(RefusalsAsMessages, ModelAdmin):
    """From how many units on a product is available or shown on a channel, and how many an order may hold."""

    list_display = ("title", "channel", "unavailable_below", "hidden_below", "most_per_order")
    list_display_links = ("title",)
    list_filter = ("channel",)
    list_select_related = ("product__parent", "channel")
    search_fields = ("product__sku",)
    search_help_text = gettext_lazy("SKU, name, EAN or any other reference")
    autocomplete_fields = ("product",)
    fields = (("product", "channel"), ("unavailable_below", "hidden_below"), "most_per_order")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By SKU, name, EAN or any other reference."""
        if term := search_term.strip():
            queryset = queryset.filter(product__in=search(Product.objects.all(), term).values("pk"))
        return queryset, False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another product has a row of its own."""
        return ("product", "channel") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        figures = Figures(obj.unavailable_below, obj.hidden_below, obj.most_per_order)
        kept = save_threshold(obj.product, obj.channel_id, figures, at=now(), actor=actor(request))
        obj.pk = kept.pk if kept else None

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One domain call."""
        save_threshold(obj.product, obj.channel_id, Figures(), at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one."""
        for row in queryset.select_related("product"):
            self.delete_model(request, row)

    @display(description=gettext_lazy("Product"))
    def title(self, row: ChannelThreshold) -> SafeString:
        """Name over SKU."""
        return product_cell(row.product)
