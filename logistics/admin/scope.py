"""What stock pages share: whose places a colleague sees, search by any reference, records nobody types over."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.enums import AccountKind
from accounts.selectors import colleague_of, stores_seen_by
from altazion.lib.office import EstimatedPaginator
from catalog.models import Product
from catalog.selectors.lookup import search
from logistics.models import Place


def places_seen(request: HttpRequest) -> QuerySet[Place]:
    """All active places, or for a store account those of its stores."""
    user = colleague_of(request)
    places = Place.objects.filter(active=True)
    return places.filter(store__in=stores_seen_by(user)) if user.kind == AccountKind.STORE else places


class OfPlaces:
    """For a ModelAdmin of rows that lie at a place: object-level rights, cheap counts, search by SKU or code."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    search_fields = ("product__sku",)

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
