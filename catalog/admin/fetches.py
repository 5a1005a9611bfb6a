"""Files that sources name by address: which came, which did not and why, and the button to try again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from altazion.lib.clock import now
from altazion.lib.office import ReadOnly, actor, badge
from catalog import services
from catalog.enums import FetchState
from catalog.models import MediaFetch
from catalog.services.fetching import words_of_failure

_TONES = {FetchState.WAITING: "busy", FetchState.DONE: "good", FetchState.FAILED: "bad"}


@admin.register(MediaFetch)
class MediaFetchAdmin(ReadOnly, ModelAdmin):
    """Looked at, never edited: the file of the source says what there is."""

    list_display = ("address", "product", "kind", "standing", "why", "tries", "source")
    list_filter = ("state", "kind", "source")
    list_select_related = ("product",)
    search_fields = ("product__sku", "address")
    search_help_text = gettext_lazy("SKU or address")
    fields = (
        "product", "address", "kind", "position", "title", "is_public", "keep", "state", "why", "tries", "next_try",
        "source",
    )  # fmt: skip
    readonly_fields = ("why",)
    list_per_page = 50
    show_full_result_count = False
    paginator = InfinitePaginator
    actions = ("again",)

    @display(description=gettext_lazy("state"), ordering="state")
    def standing(self, one: MediaFetch) -> str:
        """In colour."""
        return badge(one.get_state_display(), _TONES[FetchState(one.state)])

    @display(description=gettext_lazy("why not"))
    def why(self, one: MediaFetch) -> str:
        """In the reader's language."""
        return words_of_failure(one.failure) or "—"

    def has_fetch_permission(self, request: HttpRequest) -> bool:
        """Those who change products."""
        return bool(request.user.has_perm("catalog.change_product"))  # type: ignore[union-attr]

    @admin.action(description=gettext_lazy("Fetch again"), permissions=["fetch"])
    def again(self, request: HttpRequest, queryset: QuerySet[MediaFetch]) -> None:
        """Put them back to wait; a worker takes them at once."""
        pks = list(queryset.values_list("pk", flat=True)[:10_000])
        asked = services.fetch_again(pks, at=now(), actor=actor(request))
        text = ngettext("%(n)d file is fetched again.", "%(n)d files are fetched again.", asked)
        messages.success(request, text % {"n": asked})
