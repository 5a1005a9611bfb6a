"""What the product list of Office shows beside each product, fetched for a whole page at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from catalog.enums import MediaKind, ProductKind
from catalog.models import BasePrice, Media, Product, ProductSegment, Publication
from catalog.selectors.completeness import percents
from logbook.models import Event


@dataclass
class Row:
    """The rest of a line: picture address, primary segment, channels, price with tax ("from" for parents), stock.

    complete: the lowest percentage over channels and languages, None while nobody judged it. own: its own price for
    everybody, None when it has none; own_source: the flow that feeds it.
    """

    image: str = ""
    segment: str = ""
    channels: list[str] = field(default_factory=list)
    price: Decimal | None = None
    is_from: bool = False
    stock: int | None = None
    complete: int | None = None
    own: Decimal | None = None
    own_source: str = ""


def rows(products: Sequence[Product]) -> dict[int, Row]:
    """Lines for products; variants take picture, segment, channels and price of their parent. Seven queries."""
    family = {product.pk: product.parent_id for product in products}
    variants = dict(Product.objects.filter(parent__in=family).values_list("pk", "parent_id"))
    ids = {*family, *(pk for pk in family.values() if pk)}
    near = family | variants | dict.fromkeys(ids - family.keys())
    images = _images(near)
    segments = dict(
        ProductSegment.objects.filter(product__in=ids, is_primary=True).values_list("product_id", "segment__name")
    )
    channels: dict[int, list[str]] = {}
    for pk, name in Publication.objects.filter(product__in=ids).values_list("product_id", "channel__name"):
        channels.setdefault(pk, []).append(name)
    prices, lowest, sources = _prices(near)
    stock = _stock(near)
    complete = percents(family)
    found = {}
    for pk, parent in family.items():
        found[pk] = Row(
            image=images.get(pk) or images.get(parent or 0, ""),
            segment=segments.get(pk) or segments.get(parent or 0, ""),
            channels=sorted(channels.get(parent or pk, [])),
            price=prices.get(pk) or lowest.get(pk) or prices.get(parent or 0),
            is_from=pk not in prices and pk in lowest,
            stock=stock.get(pk),
            complete=complete.get(pk),
            own=prices.get(pk),
            own_source=sources.get(pk, ""),
        )
    return found


def events_of(product: Product, most: int = 50) -> list[Event]:
    """The last events of a product, latest first. One query."""
    return list(Event.objects.filter(subject_kind="product", subject_id=str(product.pk)).order_by("-id")[:most])


def _images(near: dict[int, int | None]) -> dict[int, str]:
    pictures = Media.objects.filter(product__in=near, kind=MediaKind.IMAGE).order_by("position", "id")
    found: dict[int, str] = {}
    borrowed: dict[int, str] = {}
    for one in pictures:
        found.setdefault(one.product_id, one.url)
        if parent := near[one.product_id]:
            borrowed.setdefault(parent, one.url)
    return borrowed | found


def _prices(near: dict[int, int | None]) -> tuple[dict[int, Decimal], dict[int, Decimal], dict[int, str]]:
    base = BasePrice.objects.filter(channel=None, store=None, grid="", product__in=near)
    own: dict[int, Decimal] = {}
    lowest: dict[int, Decimal] = {}
    sources: dict[int, str] = {}
    for pk, amount, source in base.values_list("product_id", "amount", "source"):
        own[pk], sources[pk] = amount, source
        if parent := near[pk]:
            lowest[parent] = min(amount, lowest.get(parent, amount))
    return own, lowest, sources


def _stock(near: dict[int, int | None]) -> dict[int, int]:
    units = Sum(F("balances__physical") - F("balances__reserved"))
    counted = Product.objects.filter(pk__in=near, balances__isnull=False).values_list("pk").annotate(units=units)
    totals: dict[int, int] = {}
    for pk, free in counted.order_by():
        for holder in filter(None, (pk, near[pk])):
            totals[holder] = totals.get(holder, 0) + free
    return totals


def in_segment(products: QuerySet[Product], segment_id: int) -> QuerySet[Product]:
    """Products that stand in a segment or below it."""
    below = ProductSegment.objects.filter(segment__path__contains=[segment_id]).values("product")
    return products.filter(pk__in=below)


def in_no_segment(products: QuerySet[Product]) -> QuerySet[Product]:
    """Products that shoppers cannot find by browsing; variants stand where their parent does."""
    return products.filter(~Exists(ProductSegment.objects.filter(product=OuterRef("pk")))).exclude(
        kind=ProductKind.CHILD
    )


def published_nowhere(products: QuerySet[Product]) -> QuerySet[Product]:
    """Products on no channel."""
    return products.filter(~Exists(Publication.objects.filter(product=OuterRef("pk")))).exclude(kind=ProductKind.CHILD)
