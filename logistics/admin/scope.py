"""What stock pages share: whose places a colleague sees, search by any reference, records nobody types over."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from accounts.enums import AccountKind
from accounts.selectors import colleague_of, stores_seen_by
from altazion.lib.office import EstimatedPaginator
from altazion.lib.office_filters import ByAutocomplete
from catalog.models import Product
from catalog.selectors.lookup import search
from logistics.models import Place, SupplySource

MOST_PLACES = 300


def places_seen(request: HttpRequest) -> QuerySet[Place]:
    """All active places, or for a store account those of its stores."""
    user = colleague_of(request)
    places = Place.objects.filter(active=True)
    if user.kind != AccountKind.STORE:
        return places
    stores = stores_seen_by(user)
    return places.filter(Q(store__in=stores) | Q(zone__place__store__in=stores))


def _may_search(request: HttpRequest) -> bool:
    user = colleague_of(request)
    return user.kind != AccountKind.STORE and user.has_perm("logistics.view_place")


class AnyPlaceFilter(ByAutocomplete):
    """A warehouse or a store, found by typing."""

    title = gettext_lazy("place")
    parameter_name = "place"
    chosen_by = (SupplySource, "place")


class PlaceFilter(DropdownFilter):
    """A warehouse or a store, among those this colleague may see."""

    title = gettext_lazy("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(place.pk), place.name) for place in places_seen(request)[:MOST_PLACES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(place=int(value)) if value.isdigit() and len(value) < 19 else queryset


class OfPlaces:
    """For a ModelAdmin of rows that lie at a place: object-level rights, cheap counts, search by SKU or code."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    search_fields = ("product__sku",)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """A place is found by typing; who sees only some of them, and not their list, chooses among those."""
        filters = super().get_list_filter(request)  # type: ignore[misc]
        return [PlaceFilter if one is AnyPlaceFilter and not _may_search(request) else one for one in filters]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("product__parent", "place")  # type: ignore[misc]
        if colleague_of(request).kind == AccountKind.STORE:
            rows = rows.filter(place__in=places_seen(request))
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By SKU, name, EAN or any other reference."""
        if term := search_term.strip():
            queryset = queryset.filter(product__in=search(Product.objects.all(), term).values("pk"))
        return queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
