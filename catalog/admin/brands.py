"""Makers' names with a page of their own; archived, never deleted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import NeverDeleted, RefusalsAsMessages, actor
from altazion.lib.problems import Refused
from altazion.lib.translating import side_by_side
from catalog import services
from catalog.admin.history_page import LogHistory
from catalog.admin.words import importance_badge, page_address, search_results
from catalog.forms import BrandForm, HeirForm
from catalog.models import Brand


@admin.register(Brand)
class BrandAdmin(LogHistory, RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Makers' names; archived, never deleted."""

    form = BrandForm
    log_subject = "brand"
    list_display = ("name", "code", "importance_badge", "is_own", "website", "archived")
    list_filter = ("archived", "is_own")
    search_fields = ("name", "code")
    change_form_outer_before_template = "office/catalog/brand_bar.html"
    change_form_outer_after_template = "office/catalog/result_preview.html"
    fieldsets = (
        (None, {"fields": (("name", "name_en"), ("code", "is_own"), ("importance_word", "importance"), "website")}),
        (gettext_lazy("Page"), {"fields": (*side_by_side(["intro", "header"]), ("image", "banner"))}),
        (gettext_lazy("Address"), {"fields": (*side_by_side(["slug"]), "redirect")}),
        (gettext_lazy("Search engines"), {"fields": side_by_side(["meta_title", "meta_description"])}),
    )

    class Media:
        css = {"all": ["office/panels.css"]}
        js = ["catalog/lengths.js"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Brand], search_term: str
    ) -> tuple[QuerySet[Brand], bool]:
        """Pickers offer living brands."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(archived=False)
        return super().get_search_results(request, queryset, search_term)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With what the bar and the preview of the search result show."""
        brand = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if brand is not None:
            more = {
                "shop_address": page_address("brand", brand),
                "importance": importance_badge(brand.importance),
                "result": search_results("brand", brand),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @display(description=gettext_lazy("Importance"), ordering="importance")
    def importance_badge(self, brand: Brand) -> SafeString:
        """A word, and the number under it."""
        return importance_badge(brand.importance)

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:
        """One domain call."""
        saved = services.save_brand(
            obj if change else None,
            form.changes(),
            at=now(),
            actor=actor(request),
            redirect=form.cleaned_data.get("redirect", True),
        )
        obj.pk, obj._state.adding = saved.pk, False  # noqa: SLF001 - the admin goes on with the stored one

    def get_urls(self) -> list[URLPattern]:
        """The page that archives a brand."""
        own = path("<int:pk>/archive/", self.admin_site.admin_view(self.put_away), name="catalog_brand_archive")
        return [own, *super().get_urls()]

    def put_away(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks where its address should lead, then archives it; or brings it back."""
        brand = get_object_or_404(Brand, pk=pk)
        if not self.has_change_permission(request, brand):
            raise PermissionDenied
        form = HeirForm(brand, request.POST or None)
        back = HttpResponseRedirect(reverse("admin:catalog_brand_change", args=[brand.pk]))
        if request.method == "POST" and brand.archived:
            services.save_brand(brand, {"archived": False}, at=now(), actor=actor(request))
            messages.success(request, _("The brand is back."))
            return back
        if request.method == "POST" and form.is_valid():
            try:
                services.replace_brand(brand, form.cleaned_data["replacement"], at=now(), actor=actor(request))
            except Refused as refusal:
                form.add_error("replacement", refusal.message)
            else:
                messages.success(request, _("The brand is archived."))
                return back
        context = {
            **self.admin_site.each_context(request),
            "title": _("Archive the brand %(name)s") % {"name": brand.name},
            "brand": brand,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "office/catalog/archive_brand.html", context)
