"""What a product's page says (COM-2): what it is from the catalogue, price and stock live from their evaluators."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Q

from altazion.lib.codes import is_internal
from altazion.lib.written import Written
from campaigns.selectors import EffectivePrice, prices
from catalog.enums import MediaKind, ProductKind, ProductState, ReferenceType
from catalog.models import Media, Product, ProductReference
from catalog.selectors import breadcrumbs
from catalog.selectors.channel_text import speak_for
from catalog.selectors.labels import ShownLabel, labels_of
from catalog.selectors.trade import trade_facts
from discovery.models import IndexEntry
from discovery.selectors import SegmentEntry, said_in, segment_entry, told_in
from logistics.enums import Level
from logistics.selectors import Availability, DeliveryOption, availability, delivery_options
from storefront.enums import PRODUCT_LAYOUTS, STANDARD
from storefront.selectors.beside import Associated, Beside, associated_with, beside
from storefront.selectors.facts import Group, Question, attribute_groups, questions_of, used_attributes
from storefront.selectors.inside import Inside, inside_of
from storefront.selectors.shop import Shop
from stores.models import Store

KEEP_SECONDS = 600


@dataclass(frozen=True)
class Facts:
    """What the catalogue says, the same for every visitor until the index changes."""

    listing: Product
    children: list[Product]
    media: list[Media]
    trail: list[SegmentEntry]
    attributes: list[Any]
    gtins: dict[int, str]
    inside: list[Inside]
    associated: list[Associated]
    template: str


@dataclass(frozen=True)
class StoreLine:
    """A store and what it holds of the chosen product."""

    store: Store
    level: Level
    quantity: int


@dataclass(frozen=True)
class ProductPage:
    """chosen: the sellable product that the address names (or the first available child); own_name: that of a variant.

    brand: its name.
    """

    listing: Product
    chosen: Product
    name: str
    name_language: str
    own_name: Written
    brand: Written
    description: str
    description_language: str
    short_description: str
    short_language: str
    images: list[Media]
    videos: list[Media]
    documents: list[Media]
    trail: list[SegmentEntry]
    questions: list[Question]
    groups: list[Group]
    labels: list[ShownLabel]
    price: EffectivePrice | None
    stock: Availability | None
    stores: list[StoreLine]
    deliveries: list[DeliveryOption]
    sellable: list[Product]
    costs: dict[int, EffectivePrice]
    stocks: dict[int, Availability]
    gtins: dict[int, str]
    varies_by: list[str]
    inside: list[Inside]
    beside: list[Beside]
    trade: dict[str, Any]
    template: str

    @property
    def layout(self) -> str:
        """The template of the page: the product's own, else its type's, if the shop has it."""
        wanted = self.listing.page_layout or self.listing.type.page_layout
        return wanted if wanted in PRODUCT_LAYOUTS else STANDARD

    @property
    def level(self) -> Level:
        """How available it is for delivery."""
        return self.stock.delivery_level if self.stock else Level.UNAVAILABLE

    @property
    def can_be_bought(self) -> bool:
        """True if it has a price, and units somewhere."""
        anywhere = self.level != Level.UNAVAILABLE or any(line.quantity > 0 for line in self.stores)
        return self.price is not None and anywhere

    @property
    def most(self) -> int:
        """How many may be asked for at once."""
        allowed = self.stock.most if self.stock and self.stock.most else 99
        there = [self.stock.delivery if self.stock else 0, *(line.quantity for line in self.stores)]
        return max(1, min(99, allowed, max(there)))


def product_page(pk: int, *, shop: Shop, at: dt.datetime, variant: str = "") -> ProductPage | None:
    """The page of a simple product or a parent; None if this channel does not sell it (now).

    The catalogue's part is kept per version of the index; what changes by the minute is asked: about ten queries.
    """
    facts = _kept_facts(pk, shop)
    if facts is None:
        return None
    sellable = facts.children or [facts.listing]
    stores = shop.pickup_stores
    stock = availability([one.pk for one in sellable], channel=shop.channel, at=at, stores=stores)
    chosen = _choose(sellable, variant, stock, shop.store)
    costs = prices([one.pk for one in sellable], channel=shop.channel, at=at)
    price, of_chosen = costs.get(chosen.pk), stock.get(chosen.pk)
    listing, brand = facts.listing, facts.listing.brand
    name, name_language = told_in(listing.translations, shop.language, "name", listing.name)
    long, long_language = told_in(listing.translations, shop.language, "description", listing.description)
    short, short_language = told_in(listing.translations, shop.language, "short_description", listing.short_description)
    reduced = [chosen.pk] if price and price.is_reduced and not price.label else []  # as on tiles
    labels = labels_of([chosen.pk], channel=shop.channel, at=at, language=shop.language, reduced=reduced).get(
        chosen.pk, []
    )
    media = [m for m in facts.media if m.product_id == chosen.pk] + [
        m for m in facts.media if m.product_id == listing.pk and chosen.pk != listing.pk
    ]
    return ProductPage(
        listing=listing,
        chosen=chosen,
        name=name,
        name_language=name_language,
        own_name=said_in(chosen.translations, shop.language, "name", chosen.name),
        brand=said_in(brand.translations, shop.language, "name", brand.name) if brand else Written("", ""),
        description=long,
        description_language=long_language,
        short_description=short,
        short_language=short_language,
        images=[m for m in media if m.kind == MediaKind.IMAGE],
        videos=[m for m in media if m.kind == MediaKind.VIDEO],
        documents=[m for m in media if m.kind == MediaKind.DOCUMENT],
        trail=facts.trail,
        questions=questions_of(facts.attributes, facts.children, chosen, stock, shop.language),
        groups=attribute_groups(facts.attributes, {**listing.attributes, **chosen.attributes}, shop.language),
        labels=labels,
        price=price,
        stock=of_chosen,
        stores=_store_lines(stores, of_chosen, shop.store),
        deliveries=_promises(chosen, price, shop, at),
        sellable=sellable,
        costs=costs,
        stocks=stock,
        gtins=facts.gtins,
        varies_by=[attribute.code for attribute in facts.attributes if attribute.is_differentiating],
        inside=facts.inside,
        trade=trade_facts(chosen, listing),
        template=facts.template,
        beside=beside(facts.associated, {listing.pk, chosen.pk}, shop=shop, at=at),
    )


def parent_of(pk: int) -> Product | None:
    """The parent of a child: its page shows the child."""
    child = Product.objects.filter(pk=pk, kind=ProductKind.CHILD).select_related("parent").first()
    return child.parent if child else None


def _kept_facts(pk: int, shop: Shop) -> Facts | None:
    key = f"product:{shop.index_version}:{shop.language}:{pk}"
    kept: Facts | None = cache.get(key)
    if kept is None and (kept := _facts(pk, shop)) is not None:
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def _facts(pk: int, shop: Shop) -> Facts | None:
    entries = IndexEntry.objects.filter(Q(listing=pk) | Q(product__parent=pk), channel=shop.channel)
    sold = set(entries.values_list("product_id", flat=True))
    found = Product.objects.filter(pk=pk, state=ProductState.VALIDATED, parent=None)
    listing = found.select_related("brand", "type").first()
    if not sold or listing is None:
        return None
    children = list(Product.objects.filter(pk__in=sold - {pk}).order_by("id"))
    told = speak_for([listing, *children], shop.channel).get(pk)
    media = list(
        Media.objects.filter(product__in=[pk, *sold], is_public=True)
        .select_related("document_kind")
        .order_by("position", "id")
    )
    trail = [segment_entry(segment, shop.language) for segment in breadcrumbs([listing]).get(pk, [])]
    attributes = used_attributes([listing, *children])
    said = associated_with(pk, sold, shop.language)
    return Facts(
        listing,
        children,
        media,
        trail,
        attributes,
        _gtins([pk, *sold]),
        inside_of(listing, shop),
        said,
        told.template if told else "",
    )


def _gtins(ids: list[int]) -> dict[int, str]:
    """The trade's code of each product that has one; a shared one, or one of the shop's own, stands for none."""
    kinds = (ReferenceType.EAN13, ReferenceType.GTIN, ReferenceType.ISBN)
    rows = ProductReference.objects.filter(product__in=ids, type__in=kinds).order_by("is_main", "-id")
    found = dict(rows.values_list("product_id", "value"))
    return {pk: code for pk, code in found.items() if list(found.values()).count(code) == 1 and not is_internal(code)}


def _choose(sellable: list[Product], variant: str, stock: dict[int, Availability], store: Store | None) -> Product:
    """The one named; else the first that is there, in the reference store before elsewhere; else the first."""
    named = next((one for one in sellable if one.sku == variant), None)
    if named:
        return named

    def nearness(one: Product) -> tuple[bool, bool]:
        there = stock.get(one.pk)
        if there is None:
            return (True, True)
        not_here = store is not None and there.pickup.get(store.pk, 0) <= 0
        return (not_here, there.level == Level.UNAVAILABLE)

    return min(sellable, key=nearness)


def _store_lines(stores: list[Store], stock: Availability | None, own: Store | None) -> list[StoreLine]:
    """One's own store first, then those that can serve, fullest first."""
    if stock is None:
        return []
    lines = [StoreLine(store, stock.level_at(store.pk), stock.pickup.get(store.pk, 0)) for store in stores]
    mine = own.pk if own else None
    return sorted(lines, key=lambda e: (e.store.pk != mine, e.quantity <= 0, -e.quantity, e.store.name))


def _promises(chosen: Product, price: EffectivePrice | None, shop: Shop, at: dt.datetime) -> list[DeliveryOption]:
    """How one piece can be brought, cheapest first, pickup aside."""
    if price is None:
        return []
    options = delivery_options([(chosen.pk, 1)], channel=shop.channel, at=at, value=price.unit)
    return sorted((option for option in options if option.ok), key=lambda option: (option.fee, option.to_date))
