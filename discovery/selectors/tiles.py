"""Products as listings, selections and screens show them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from campaigns.selectors import EffectivePrice, prices
from catalog.selectors import word_of
from catalog.selectors.labels import ShownLabel, labels_of, on_tile
from discovery.selectors.navigation import said_in, told_in
from discovery.selectors.shown import Shown, shown
from logistics.enums import Level
from logistics.selectors import Availability, availability
from stores.models import SalesChannel, Store

KEPT_SECONDS = 60


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
    labels: tuple[ShownLabel, ...] = ()
    copies: list[list[Any]] = field(default_factory=list)
    language: str = ""  # of the name, which is not the page's where nobody translated it

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
    product_ids: Iterable[int],
    *,
    channel: SalesChannel,
    at: dt.datetime,
    language: str,
    store: Store | None = None,
    version: str = "",
) -> list[Tile]:
    """The tiles of products (simple or parents) in the order asked; those the channel does not sell are left out.

    Names and pictures are kept for a `version` of the index, a minute at most; prices, stock and labels are asked at
    `at`. Five queries whatever their number, four when the process knows the products.
    """
    asked = list(dict.fromkeys(product_ids))
    if not asked:
        return []
    found = shown(
        asked, channel_id=channel.pk, kept_for=f"{version}:{at.timestamp() // KEPT_SECONDS}" if version else ""
    )
    costs = prices(found, channel=channel, at=at)
    stock = availability(found, channel=channel, at=at, stores=[store] if store else [])
    # a campaign that names its price is not named again by the label for reduced prices
    reduced = [pk for pk, price in costs.items() if price.is_reduced and not price.label]
    labels = labels_of(found, channel=channel, at=at, language=language, reduced=reduced)
    return [
        _tile(found[pk], costs[pk], stock.get(pk), language, store, on_tile(labels.get(pk, [])))
        for pk in asked
        if pk in found and pk in costs
    ]


def _tile(
    product: Shown,
    price: EffectivePrice,
    stock: Availability | None,
    language: str,
    store: Store | None,
    labels: list[ShownLabel],
) -> Tile:
    named = product.parent if product.parent and not product.name else product
    name, written_in = told_in(named.translations, language, "name", named.name)
    return Tile(
        id=product.pk,
        sku=product.sku,
        slug=word_of(product.parent or product, language),
        name=name,
        brand=said_in(product.brand.translations, language, "name", product.brand.name),
        image=product.picture,
        alt=product.alt,
        variants=product.variants,
        price=price,
        availability=stock,
        store=store,
        parent=product.parent_id,
        labels=tuple(labels),
        copies=product.copies,
        language=written_in,
    )
