"""The shop's addresses as things: what lives at one, where a thing lives, what stands at the place of what is gone."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import override

from altazion.lib.text import slug as make_slug
from campaigns.models import LandingPage, PageAddress
from campaigns.selectors.pages import words_in
from catalog import selectors as catalog
from catalog.enums import ProductKind, ProductState, SegmentKind
from catalog.models import Brand, Product, Segment
from catalog.rules import ADDRESSES
from discovery.selectors import SegmentEntry, said_in, segment_entry
from stores.models import SalesChannel, Site
from stores.ports import Found, Target
from stores.selectors import led_by

_PRODUCT = re.compile(r"^p/[-\w]*-(\d{1,15})$")
MODELS: dict[str, Any] = {"segment": Segment, "brand": Brand, "product": Product}
THINGS = {
    "segment",
    "brand",
    "product",
    "landing",
}  # views of things that come and go; the shop's other pages are always there


@dataclass(frozen=True)
class Gone:
    """Something that had a page and has none any more: its name, where it stood, its brand's page."""

    name: str
    trail: list[SegmentEntry]
    brand: Brand | None = None


class ShopAddresses:
    """The `AddressBook` of the shop."""

    def target_at(self, path: str, language: str) -> Target | None:
        """What lives at a path now."""
        kind, thing = _thing_at(path, language)
        if thing is not None:
            return Target(kind, thing.pk) if _lives(kind, thing) else None
        return Target("path", path=path or "/") if self.serves(path) else None

    def paths_of(self, targets: Iterable[Target], language: str) -> dict[Target, str | None]:
        """Where things live now, with the slash that ends it."""
        asked = set(targets)
        found: dict[Target, str | None] = dict.fromkeys(asked)
        found |= {one: f"{one.path.strip('/')}/".lstrip("/") for one in asked if one.kind == "path"}
        for kind, model in MODELS.items():
            rows = {one.id: one for one in asked if one.kind == kind}
            things = model.objects.filter(pk__in=rows)
            for thing in things.select_related("parent") if kind == "product" else things:
                if _lives(kind, thing):
                    found[rows[thing.pk]] = thing_path(kind, thing, language)
        pages = {one.id: one for one in asked if one.kind == "page" and one.id}
        found |= {pages[pk]: f"l/{word}/" for pk, word in words_in(language, of_pages=pages).items()}
        return found

    def found_as(self, target: Target) -> list[Found]:
        """How search engines may show a thing, on the first site, language by language."""
        from storefront.selectors.seo import found_as  # that one asks here for addresses

        site = Site.objects.select_related("channel").order_by("pk").first()
        thing = MODELS[target.kind].objects.filter(pk=target.id).first() if target.kind in MODELS else None
        if site is None or thing is None:
            return []
        return [found_as(target.kind, thing, site, language) for language in catalog.LANGUAGES]

    def serves(self, path: str) -> bool:
        """True for the shop's own pages, things apart."""
        view = _view_at(path)
        return view.startswith("storefront:") and view.partition(":")[2] not in THINGS


def thing_path(kind: str, thing: Any, language: str) -> str:
    """The path of a segment, brand or product, without the language's prefix and the first slash."""
    if kind == "product":
        return product_path(thing, language)
    return f"{ADDRESSES[kind] % catalog.word_of(thing, language)}/"


def product_path(product: Product, language: str, sku: str = "") -> str:
    """The path of a product's page; a child's is its parent's, with the child named."""
    if product.kind == ProductKind.CHILD and product.parent:
        return product_path(product.parent, language, product.sku)
    return f"p/{product_word(product, language)}-{product.pk}/" + (f"?variant={sku}" if sku else "")


def product_word(product: Product, language: str) -> str:
    """The word of a product in its address; the number behind it finds the product whatever the word."""
    return make_slug(catalog.word_of(product, language) or "produit", 120)


def language_prefix(language: str) -> str:
    """What stands before every path of a language: "/" or "/en/"."""
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def led_to(path: str, *, language: str, channel: SalesChannel) -> str | None:
    """The address, from the host's first slash, that an old one leads to; None when it leads nowhere (any more)."""
    target = led_by(path, language=language, channel=channel)
    found = ShopAddresses().paths_of([target], language)[target] if target else None
    return None if found is None else language_prefix(language) + found


def gone_at(path: str, *, language: str) -> Gone | None:
    """What stood at a path and is archived, so that the page can say so and show the way on."""
    kind, thing = _thing_at(path.strip("/"), language)
    if kind == "page" or thing is None or (_lives(kind, thing) and kind != "product"):
        return None
    name = said_in(thing.translations, language, "name", thing.name)
    if kind == "product":
        if thing.state != ProductState.ARCHIVED:
            return None
        return Gone(name or thing.sku, _trail_of(thing, language), _living_brand(thing.brand))
    if kind == "segment":
        above = Segment.objects.in_bulk(thing.path[:-1])
        return Gone(name, [segment_entry(above[pk], language) for pk in thing.path if pk in above and _open(above[pk])])
    return Gone(name, [])


def _trail_of(product: Product, language: str) -> list[SegmentEntry]:
    segments = catalog.breadcrumbs([product]).get(product.pk, [])
    return [segment_entry(segment, language) for segment in segments if _open(segment)]


def _living_brand(brand: Brand | None) -> Brand | None:
    return brand if brand and not brand.archived else None


def _open(segment: Segment) -> bool:
    return not segment.archived and segment.kind == SegmentKind.LISTED


_LIVES: dict[str, Callable[[Any], bool]] = {
    "segment": _open,
    "brand": lambda brand: not brand.archived,
    "product": lambda product: product.state == ProductState.VALIDATED,
    "page": lambda page: page.published and not page.archived,
}


def _lives(kind: str, thing: Any) -> bool:
    return _LIVES[kind](thing)


def _thing_at(path: str, language: str) -> tuple[str, Any]:
    """The thing whose address this is or was, archived ones too."""
    start, _slash, word = path.partition("/")
    if start == "s":
        return "segment", catalog.named_so(Segment, word, language)
    if start == "b":
        return "brand", catalog.named_so(Brand, word, language)
    if start == "l":
        return "page", _page_at(word, language)
    if match := _PRODUCT.match(path):
        found = Product.objects.filter(pk=int(match[1])).select_related("parent", "brand").first()
        return "product", found
    return "", None


def _page_at(word: str, language: str) -> LandingPage | None:
    """The landing page that bears a word now, on whatever channel."""
    current = PageAddress.objects.filter(language=language, word=word, is_current=True, page__archived=False)
    found = current.select_related("page").order_by("page_id").first()
    return found.page if found else None


def _view_at(path: str) -> str:
    with override(settings.LANGUAGE_CODE):
        try:
            return resolve(f"/{path}/" if path else "/").view_name or ""
        except Resolver404:
            return ""
