"""Storage zones in Office."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor
from logistics.models import StorageZone
from logistics.services import save_zone


@admin.register(StorageZone)
class StorageZoneAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Parts of places, and whether what lies there may be promised."""

    list_display = ("name", "place", "code", "purpose", "counts", "active")
    list_filter = (("place", AutocompleteSelectFilter), ("purpose", ChoicesDropdownFilter), "counts", "active")
    list_filter_submit = True
    list_select_related = ("place",)
    search_fields = ("name", "code", "place__name")
    autocomplete_fields = ("place",)
    fields = (("place", "code"), "name", ("purpose", "counts"), "active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The ledger names them."""
        return ("place", "code", "counts") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """One domain call."""
        save_zone(obj, at=now(), actor=actor(request))
