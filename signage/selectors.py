"""What a screen shows (SIG-1): the products of its selection with the price and stock of its store, now."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from altazion.lib.money import display
from altazion.lib.problems import NotFound
from altazion.lib.written import written
from campaigns.selectors import EffectivePrice, prices
from catalog.enums import MediaKind, ProductState
from catalog.models import Media, Product
from catalog.selectors.channel_text import speak_for
from logistics.enums import Level
from logistics.selectors import Availability, availability
from signage.models import Screen

MOST = 60  # products on one screen


@dataclass(frozen=True)
class Slide:
    """One product on a screen; amounts include tax."""

    product_id: int
    sku: str
    name: str
    brand: str
    text: str
    image: str
    price: Decimal
    base: Decimal
    price_text: str
    base_text: str
    percent_off: int
    is_from: bool
    label: str
    level: Level
    stock_text: str

    @property
    def is_reduced(self) -> bool:
        return self.price < self.base


@dataclass(frozen=True)
class Show:
    """Everything a screen needs until it asks again. `until`: when a price may change."""

    screen: Screen
    slides: list[Slide]
    until: dt.datetime | None

    def at_position(self, position: int) -> Slide | None:
        """The slide whose turn it is; positions run round and round."""
        return self.slides[position % len(self.slides)] if self.slides else None


def screen_with(token: UUID) -> Screen:
    """The living screen behind a secret address. Raises NotFound."""
    screens = Screen.objects.select_related("store__zone", "channel", "selection")
    screen = screens.filter(token=token, active=True, store__archived=False).first()
    if screen is None:
        raise NotFound(_("No screen has this address."), code="no_screen")
    return screen


def show(screen: Screen, *, at: dt.datetime, language: str) -> Show:
    """The screen's products that are published and have a price, most relevant first.

    A constant number of queries.
    """
    products = list(
        Product.objects.filter(
            selection_items__selection=screen.selection_id if screen.selection.shown_at(at) else None,
            state=ProductState.VALIDATED,
            publications__channel=screen.channel_id,
        )
        .select_related("brand", "parent__brand")
        .order_by("-selection_items__relevance", "selection_items__pk")[:MOST]
    )
    speak_for(products, screen.channel)
    ids = [product.pk for product in products]
    known = prices(ids, channel=screen.channel, at=at, store=screen.store)
    stock = availability(ids, channel=screen.channel, at=at, stores=[screen.store])
    images = _images(products)
    slides = [
        _slide(product, known[product.pk], stock[product.pk], images.get(product.pk, ""), screen.store_id, language)
        for product in products
        if product.pk in known
    ]
    until = min((price.until for price in known.values() if price.until), default=None)
    return Show(screen, slides, until)


def _images(products: list[Product]) -> dict[int, str]:
    """The first public picture of each product, of its parent or of one of its variants."""
    ids = [product.pk for product in products]
    above = [product.parent_id for product in products if product.parent_id]
    pictures = Media.objects.filter(kind=MediaKind.IMAGE, is_public=True).order_by("-position", "-pk")
    own: dict[int, str] = dict(pictures.filter(product__in=[*ids, *above]).values_list("product_id", "location"))
    without = [pk for pk in ids if pk not in own]
    of_variants = pictures.filter(product__parent__in=without).values_list("product__parent", "location")
    below: dict[int | None, str] = dict(of_variants)
    found = {p.pk: own.get(p.pk) or own.get(p.parent_id or 0) or below.get(p.pk, "") for p in products}
    return {pk: _url(location) for pk, location in found.items() if location}


def _url(location: str) -> str:
    """An https address as it is, a path below the media folder under its address; nothing else."""
    if location.startswith("https://"):
        return location
    return "" if "://" in location or location.startswith("/") else default_storage.url(location)


def _slide(
    product: Product, price: EffectivePrice, stock: Availability, image: str, store_id: int, language: str
) -> Slide:
    brand = product.brand or (product.parent.brand if product.parent else None)
    here = stock.pickup.get(store_id, 0)
    level = stock.level_at(store_id)
    return Slide(
        product_id=product.pk,
        sku=product.sku,
        name=_word(product, "name", language) or product.sku,
        brand=written(brand.translations, language, "name", brand.name) if brand else "",
        text=_word(product, "short_description", language),
        image=image,
        price=price.unit,
        base=price.base,
        price_text=display(price.unit, price.currency),
        base_text=display(price.base, price.currency) if price.is_reduced else "",
        percent_off=price.percent_off,
        is_from=price.is_from,
        label=price.label,
        level=level,
        stock_text=_stock_text(level, here, stock.delivery),
    )


def _word(product: Product, name: str, language: str) -> str:
    """A text of the product in a language, else its own, else its parent's."""
    for one in (product, product.parent):
        if one is not None and (found := one.translations.get(language, {}).get(name) or getattr(one, name)):
            return str(found)
    return ""


def _stock_text(level: Level, here: int, delivery: int) -> str:
    if level == Level.AVAILABLE:
        return _("In stock in this store")
    if level == Level.LAST_PIECES:
        return ngettext("Only %(n)d left in this store", "Only %(n)d left in this store", here) % {"n": here}
    return _("Can be ordered at the counter") if delivery > 0 else _("Sold out for now")
