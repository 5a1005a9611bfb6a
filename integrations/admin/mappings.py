"""Mappings: how foreign files are written and what their columns mean."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from altazion.lib.clock import now
from integrations import services
from integrations.admin import mapping_editor
from integrations.forms import MappingForm
from integrations.models import Mapping


@admin.register(Mapping)
class MappingAdmin(ModelAdmin):
    """Edited as they stand; a mapping that cannot work is refused with the reason."""

    class Media:
        css = {"all": ["integrations/office.css"]}

    form = MappingForm
    list_display = ("editor", "code", "entity", "file_format", "encoding", "separator", "column_count")
    list_display_links = None
    change_list_outer_before_template = "office/integrations/mappings_before.html"
    list_filter = ("entity", "file_format")
    search_fields = ("name", "code")
    change_form_outer_before_template = "office/integrations/mapping_bar.html"
    fieldsets = (
        (None, {"fields": ("name", "code", "entity")}),
        (
            _("How the file is written"),
            {
                "fields": (
                    "file_format",
                    ("encoding", "separator", "quote"),
                    ("decimal_mark", "thousands_mark", "date_format"),
                    "has_header",
                )
            },
        ),
        (_("What its columns mean"), {"fields": ("columns", "options")}),
    )

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("new/", guard(mapping_editor.edit), name="integrations_mapping_new"),
            path("sample/", guard(mapping_editor.take_sample), name="integrations_mapping_sample"),
            path("import/", guard(mapping_editor.as_typed), name="integrations_mapping_import"),
            path("<int:pk>/editor/", guard(mapping_editor.edit), name="integrations_mapping_editor"),
            path("<int:pk>/text/", guard(mapping_editor.as_typed), name="integrations_mapping_text"),
            path("<int:pk>/mapping.yaml", guard(mapping_editor.as_file), name="integrations_mapping_yaml"),
            *super().get_urls(),
        ]

    @admin.display(description=_("name"), ordering="name")
    def editor(self, mapping: Mapping) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:integrations_mapping_editor", args=[mapping.pk]), mapping.name
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
