"""Questions about preparation slips: whose, how urgent, and in which order one walks."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from catalog.models import ProductReference
from logistics.models import Parcel, Preparation, PreparationLine, ShelfLocation
from logistics.models.preparation import OPEN


@dataclass(frozen=True)
class Pick:
    """A line of a picking list: where it lies and what a scanner reads."""

    line: PreparationLine
    location: str
    code: str


def picking_list(slip: Preparation) -> list[Pick]:
    """The lines of a slip in the order of their locations, those without at the end. Three queries."""
    lines = list(slip.lines.select_related("product"))
    ids = [line.product_id for line in lines]
    where = dict(ShelfLocation.objects.filter(place=slip.place_id, product__in=ids).values_list("product", "location"))
    codes: dict[int, str] = {}
    for product, value in ProductReference.objects.filter(product__in=ids, type="EAN13").values_list(
        "product", "value"
    ):
        codes.setdefault(product, value)
    picks = [Pick(line, where.get(line.product_id, ""), codes.get(line.product_id, "")) for line in lines]
    return sorted(picks, key=lambda pick: (not pick.location, pick.location, pick.line.sku, pick.line.pk))


def with_units(slips: QuerySet[Preparation]) -> QuerySet[Preparation]:
    """Slips with how many units they ask for."""
    return slips.annotate(units=Sum("lines__quantity"))


def late(at: dt.datetime) -> Q:
    """Open slips past their time."""
    return Q(state__in=OPEN, due_at__lt=at)


def slips_of(document: str) -> list[Preparation]:
    """All slips of an order by its number, with lines. Two queries."""
    rows = Preparation.objects.filter(document=document).select_related("place", "mode").order_by("rank")
    return list(rows.prefetch_related("lines"))


def parcels_sent(reference: UUID) -> list[Parcel]:
    """The parcels of an order that left, with what lies in them. One query, two more when there are any."""
    rows = Parcel.objects.filter(preparation__reference=reference, shipment__isnull=False)
    return list(rows.select_related("carrier").prefetch_related("lines__line").order_by("pk"))
