"""Kinds of association, names of the six marks: few rows, renamed at will."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from altazion.lib.office import actor
from altazion.lib.translating import side_by_side
from catalog import services
from catalog.forms.labels import MarkForm
from catalog.models import AssociationKind, FlagName


@admin.register(AssociationKind)
class AssociationKindAdmin(ModelAdmin):
    """Why products are shown together; the name stands above them on the shop's page."""

    list_display = ("name", "code", "position", "is_public")
    search_fields = ("name", "code")
    fields = ("name", "code", "position", "is_public", "translations")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Files name the code."""
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products may use it: hide it from shoppers instead."""
        return False


@admin.register(FlagName)
class FlagNameAdmin(ModelAdmin):
    """What the six marks are called here; without a row a mark has its usual name."""

    form = MarkForm
    list_display = ("flag", "name", "in_shop")
    list_display_links = ("flag", "name")
    fields = ("flag", *side_by_side(["name"]), "in_shop")

    def save_model(self, request: HttpRequest, obj: FlagName, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_mark(obj, at=now(), actor=actor(request))
