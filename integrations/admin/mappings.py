"""Mappings: how foreign files are written and what their columns mean."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from integrations import services
from integrations.forms import MappingForm
from integrations.models import Mapping


@admin.register(Mapping)
class MappingAdmin(ModelAdmin):
    """Edited as they stand; a mapping that cannot work is refused with the reason."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    form = MappingForm
    list_display = ("name", "code", "entity", "encoding", "separator", "column_count")
    list_filter = ("entity",)
    search_fields = ("name", "code")
    change_form_outer_before_template = "office/integrations/mapping_bar.html"
    fieldsets = (
        (None, {"fields": ("name", "code", "entity")}),
        (
            _("How the file is written"),
            {
                "fields": (
                    ("encoding", "separator", "quote"),
                    ("decimal_mark", "thousands_mark", "date_format"),
                    "has_header",
                )
            },
        ),
        (_("What its columns mean"), {"fields": ("columns", "options")}),
    )

    @admin.display(description=_("columns"))
    def column_count(self, mapping: Mapping) -> int:
        return len(mapping.columns)

    def save_model(self, request: HttpRequest, obj: Mapping, form: ModelForm, change: bool) -> None:
        services.save_mapping(obj, at=now(), actor=str(request.user))

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        mapping = self.get_object(request, object_id) if object_id else None
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "mapping": mapping})
