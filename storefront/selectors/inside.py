"""What lies in a bundle, for its page."""

from dataclasses import dataclass

from catalog.enums import ProductKind
from catalog.models import BundleLine, Product
from discovery.models import IndexEntry
from orders.selectors.products import Picture, name_of, pictures
from storefront.selectors.shop import Shop


@dataclass(frozen=True)
class Inside:
    """A product of a bundle. page: the product whose page shows it; None when this channel does not list it."""

    name: str
    sku: str
    quantity: int
    picture: Picture | None
    page: Product | None
    variant: str


def inside_of(product: Product, shop: Shop) -> list[Inside]:
    """The products of a bundle in their order; [] for anything else. Three queries for a bundle."""
    if product.kind != ProductKind.BUNDLE:
        return []
    lines = list(BundleLine.objects.filter(bundle=product).select_related("component__parent"))
    things = [line.component for line in lines]
    listed = set(
        IndexEntry.objects.filter(channel=shop.channel, product__in=things).values_list("product_id", flat=True)
    )
    seen = pictures(things)
    return [
        Inside(
            name_of(one.component, shop.language),
            one.component.sku,
            one.quantity,
            seen.get(one.component_id),
            (one.component.parent or one.component) if one.component_id in listed else None,
            one.component.sku if one.component.parent_id else "",
        )
        for one in lines
    ]
