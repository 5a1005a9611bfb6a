"""Office: the books, to read."""

from decimal import Decimal
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.forms import ModelForm
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import RangeDateFilter, RelatedDropdownFilter

from accounting import services
from accounting.forms import ExtractForm
from accounting.models import Account, Entry, EntryLine, Extract, Journal
from accounting.selectors import fec_lines, nameless_accounts
from altazion.lib.clock import now
from altazion.lib.files import text_file
from altazion.lib.money import display
from altazion.lib.office import EstimatedPaginator, NeverDeleted, ReadOnly, RefusalsAsMessages, actor


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


@admin.register(Account)
class AccountAdmin(ModelAdmin):
    """Names of accounts, as the accounting software is told them."""

    list_display = ("number", "name")
    search_fields = ("number", "name")


@admin.register(Extract)
class ExtractAdmin(RefusalsAsMessages, NeverDeleted, ModelAdmin):
    """What was handed to the accounting software, and handing over the next."""

    form = ExtractForm
    list_display = ("file_name", "first", "last", "held", "lines", "shown_total", "made_at", "made_by", "download")
    list_display_links = ("file_name",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    paginator = EstimatedPaginator
    readonly = (
        "file_name",
        "first",
        "last",
        "held",
        "separator",
        "only_new",
        "lines",
        "shown_total",
        "made_at",
        "made_by",
    )

    def get_urls(self) -> list[URLPattern]:
        """The file beside the record."""
        file = path("<int:pk>/file/", self.admin_site.admin_view(self.file), name="accounting_extract_file")
        return [file, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Extract | None = None) -> Any:
        """What to hand over; or what was."""
        if obj:
            return [(None, {"fields": (*self.readonly, "download")})]
        return [(None, {"fields": (("siren", "separator"), "journals", ("first", "last"))})]

    def get_readonly_fields(self, request: HttpRequest, obj: Extract | None = None) -> Any:
        """An extract that was made stays as it is."""
        return (*self.readonly, "download") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Extract | None = None) -> bool:
        """Nobody changes what was handed over."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """Tells which accounts have no name yet, before the file is made."""
        if request.method == "GET" and (unknown := nameless_accounts()):
            text = _("These accounts have no name; the file will show their number: %(numbers)s.")
            messages.warning(request, text % {"numbers": ", ".join(unknown[:20])})
        return super().add_view(request, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Extract | None = None, change: bool = False, **kwargs: Any) -> Any:
        """What was made is only looked at."""
        if obj:
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Extract, form: Any, change: bool) -> None:
        """The domain makes it."""
        made = services.extract_journals(form.wanted, at=now(), actor=actor(request))
        obj.pk, obj.guid, obj._state.adding = made.pk, made.guid, False  # noqa: SLF001 - the admin goes on with it
        obj.last = made.last

    def file(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """The file, written again from the books."""
        if not request.user.has_perm("accounting.view_extract"):
            raise PermissionDenied
        extract = get_object_or_404(Extract, pk=pk)
        return text_file(fec_lines(extract), extract.file_name)

    @admin.display(description=_("journals"))
    def held(self, extract: Extract) -> str:
        """VT 1–25, BQ 3–9."""
        return ", ".join(
            f"{code} {extract.since.get(code, 0) + 1}–{extract.until.get(code, 0)}" if extract.only_new else code
            for code in extract.journals
        )

    @admin.display(description=_("total of debits"))
    def shown_total(self, extract: Extract) -> str:
        """In euros."""
        return display(extract.total)

    @admin.display(description=_("file"))
    def download(self, extract: Extract) -> str:
        """A link."""
        if not extract.pk:
            return "—"
        address = reverse("admin:accounting_extract_file", args=[extract.pk])
        return format_html('<a href="{}" download>{}</a>', address, _("Download"))
