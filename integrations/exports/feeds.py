"""Shopping feeds: Google Merchant (products, local stock) and a CSV for aggregators.

Price, availability and address are asked of the very selectors that the page and the cart ask, at the same instant.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from altazion.lib.codes import is_gtin, is_internal
from altazion.lib.text import plain_text
from altazion.lib.written import written
from campaigns.selectors import EffectivePrice
from campaigns.selectors import prices as effective_prices
from catalog.enums import MediaKind, ProductKind
from catalog.models import Media, Product, ProductReference
from catalog.selectors.channel_text import speak_for
from catalog.selectors.tree import breadcrumbs
from integrations.exports.tables import batches, products
from integrations.exports.wishes import Refusal, Row, Wish
from integrations.models import FeedStop
from logistics.enums import Level
from logistics.selectors import availability
from logistics.selectors.availability import Availability
from stores.models import Store
from stores.ports import Target, address_book

GOOGLE = (
    *("id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price"),
    *("sale_price", "sale_price_effective_date", "brand", "gtin", "mpn", "identifier_exists", "condition"),
    *("item_group_id", "color", "size", "material", "product_type", "shipping_weight"),
)
LOCAL = ("store_code", "id", "quantity", "availability", "price", "sale_price", "pickup_method", "pickup_sla")
# Frozen: aggregators map these names once. A new column goes to the end; none is renamed or moved.
AGGREGATOR = (
    *("id", "sku", "parent_sku", "title", "description", "url", "image_url", "brand", "ean", "category"),
    *("price", "price_before_discount", "currency", "quantity", "available", "weight_g"),
)
HANDFUL = 500
MOST_PICTURES = 10
ID, TITLE, DESCRIPTION, LINK = 50, 150, 5000, 2000
_GTIN_TYPES = ("EAN13", "GTIN", "ISBN")
_SAID = {"color": ("couleur", "color", "colour"), "size": ("taille", "size"), "material": ("matiere", "material")}


@dataclass(frozen=True)
class Offer:
    """A product with everything a feed tells of it."""

    product: Product
    name: str
    text: str
    address: str
    pictures: list[str]
    price: EffectivePrice | None
    stock: Availability | None
    gtin: str
    shared: str
    trail: str
    stores: list[Store]

    @property
    def in_stock(self) -> bool:
        """Whether it can be delivered now."""
        return self.stock is not None and self.stock.delivery_level != Level.UNAVAILABLE


def google(wish: Wish) -> Iterator[Row | Refusal]:
    """The primary feed; what the rules keep out is told instead, with the reason."""
    for offer in offers(wish):
        yield refusal_of(offer) or _google_row(offer, wish.at)


def local(wish: Wish) -> Iterator[Row | Refusal]:
    """The local inventory feed: a row for each store that has it."""
    for offer in offers(wish, with_stores=True):
        if offer.price is None or offer.stock is None or refusal_of(offer):
            continue  # told by the primary feed
        full, sale = _prices(offer.price)
        for store in offer.stores:
            units = offer.stock.pickup.get(store.pk, 0)
            there = "in_stock" if units > 0 else "out_of_stock"
            pickup = ("buy", "same day") if store.offers_pickup else ("", "")
            yield (store.code, offer.product.sku, str(max(units, 0)), there, full, sale, *pickup)


def aggregator(wish: Wish) -> Iterator[Row | Refusal]:
    """Every sellable product with a price, for services like Lengow."""
    for offer in offers(wish):
        product, price = offer.product, offer.price
        if price is None or not offer.address:
            yield Refusal(product.sku, "price" if price is None else "url", "feed_missing", name=offer.name)
            continue
        units = max(offer.stock.delivery, 0) if offer.stock else 0
        yield (
            *(
                str(product.pk),
                product.sku,
                product.parent.sku if product.parent else "",
                offer.name,
                offer.text[:5000],
            ),
            *(offer.address, offer.pictures[0] if offer.pictures else "", _brand(product), offer.gtin, offer.trail),
            *(str(price.unit), str(price.base), price.currency, str(units), "1" if offer.in_stock else "0"),
            str(product.weight_g or (product.parent.weight_g if product.parent else "") or ""),
        )


def refusal_of(offer: Offer) -> Refusal | None:
    """Why Google would refuse this product; None when it fits."""
    product = offer.product
    needed = {
        "title": offer.name,
        "description": offer.text,
        "link": offer.address,
        "image_link": offer.pictures[0] if offer.pictures else "",
        "price": offer.price.unit if offer.price else "",
    }
    for field, value in needed.items():
        if not value:
            return Refusal(product.sku, field, "feed_missing", name=offer.name)
    if len(product.sku) > ID:
        return Refusal(product.sku, "id", "too_long", product.sku, offer.name)
    if len(offer.address) > LINK:
        return Refusal(product.sku, "link", "too_long", offer.address[:100], offer.name)
    if not offer.address.startswith(("https://", "http://")):
        return Refusal(product.sku, "link", "feed_no_origin", offer.address[:100], offer.name)
    if offer.price and offer.price.unit <= 0:
        return Refusal(product.sku, "price", "too_small", str(offer.price.unit), offer.name)
    return None


def offers(wish: Wish, *, with_stores: bool = False) -> Iterator[Offer]:
    """Everything that the channel sells, a handful at a time."""
    if wish.channel is None:
        return
    published = Q(publications__channel=wish.channel) | Q(parent__publications__channel=wish.channel)
    stopped = FeedStop.objects.filter(until=None).values("product")
    found = products(wish).filter(published).exclude(kind=ProductKind.PARENT).distinct()
    found = found.exclude(Q(pk__in=stopped) | Q(parent__in=stopped)).select_related("brand", "parent__brand")
    stores = list(Store.objects.filter(archived=False).order_by("code")) if with_stores else []
    shared = _shared_codes()
    for batch in batches(found.iterator(chunk_size=HANDFUL), HANDFUL):
        yield from _offers(batch, wish, stores, shared)


def _offers(batch: list[Product], wish: Wish, stores: list[Store], shared: set[str]) -> Iterator[Offer]:
    assert wish.channel is not None  # noqa: S101 - `offers` looked
    speak_for(batch, wish.channel)
    ids = [product.pk for product in batch]
    costs = effective_prices(ids, channel=wish.channel, at=wish.at)
    there = availability(ids, channel=wish.channel, at=wish.at, stores=stores)
    codes = _codes(ids)
    pictures = _pictures(batch, wish.origin)
    trails = breadcrumbs(batch)
    targets = {product.pk: Target("product", product.pk) for product in batch}
    paths = address_book().paths_of(targets.values(), wish.language)
    for product in batch:
        path, code = paths.get(targets[product.pk]), codes.get(product.pk, "")
        yield Offer(
            product=product,
            name=_said(product, "name", wish.language).strip(),
            text=plain_text(
                _said(product, "description", wish.language) or _said(product, "short_description", wish.language)
            ),
            address=f"{wish.origin}/{path}" if path else "",
            pictures=pictures.get(product.pk, []),
            price=costs.get(product.pk),
            stock=there.get(product.pk),
            gtin="" if code in shared else code,
            shared=code if code in shared else "",
            trail=" > ".join(
                written(segment.translations, wish.language, "name", segment.name)
                for segment in trails.get(product.pk, [])
            ),
            stores=stores,
        )


def _google_row(offer: Offer, at: dt.datetime) -> Row:
    product, parent = offer.product, offer.product.parent
    full, sale = _prices(offer.price) if offer.price else ("", "")
    brand = _brand(product)
    # a code that several variants share would be sent on several ids: brand and number of the maker name them instead
    mpn = "" if offer.gtin else product.sku if brand else ""
    return tuple(
        " ".join(value.split())
        for value in (
            product.sku,
            offer.name[:TITLE],
            offer.text[:DESCRIPTION],
            offer.address,
            offer.pictures[0],
            ",".join(offer.pictures[1 : 1 + MOST_PICTURES]),
            "in_stock" if offer.in_stock else "out_of_stock",
            full,
            sale,
            _during(offer, at) if sale else "",
            brand,
            offer.gtin,
            mpn,
            "" if offer.gtin or mpn else "no",
            "new",
            parent.sku if parent else "",
            _attribute(product, "color"),
            _attribute(product, "size"),
            _attribute(product, "material"),
            offer.trail,
            f"{product.weight_g} g" if product.weight_g else "",
        )
    )


def _prices(price: EffectivePrice) -> tuple[str, str]:
    """Price before reductions, and the reduced one if there is one, as Google writes them."""
    return f"{price.base} {price.currency}", f"{price.unit} {price.currency}" if price.is_reduced else ""


def _during(offer: Offer, at: dt.datetime) -> str:
    """From now to the price's end; nothing without an end: the reduced price then holds as long as the feed says it."""
    until = offer.price.until if offer.price else None
    return f"{at.isoformat(timespec='minutes')}/{until.isoformat(timespec='minutes')}" if until else ""


def _brand(product: Product) -> str:
    brand = product.brand or (product.parent.brand if product.parent else None)
    return brand.name if brand else ""


def _said(product: Product, field: str, language: str) -> str:
    """A text of a product in the feed's language, else in the main one; where it says nothing, its parent's."""
    for one in (product, product.parent):
        if one is not None and (said := written(one.translations, language, field, getattr(one, field))):
            return said
    return ""


def _attribute(product: Product, word: str) -> str:
    for code in _SAID[word]:
        value = product.attributes.get(code) or (product.parent.attributes.get(code) if product.parent else "")
        if value:
            return "/".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return ""


def _shared_codes() -> set[str]:
    """Codes that several products carry: children of one EAN."""
    rows = ProductReference.objects.filter(type__in=_GTIN_TYPES).values_list("value", "product").distinct()
    counted = Counter(value for value, _product in rows.iterator(chunk_size=5000))
    return {value for value, times in counted.items() if times > 1}


def _codes(ids: list[int]) -> dict[int, str]:
    rows = ProductReference.objects.filter(product__in=ids, type__in=_GTIN_TYPES).order_by("is_main", "-id")
    return {pk: code for pk, code in rows.values_list("product_id", "value") if is_gtin(code) and not is_internal(code)}


def _pictures(batch: list[Product], origin: str) -> dict[int, list[str]]:
    """Public pictures; a child without any shows its parent's."""
    holders = {product.pk for product in batch} | {product.parent_id for product in batch if product.parent_id}
    found: dict[int, list[str]] = defaultdict(list)
    for media in Media.objects.filter(product__in=holders, kind=MediaKind.IMAGE, is_public=True).order_by(
        "position", "id"
    ):
        found[media.product_id].append(media.url if "://" in media.url else f"{origin}{media.url}")
    return {product.pk: found.get(product.pk) or found.get(product.parent_id or 0, []) for product in batch}
