"""Synonyms, and searches that lead to a page."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import EstimatedPaginator, RefusalsAsMessages, actor
from discovery import services
from discovery.forms import RedirectForm, SynonymForm
from discovery.models import SearchRedirect, SynonymSet


class Forgettable:
    """For what the domain forgets, one call each."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One domain call."""
        services.forget(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One call each."""
        for one in queryset:
            services.forget(one, at=now(), actor=actor(request))


@admin.register(SynonymSet)
class SynonymSetAdmin(RefusalsAsMessages, Forgettable, ModelAdmin):
    """Words that find each other's products."""

    form = SynonymForm
    list_display = ("together", "kind", "spoken", "active")
    list_filter = (("kind", ChoicesDropdownFilter), "language", "active")
    search_fields = ("plain",)
    paginator = EstimatedPaginator
    show_full_result_count = False
    fieldsets = ((None, {"fields": ("said", ("kind", "language"), "active")}),)

    @display(description=_("Words"))
    def together(self, synonyms: SynonymSet) -> str:
        """How they find each other."""
        first, *others = synonyms.words
        return f"{first} → {', '.join(others)}" if synonyms.kind == "expansion" else " ↔ ".join(synonyms.words)

    @display(description=_("language"), ordering="language")
    def spoken(self, synonyms: SynonymSet) -> str:
        """The language's name."""
        return str(dict(settings.LANGUAGES).get(synonyms.language, synonyms.language))

    def save_model(self, request: HttpRequest, obj: SynonymSet, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_synonyms(obj, at=now(), actor=actor(request))


@admin.register(SearchRedirect)
class SearchRedirectAdmin(RefusalsAsMessages, Forgettable, ModelAdmin):
    """Searches that lead straight to a page."""

    form = RedirectForm
    list_display = ("query", "leads_to", "channel", "active")
    list_filter = ("active",)
    list_select_related = ("segment", "brand", "channel")
    search_fields = ("query",)
    autocomplete_fields = ("segment", "brand")
    fieldsets = (
        (None, {"fields": ("query", ("segment", "brand", "address"), ("channel", "active"))}),
        (_("Dates"), {"fields": ("starts", "ends")}),
    )

    @display(description=_("Leads to"))
    def leads_to(self, redirect: SearchRedirect) -> str:
        """The page."""
        return str(redirect.segment or redirect.brand or redirect.address)

    def save_model(self, request: HttpRequest, obj: SearchRedirect, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_redirect(obj, at=now(), actor=actor(request))
