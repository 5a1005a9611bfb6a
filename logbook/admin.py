"""Office: what happened, what could not be delivered, who reads how far, who is alive."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from altazion.lib.clock import now
from altazion.lib.office import ReadOnly
from logbook import selectors, services
from logbook.models import Cursor, Event, FailedDelivery, Pulse


class Records(ReadOnly, ModelAdmin):
    """Nobody writes history by hand; and nobody counts it."""

    show_full_result_count = False
    paginator = InfinitePaginator
    list_per_page = 50


class KindFilter(admin.SimpleListFilter):
    """Kinds of event, read by skipping through the index on kind: as quick with a hundred million events."""

    title = _("what happened")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in selectors.kinds_seen()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(Records):
    """The journal. Search "order 4f2…" or "product 17" for everything about one record."""

    list_display = ("at", "kind", "about", "actor")
    list_filter = (KindFilter,)
    search_fields = ("subject_id",)
    search_help_text = _("An identifier, or what it is and its identifier: product 17")
    ordering = ("-id",)

    @admin.display(description=_("about"))
    def about(self, event: Event) -> str:
        return f"{event.subject_kind} {event.subject_id}".strip()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Exact words only: both columns of the index, or every kind of subject with this identifier."""
        words = search_term.split()
        if not words:
            return queryset, False
        kinds = [words[0]] if len(words) > 1 else selectors.subject_kinds_seen()
        return queryset.filter(subject_kind__in=kinds, subject_id=words[-1]), False


@admin.register(FailedDelivery)
class FailedDeliveryAdmin(Records):
    """Events that a consumer could not take, with the button that tries again."""

    list_display = ("consumer", "event", "error_words", "attempts", "first_failed_at", "retry_at", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "consumer")
    list_select_related = ("event",)
    ordering = ("-id",)
    actions = ("retry_chosen",)
    change_form_outer_before_template = "office/journal/retry.html"

    @admin.display(description=_("error"))
    def error_words(self, failure: FailedDelivery) -> str:
        return failure.error[:120]

    def has_retry_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return request.user.has_perm("logbook.change_faileddelivery")

    @admin.action(description=_("Try again"), permissions=["retry"])
    def retry_chosen(self, request: HttpRequest, queryset: QuerySet[FailedDelivery]) -> None:
        tried = list(queryset.filter(resolved_at=None).values_list("pk", flat=True)[:500])
        taken = sum(services.retry(pk, at=now()) for pk in tried)
        _tell(self, request, taken, len(tried))

    def get_urls(self) -> list[URLPattern]:
        again = path("<int:pk>/retry/", self.admin_site.admin_view(self.retry_one), name="logbook_faileddelivery_retry")
        return [again, *super().get_urls()]

    def retry_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST" or not self.has_retry_permission(request):
            raise PermissionDenied
        _tell(self, request, int(services.retry(pk, at=now())), 1)
        return HttpResponseRedirect(reverse("admin:logbook_faileddelivery_change", args=[pk]))


def _tell(page: ModelAdmin, request: HttpRequest, taken: int, tried: int) -> None:
    words = ngettext("%(taken)s of %(tried)s delivered.", "%(taken)s of %(tried)s delivered.", tried)
    level = messages.SUCCESS if taken == tried and tried else messages.WARNING
    page.message_user(request, words % {"taken": taken, "tried": tried}, level)


@admin.register(Cursor)
class CursorAdmin(Records):
    """How far each consumer has read."""

    list_display = ("consumer", "event_id", "moved_at")


@admin.register(Pulse)
class PulseAdmin(Records):
    """The last sign of life of each part."""

    list_display = ("name", "at")
