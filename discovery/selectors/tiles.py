"""Products as listings, selections and screens show them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from campaigns.selectors import EffectivePrice, prices
from catalog.enums import MediaKind, ProductState
from catalog.models import ChannelText, Media, Product
from catalog.selectors import word_of
from catalog.selectors.channel_text import put_words
from discovery.models import IndexEntry
from discovery.selectors.navigation import said_in
from logistics.enums import Level
from logistics.selectors import Availability, availability
from stores.models import SalesChannel, Store


@dataclass(frozen=True)
class Tile:
    """A product before one opens its page. Prices include tax; a parent costs "from" its cheapest child."""

    id: int
    sku: str
    slug: str
    name: str
    brand: str
    image: str
    alt: str
    variants: int
    price: EffectivePrice | None
    availability: Availability | None
    store: Store | None
    parent: int | None = None

    @property
    def page(self) -> int:
        """The product on whose page it stands."""
        return self.parent or self.id

    @property
    def variant(self) -> str:
        """The SKU that the page is to show, for a variant with a tile of its own."""
        return self.sku if self.parent else ""

    @property
    def is_from(self) -> bool:
        """True if the price is that of the cheapest of several variants."""
        return self.variants > 1

    @property
    def online(self) -> Level:
        """How available it is for delivery."""
        return self.availability.delivery_level if self.availability else Level.UNAVAILABLE

    @property
    def in_store(self) -> Level | None:
        """How available it is in the reference store, if one is chosen."""
        if self.store is None or self.availability is None:
            return None
        return self.availability.level_at(self.store.pk)


def tiles(
    product_ids: Iterable[int], *, channel: SalesChannel, at: dt.datetime, language: str, store: Store | None = None
) -> list[Tile]:
    """The tiles of products (simple or parents) in the order asked; those the channel does not sell are left out.

    Six queries whatever their number.
    """
    asked = list(dict.fromkeys(product_ids))
    if not asked:
        return []
    found = {product.pk: product for product in _products(asked, channel)}
    costs = prices(found, channel=channel, at=at)
    stock = availability(found, channel=channel, at=at, stores=[store] if store else [])
    return [_tile(found[pk], costs[pk], stock.get(pk), language, store) for pk in asked if pk in found and pk in costs]


def _products(asked: list[int], channel: SalesChannel) -> Iterable[Product]:
    pictures = Media.objects.filter(kind=MediaKind.IMAGE, is_public=True).order_by("position", "id")
    own = pictures.filter(product=OuterRef("pk"))
    above = pictures.filter(product=OuterRef("parent"))
    of_child = pictures.filter(product__parent=OuterRef("pk"), product__state=ProductState.VALIDATED)
    return (
        Product.objects.filter(pk__in=asked)
        .filter(Exists(IndexEntry.objects.filter(channel=channel, listing=OuterRef("pk"))))
        .annotate(
            picture=Coalesce(*(Subquery(some.values("location")[:1]) for some in (own, of_child, above))),
            picture_alt=Coalesce(*(Subquery(some.values("alt")[:1]) for some in (own, of_child, above))),
            brand_name=Coalesce(F("brand__name"), F("parent__brand__name")),
            told=_told("pk", channel),
            told_above=_told("parent", channel),
            variants=Count("children", filter=Q(children__state=ProductState.VALIDATED)),
        )
        .select_related("parent")
        .only("id", "sku", "slug", "name", "translations", "parent__name", "parent__slug", "parent__translations")
    )


def _told(which: str, channel: SalesChannel) -> Subquery:
    """The channel's words for a product, as one JSON object."""
    words = ChannelText.objects.filter(product=OuterRef(which), channel=channel)
    return Subquery(words.values(said=JSONObject(name="name", slug="slug", translations="translations"))[:1])


def _speak(product: Product | None, told: dict[str, Any] | None) -> None:
    if product is not None and told:
        put_words(product, {word: told[word] for word in ("name", "slug")}, told["translations"])


def _tile(
    product: Product, price: EffectivePrice, stock: Availability | None, language: str, store: Store | None
) -> Tile:
    extra = product.__dict__  # annotations
    _speak(product, extra["told"])
    _speak(product.parent, extra["told_above"])
    named = product.parent if product.parent and not product.name else product
    name = said_in(named.translations, language, "name", named.name)
    return Tile(
        id=product.pk,
        sku=product.sku,
        slug=word_of(product.parent or product, language),
        name=name,
        brand=extra["brand_name"] or "",
        image=extra["picture"] or "",
        alt=extra["picture_alt"] or "",
        variants=extra["variants"],
        price=price,
        availability=stock,
        store=store,
        parent=product.parent_id,
    )
