"""Office: the books, to read."""

from decimal import Decimal
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateFilter, RelatedDropdownFilter

from accounting.models import Entry, EntryLine, Journal
from altazion.lib.money import display
from altazion.lib.office import EstimatedPaginator, ReadOnly


class LineInline(ReadOnly, TabularInline):
    """Debits and credits."""

    model = EntryLine
    fields = ("account", "label", "debit", "credit")
    extra = 0


@admin.register(Entry)
class EntryAdmin(ReadOnly, ModelAdmin):
    """Every piece of every journal."""

    list_display = ("journal", "number", "date", "piece", "label", "amount")
    list_display_links = ("number",)
    list_filter = (("journal", RelatedDropdownFilter), ("date", RangeDateFilter))
    list_filter_submit = True
    list_select_related = ("journal",)
    search_fields = ("=piece",)
    search_help_text = _("Number of the piece, such as an order")
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_per_page = 50
    ordering = ("-id",)
    inlines = (LineInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With what each comes to."""
        return cast("QuerySet[Entry]", super().get_queryset(request).annotate(sum=Sum("lines__debit")))

    @admin.display(description=_("amount"))
    def amount(self, entry: Any) -> str:
        return display(Decimal(entry.sum or 0))


@admin.register(Journal)
class JournalAdmin(ReadOnly, ModelAdmin):
    """The books and how far they are numbered."""

    list_display = ("code", "name", "last_number")
