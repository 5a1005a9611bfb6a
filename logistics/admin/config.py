"""Places, their planning, and what they serve."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, actor
from logistics.forms import PlaceForm
from logistics.models import Place, PlaceDay, ShelfLocation, SupplySource
from logistics.services.supply import delete_source, save_place, save_source


class ServesInline(TabularInline):
    """What the place feeds."""

    model = SupplySource
    extra = 0


class PlanningInline(TabularInline):
    """Days that are not like others."""

    model = PlaceDay
    extra = 0
    tab = True


@admin.register(Place)
class PlaceAdmin(NeverDeleted, ModelAdmin):
    """Warehouses and the shelves of stores."""

    list_display = ("name", "code", "kind", "store", "active")
    list_filter = ("kind", "active")
    list_select_related = ("store",)
    search_fields = ("name", "code")
    form = PlaceForm
    fields = (
        "kind",
        "code",
        "name",
        "store",
        "active",
        ("wants_parcels", "may_send"),
        "prepares_on",
        ("preparation_days", "holidays"),
        ("priority", "parcel_cost"),
        ("latitude", "longitude"),
    )
    inlines = (ServesInline, PlanningInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What stock files name is not renamed."""
        return ("kind", "code", "store") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        save_place(obj, changed=list(form.changed_data), at=now(), actor=actor(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """What the place serves goes by a service, since the product index follows it."""
        if formset.model is not SupplySource:
            super().save_formset(request, form, formset, change)
            return
        for source in formset.save(commit=False):
            save_source(source, at=now(), actor=actor(request))
        for source in formset.deleted_objects:
            delete_source(source, at=now(), actor=actor(request))


@admin.register(SupplySource)
class SupplySourceAdmin(ModelAdmin):
    """Which place feeds which channel; the lowest rank serves first."""

    list_display = ("channel", "purpose", "rank", "place")
    list_display_links = ("channel", "place")
    list_editable = ("rank",)
    list_filter = ("channel", "purpose", ("place", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("channel", "place")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        save_source(obj, at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One domain call."""
        delete_source(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Ticked rows go by the same call."""
        for source in queryset:
            self.delete_model(request, source)


@admin.register(ShelfLocation)
class ShelfLocationAdmin(ModelAdmin):
    """Where products lie at a place."""

    list_display = ("product", "place", "location")
    list_editable = ("location",)
    list_filter = (("place", AutocompleteSelectFilter),)
    list_filter_submit = True
    list_select_related = ("product", "place")
    autocomplete_fields = ("product", "place")
    search_fields = ("product__sku", "location")
    show_full_result_count = False
