"""What a page tells search engines: title, description, the one address it has in each language, whether to keep it."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.text import Truncator

from altazion.lib.text import plain_text
from catalog.models import Brand, Product, Segment
from discovery.selectors import said_in
from storefront.selectors.addresses import language_prefix, thing_path
from stores import rules
from stores.models import Site
from stores.ports import Found

SHOWN = 155  # characters of a description that search engines show
OUT = "noindex, follow"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass
class Seo:
    """The head of a page. addresses: by language, from the host's first slash; robots "" leaves it to the engine."""

    title: str
    description: str
    addresses: dict[str, str]
    robots: str = ""
    kind: str = "website"
    image: str = ""
    price: Any = None
    structured: list[dict[str, Any]] = field(default_factory=list)


def of_segment(segment: Segment, site: Site, language: str, *, intro: str, page: int = 1, deep: bool = False) -> Seo:
    """The head of a segment's page; filtered and sorted views point at the plain one, deep ones stay out."""
    name = said_in(segment.translations, language, "name", segment.name)
    return Seo(
        title=_title(segment, site, language, "segment", name=name),
        description=_description(segment, language, intro, name),
        addresses=paged(thing_addresses("segment", segment), page),
        robots=OUT if deep else "",
        image=segment.banner or segment.image,
    )


def of_brand(brand: Brand, site: Site, language: str, *, page: int = 1, deep: bool = False) -> Seo:
    """The head of a brand's page."""
    name = said_in(brand.translations, language, "name", brand.name)
    intro = said_in(brand.translations, language, "intro", brand.intro)
    return Seo(
        title=_title(brand, site, language, "brand", name=name),
        description=_description(brand, language, intro, name),
        addresses=paged(thing_addresses("brand", brand), page),
        robots=OUT if deep else "",
        image=brand.banner or brand.image,
    )


def of_product(product: Product, site: Site, language: str, *, image: str = "", price: Any = None) -> Seo:
    """The head of a product's page, the same for all its variants."""
    name = said_in(product.translations, language, "name", product.name) or product.sku
    short = said_in(product.translations, language, "short_description", product.short_description)
    long = said_in(product.translations, language, "description", product.description)
    brand = product.brand
    maker = said_in(brand.translations, language, "name", brand.name) if brand else ""
    return Seo(
        title=_title(product, site, language, "product", name=name, brand=maker, sku=product.sku),
        description=_description(product, language, short or long, name),
        addresses=thing_addresses("product", product),
        kind="product",
        image=image,
        price=price,
    )


def of_page(title: str, path: str, *, description: str = "", structured: Any = None) -> Seo:
    """The head of one of the shop's own pages; path without the language's prefix."""
    return Seo(
        title=title,
        description=description or title,
        addresses={language: language_prefix(language) + path for language in LANGUAGES},
        structured=structured or [],
    )


def thing_addresses(kind: str, thing: Any) -> dict[str, str]:
    """Where a thing lives in each language."""
    return {language: language_prefix(language) + thing_path(kind, thing, language) for language in LANGUAGES}


def paged(addresses: dict[str, str], page: int) -> dict[str, str]:
    """Each page of a listing is a page of its own."""
    return {code: f"{address}?page={page}" for code, address in addresses.items()} if page > 1 else addresses


def found_as(kind: str, thing: Any, site: Site, language: str, origin: str = "") -> Found:
    """How a search engine may show a thing (for Office's preview)."""
    if kind == "product":
        head = of_product(thing, site, language)
    elif kind == "brand":
        head = of_brand(thing, site, language)
    else:
        head = of_segment(thing, site, language, intro=said_in(thing.translations, language, "intro", thing.intro))
    shown = origin or (f"https://{site.host}" if site.host != "*" else "")
    title = Truncator(head.title).chars(rules.SHOWN_TITLE)
    return Found(language, shown + head.addresses[language], title, Truncator(head.description).chars(SHOWN))


def _title(thing: Any, site: Site, language: str, kind: str, **facts: str) -> str:
    """Its own title, else the site's pattern for this kind of page filled with what is known."""
    if own := said_in(thing.translations, language, "meta_title", thing.meta_title):
        return own
    pattern = said_in(site.translations, language, f"{kind}_title", getattr(site, f"{kind}_title"))
    return rules.fill_title(pattern, {"site": site.name, **facts})


def _description(thing: Any, language: str, text: str, otherwise: str) -> str:
    own = said_in(thing.translations, language, "meta_description", thing.meta_description)
    return own or Truncator(plain_text(text) or otherwise).chars(SHOWN)
