"""Named lists of products."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from altazion.lib.clock import now
from altazion.lib.office import RefusalsAsMessages, actor
from catalog import services
from catalog.forms import PasteForm
from catalog.models import Selection, SelectionItem


class ItemInline(TabularInline):
    """Products with their relevance."""

    model = SelectionItem
    fields = ("product", "relevance")
    hide_title = True
    autocomplete_fields = ("product",)
    extra = 0
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelectionItem]:
        """With their products."""
        return super().get_queryset(request).select_related("product")


@admin.register(Selection)
class SelectionAdmin(RefusalsAsMessages, ModelAdmin):
    """Picked one by one, or pasted as SKUs."""

    form = PasteForm
    list_display = ("name", "code", "group", "size")
    search_fields = ("name", "code", "group")
    fields = ("name", "code", "group", "description", "paste")
    inlines = (ItemInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Selection]:
        """With how many products each has."""
        found: QuerySet[Selection] = super().get_queryset(request).annotate(item_count=Count("items"))
        return found

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A new one takes its code from its name."""
        return {} if obj else {"code": ("name",)}

    @display(description=gettext_lazy("Products"), ordering="item_count")
    def size(self, selection: Selection) -> int:
        """How many."""
        return selection.item_count  # type: ignore[attr-defined,no-any-return]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rows as typed, then what was pasted, through the verbs."""
        form.save_m2m()
        selection, at, who = form.instance, now(), actor(request)
        items = formsets[0]
        if items.has_changed():
            members = dict(selection.items.values_list("product_id", "relevance"))
            for row in items.forms:
                if not row.cleaned_data.get("product"):
                    continue
                if row.initial.get("product"):
                    members.pop(row.initial["product"], None)
                if not row.cleaned_data.get("DELETE"):
                    members[row.cleaned_data["product"].pk] = row.cleaned_data["relevance"]
            services.save_selection(selection, members, at=at, actor=who)
        if words := form.words():
            added, unknown = services.add_to_selection(selection, words, at=at, actor=who)
            messages.success(request, ngettext("%(n)d product added.", "%(n)d products added.", added) % {"n": added})
            if unknown:
                text = _("Nobody knows: %(codes)s") % {"codes": ", ".join(unknown[:30])}
                messages.warning(request, text)
