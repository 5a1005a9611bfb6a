"""Products as a basket sees them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from altazion.lib.written import Written, written
from catalog.enums import MediaKind, ProductKind, ProductState
from catalog.models import Media, Product
from stores.models import SalesChannel


@dataclass(frozen=True)
class Picture:
    """A small picture and what it shows."""

    url: str
    alt: str


def sellable(product_ids: Iterable[int], *, channel: SalesChannel) -> dict[int, Product]:
    """Those of the products that the channel sells now, by id: validated, published (a child with its parent)."""
    found = (
        Product.objects.filter(pk__in=list(product_ids), state=ProductState.VALIDATED)
        .exclude(kind=ProductKind.PARENT)
        .filter(
            Q(parent=None, publications__channel=channel)
            | Q(parent__publications__channel=channel, parent__state=ProductState.VALIDATED)
        )
        .select_related("parent", "type", "vat_rate")
    )
    return {product.pk: product for product in found}


def name_of(product: Product, language: str) -> Written:
    """How a product is called in a language; a child without a name of its own takes its parent's."""
    for named in (product, product.parent):
        if named is not None and (name := written(named.translations, language, "name", named.name)):
            return name
    return Written(product.sku, "")


def pictures(products: Iterable[Product]) -> dict[int, Picture]:
    """The first public picture of each product, its parent's where it has none; one query."""
    things = list(products)
    wanted = {pk for product in things for pk in (product.pk, product.parent_id) if pk}
    first: dict[int, Picture] = {}
    media = Media.objects.filter(product_id__in=wanted, kind=MediaKind.IMAGE, is_public=True)
    for picture in media.order_by("product_id", "position", "id"):
        first.setdefault(picture.product_id, Picture(_address(picture.location), picture.alt))
    found = {product.pk: first.get(product.pk) or first.get(product.parent_id or 0) for product in things}
    return {pk: picture for pk, picture in found.items() if picture}


def _address(location: str) -> str:
    if location.startswith(("https://", "http://", "/")):
        return location
    return f"{settings.MEDIA_URL}{location}"
