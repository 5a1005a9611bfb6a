"""Movements and reservations: read only, but for giving a promise back."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from altazion.lib.clock import now
from altazion.lib.office import ReadOnly, actor, badge, one_by_one
from logistics import services
from logistics.admin.balances import product_cell
from logistics.admin.scope import AnyPlaceFilter, OfPlaces
from logistics.enums import ReservationState
from logistics.models import Reservation, StockMovement

TONES = {ReservationState.HELD: "info", ReservationState.CONSUMED: "good", ReservationState.RELEASED: "none"}


class Lines(ReadOnly, OfPlaces):
    """Nobody types over these; the database refuses it for the ledger."""

    @display(description=gettext_lazy("Product"))
    def title(self, row: Any) -> SafeString:
        """Name over SKU."""
        return product_cell(row.product)


@admin.register(StockMovement)
class MovementAdmin(Lines, ModelAdmin):
    """The ledger, newest first."""

    list_display = ("at", "title", "place", "kind", "change", "balance_after", "document", "reason", "actor")
    list_display_links = ("at",)
    list_filter = (AnyPlaceFilter, ("kind", ChoicesDropdownFilter))
    list_filter_submit = True
    ordering = ("-id",)
    search_help_text = gettext_lazy("SKU, name, EAN, or a document: run:12, order:W26-000123")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By document when it is written like one, else by product."""
        if ":" in search_term:
            return queryset.filter(document=search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Units"), ordering="quantity")
    def change(self, row: StockMovement) -> SafeString:
        """Signed and coloured."""
        sign = "+" if row.quantity > 0 else ""
        text = f"{sign}{number_format(row.quantity, 0, force_grouping=True)}"
        return badge(text, "good" if row.quantity > 0 else "warn" if row.quantity < 0 else "none")


@admin.register(Reservation)
class ReservationAdmin(Lines, ModelAdmin):
    """Promises, newest first."""

    list_display = ("created_at", "title", "place", "quantity", "state_badge", "expires_at", "reference")
    list_display_links = ("created_at",)
    list_filter = (("state", ChoicesDropdownFilter), AnyPlaceFilter)
    list_filter_submit = True
    ordering = ("-id",)
    actions = ("give_back",)

    @action(description=gettext_lazy("Give back to stock"), permissions=["release"])
    def give_back(self, request: HttpRequest, rows: QuerySet[Reservation]) -> None:
        """Give back what is ticked and still held."""
        done = one_by_one(request, rows, lambda pk: services.release_one(pk, at=now(), actor=actor(request)))
        if done:
            messages.success(
                request, ngettext("%(n)d promise given back.", "%(n)d promises given back.", done) % {"n": done}
            )

    def has_release_permission(self, request: HttpRequest) -> bool:
        """Who may change stock may give promises back."""
        return request.user.has_perm("logistics.change_stockbalance")  # type: ignore[union-attr]

    @display(description=gettext_lazy("State"), ordering="state")
    def state_badge(self, row: Reservation) -> SafeString:
        """Held past its time is told: it counts for nobody."""
        if row.state == ReservationState.HELD and row.expires_at and row.expires_at <= now():
            return badge(_("expired"), "warn")
        return badge(row.get_state_display(), TONES[ReservationState(row.state)])
