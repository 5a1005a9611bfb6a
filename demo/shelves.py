"""Where things lie in the warehouse, so that picking lists have an order."""

from logistics.enums import PlaceKind
from logistics.models import Place, ShelfLocation, StockBalance

SHELVED = 200


def make_shelves() -> None:
    """Give the products of the warehouse an aisle, a shelf and a bin."""
    place = Place.objects.filter(kind=PlaceKind.WAREHOUSE).order_by("pk").first()
    if place is None:
        return
    products = StockBalance.objects.filter(place=place).order_by("product").values_list("product", flat=True)[:SHELVED]
    ShelfLocation.objects.bulk_create(
        [
            ShelfLocation(
                product_id=product, place=place, location=f"{'ABCDEF'[at % 6]}-{at // 6 % 12 + 1:02d}-{at % 4}"
            )
            for at, product in enumerate(products)
        ],
        ignore_conflicts=True,
    )
