"""What the product list of Office shows beside each product, fetched for a whole page at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from altazion.lib.money import cents
from catalog.enums import MediaKind, ProductKind
from catalog.models import BasePrice, Media, Product, ProductSegment, Publication
from catalog.selectors.bundles import parts_of
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
    """Lines for products; variants take picture, segment, channels and price of their parent. Seven queries, three
    more where bundles are among them: they cost and are in stock as what lies in them says."""
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
    _of_bundles([product for product in products if product.kind == ProductKind.BUNDLE], prices, stock)
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
            own=prices.get(pk) if pk in sources else None,
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


def _of_bundles(bundles: Sequence[Product], prices: dict[int, Decimal], stock: dict[int, int]) -> None:
    """Fill in what bundles cost by their percentage, and how often they can be put together."""
    parts = parts_of([bundle.pk for bundle in bundles]) if bundles else {}
    if not parts:
        return
    inside = {part.component for found in parts.values() for part in found}
    parents = dict(Product.objects.filter(pk__in=inside).values_list("pk", "parent_id"))
    costs, _lowest, _sources = _prices(parents | dict.fromkeys(filter(None, parents.values())))
    units = _stock(dict.fromkeys(inside))
    for pk, found in parts.items():
        stock[pk] = min(max(0, units.get(part.component, 0)) // part.quantity for part in found)
        percent = found[0].percent
        if percent is None:
            continue
        each = [(costs.get(part.component, costs.get(parents[part.component] or 0)), part.quantity) for part in found]
        prices.pop(pk, None)
        if all(cost is not None for cost, _quantity in each):
            total = sum((cost * quantity for cost, quantity in each if cost is not None), Decimal(0))
            prices[pk] = cents(total * (1 - percent / 100))


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
