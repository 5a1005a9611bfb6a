"""Keywords: the words that find products before any other."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import EstimatedPaginator, NeverDeleted, RefusalsAsMessages, actor
from catalog import services
from catalog.forms.keywords import KeywordCategoryForm, KeywordForm
from catalog.models import Keyword, KeywordCategory, ProductKeyword


@admin.register(KeywordCategory)
class KeywordCategoryAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """Heroes, licences, universes."""

    form = KeywordCategoryForm
    list_display = ("name", "code", "size", "is_facet", "position")
    search_fields = ("name", "code")
    fields = (("name", "name_en"), ("code", "position"), "is_facet")

    def get_queryset(self, request: HttpRequest) -> QuerySet[KeywordCategory]:
        """With how many keywords each has."""
        found: QuerySet[KeywordCategory] = super().get_queryset(request).annotate(keyword_count=Count("keywords"))
        return found

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Shoppers' addresses hold the code."""
        return ("code",) if obj else ()

    @display(description=gettext_lazy("Keywords"), ordering="keyword_count")
    def size(self, category: KeywordCategory) -> int:
        """How many."""
        return category.keyword_count  # type: ignore[attr-defined,no-any-return]

    def save_model(self, request: HttpRequest, obj: KeywordCategory, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_category(obj, at=now(), actor=actor(request))


class FoundInline(TabularInline):
    """The products that a keyword finds."""

    model = ProductKeyword
    fields = ("product", "source")
    readonly_fields = ("source",)
    autocomplete_fields = ("product",)
    extra = 0
    per_page = 50
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductKeyword]:
        """With their products."""
        return super().get_queryset(request).select_related("product")


@admin.register(Keyword)
class KeywordAdmin(RefusalsAsMessages, ModelAdmin):
    """Picked one by one, or pasted as SKUs."""

    form = KeywordForm
    list_display = ("name", "category", "size", "english")
    list_filter = (("category", AutocompleteSelectFilter),)
    list_filter_submit = True
    list_select_related = ("category",)
    search_fields = ("name", "forms")
    search_help_text = gettext_lazy("The keyword, in any language")
    autocomplete_fields = ("category",)
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    fieldsets = ((None, {"fields": (("name", "name_en"), "category", "paste")}),)
    inlines = (FoundInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Keyword]:
        """With how many products each finds."""
        found: QuerySet[Keyword] = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "catalog_keyword_changelist":
            found = found.annotate(product_count=Count("links"))
        return found

    @display(description=gettext_lazy("Products"), ordering="product_count")
    def size(self, keyword: Keyword) -> int:
        """How many."""
        return keyword.product_count  # type: ignore[attr-defined,no-any-return]

    @display(description=gettext_lazy("In English"))
    def english(self, keyword: Keyword) -> str:
        """Its translation."""
        return str((keyword.translations or {}).get("en", {}).get("name") or "—")

    def save_model(self, request: HttpRequest, obj: Keyword, form: Any, change: bool) -> None:
        """One domain call."""
        services.save_keyword(obj, at=now(), actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Keyword) -> None:
        """One domain call."""
        services.delete_keyword(obj, at=now(), actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Keyword]) -> None:
        """One call each."""
        for keyword in queryset:
            services.delete_keyword(keyword, at=now(), actor=actor(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rows as typed, then what was pasted, through the verbs."""
        form.save_m2m()
        keyword, at, who = form.instance, now(), actor(request)
        add: set[int] = set()
        remove: set[int] = set()
        for row in formsets[0].forms if formsets[0].has_changed() else ():
            if not row.cleaned_data.get("product") or not row.has_changed():
                continue
            if row.initial.get("product"):
                remove.add(row.initial["product"])
            if not row.cleaned_data.get("DELETE"):
                add.add(row.cleaned_data["product"].pk)
        if add or remove:
            services.link_keyword(keyword, add=add, remove=remove - add, at=at, actor=who)
        if words := form.words():
            added, unknown = services.link_named(keyword, words, at=at, actor=who)
            messages.success(request, ngettext("%(n)d product added.", "%(n)d products added.", added) % {"n": added})
            if unknown:
                messages.warning(request, _("Nobody knows: %(codes)s") % {"codes": ", ".join(unknown[:30])})
