"""What machines read of a page (schema.org), taken from the very facts that the page shows.

A price or an availability that differs from the visible one gets a shop thrown out of comparison services: so nothing
is worked out here, and a variant's offer is what its own address shows.
"""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from altazion.lib.text import plain_text
from campaigns.selectors import EffectivePrice
from catalog.models import Product
from discovery.selectors import said_in
from logistics.enums import Level
from logistics.selectors import Availability, DeliveryOption
from storefront.selectors.addresses import language_prefix, product_path
from storefront.selectors.product import ProductPage
from stores import rules
from stores.models import Site, Store

Facts = dict[str, Any]
SCHEMA = "https://schema.org"
MOST_VARIANTS = 100
VARIES_BY = {"colour": "color", "couleur": "color", "color": "color", "taille": "size", "size": "size"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def of_product(page: ProductPage, *, site: Site, language: str, origin: str, images: Iterable[str] = ()) -> Facts:
    """A product, or a group with its variants; the chosen one always among them."""
    address = origin + language_prefix(language) + product_path(page.listing, language)
    common: Facts = {"name": page.name or page.listing.sku, "url": address}
    if page.brand:
        common["brand"] = {"@type": "Brand", "name": page.brand}
    if text := plain_text(page.description or page.short_description):
        common["description"] = text[:5000]
    if pictures := list(images):
        common["image"] = pictures
    if page.chosen == page.listing:
        return {
            **_head("Product"),
            **common,
            **_identity(page, page.listing),
            **_offer_of(page, page.chosen, site, address),
        }
    others = [one for one in page.sellable if one.pk != page.chosen.pk]
    variants = [
        _variant(
            page,
            one,
            site,
            origin + language_prefix(language) + product_path(page.listing, language, one.sku),
            language,
        )
        for one in [page.chosen, *others[: MOST_VARIANTS - 1]]
    ]
    varies = [VARIES_BY[code] for code in page.varies_by if code in VARIES_BY]
    group = {**_head("ProductGroup"), **common, "productGroupID": page.listing.sku, "hasVariant": variants}
    return {**group, "variesBy": [f"{SCHEMA}/{word}" for word in varies]} if varies else group


def _variant(page: ProductPage, product: Product, site: Site, address: str, language: str) -> Facts:
    name = said_in(product.translations, language, "name", product.name) or page.name
    facts: Facts = {"@type": "Product", "name": name, "url": address, **_identity(page, product)}
    return {**facts, **_offer_of(page, product, site, address)}


def _identity(page: ProductPage, product: Product) -> Facts:
    facts: Facts = {"sku": product.sku}
    if code := page.gtins.get(product.pk):
        facts["gtin"] = code
    return facts


def _offer_of(page: ProductPage, product: Product, site: Site, address: str) -> Facts:
    price = page.costs.get(product.pk)
    if price is None:
        return {}
    offer: Facts = {
        "@type": "Offer",
        "url": address,
        "price": str(price.unit),
        "priceCurrency": price.currency,
        "availability": f"{SCHEMA}/{availability_word(page.stocks.get(product.pk))}",
        "itemCondition": f"{SCHEMA}/NewCondition",
        "seller": {"@type": "Organization", "name": site.legal_name or site.name},
    }
    if price.until:
        offer["priceValidUntil"] = price.until.astimezone(ZoneInfo(site.channel.time_zone)).date().isoformat()
    if price.is_reduced:
        offer["priceSpecification"] = [_specification(price)]
    if product == page.chosen and page.deliveries:
        offer["shippingDetails"] = [_shipping(option, price) for option in page.deliveries]
    if site.return_days and site.return_countries:
        offer["hasMerchantReturnPolicy"] = {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": site.return_countries.split(),
            "returnPolicyCategory": f"{SCHEMA}/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": site.return_days,
        }
    return {"offers": offer}


def availability_word(stock: Availability | None) -> str:
    """schema.org's word for what the page says: for delivery, else in stores, else sold out."""
    if stock is None:
        return "OutOfStock"
    if stock.delivery_level != Level.UNAVAILABLE:
        return "LimitedAvailability" if stock.delivery_level == Level.LAST_PIECES else "InStock"
    return "InStoreOnly" if any(units > 0 for units in stock.pickup.values()) else "OutOfStock"


def _specification(price: EffectivePrice) -> Facts:
    return {
        "@type": "UnitPriceSpecification",
        "priceType": f"{SCHEMA}/StrikethroughPrice",
        "price": str(price.base),
        "priceCurrency": price.currency,
    }


def _shipping(option: DeliveryOption, price: EffectivePrice) -> Facts:
    countries = option.mode.countries.split() or ["FR"]
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": str(option.fee), "currency": price.currency},
        "shippingDestination": [{"@type": "DefinedRegion", "addressCountry": code} for code in countries],
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "handlingTime": _days(0, 0),
            "transitTime": _days(option.mode.min_days, option.mode.max_days),
        },
    }


def _days(least: int, most: int) -> Facts:
    return {"@type": "QuantitativeValue", "minValue": least, "maxValue": most, "unitCode": "DAY"}


def breadcrumb(crumbs: Iterable[tuple[str, str]], *, origin: str, home: tuple[str, str]) -> Facts:
    """The way to a page: addresses and names from the home page down, as the page shows them."""
    steps = [
        {"@type": "ListItem", "position": number, "name": str(name), "item": origin + address}
        for number, (address, name) in enumerate([home, *crumbs], 1)
    ]
    return {**_head("BreadcrumbList"), "itemListElement": steps}


def organization(site: Site, *, origin: str, logo: str, search: str) -> list[Facts]:
    """Who runs the shop, and how its search is asked."""
    facts: Facts = {**_head("Organization"), "name": site.legal_name or site.name, "url": f"{origin}/"}
    if logo:
        facts["logo"] = logo
    if pages := site.social_pages.split():
        facts["sameAs"] = pages
    if site.contact_phone or site.contact_email:
        contact = {"telephone": site.contact_phone, "email": site.contact_email}
        known = {name: value for name, value in contact.items() if value}
        facts["contactPoint"] = {"@type": "ContactPoint", "contactType": "customer service", **known}
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{origin}{search}?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return [facts, {**_head("WebSite"), "name": site.name, "url": f"{origin}/", "potentialAction": action}]


def store(place: Store, *, origin: str, address: str, site: Site) -> Facts:
    """A store that one can walk into."""
    facts: Facts = {
        **_head("Store"),
        "@id": origin + address,
        "name": place.name,
        "url": origin + address,
        "parentOrganization": {"@type": "Organization", "name": site.legal_name or site.name},
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.address,
            "postalCode": place.postcode,
            "addressLocality": place.city,
            "addressCountry": place.country,
        },
    }
    facts |= {name: value for name, value in (("telephone", place.phone), ("email", place.email)) if value}
    if place.latitude is not None and place.longitude is not None:
        facts["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(place.latitude),
            "longitude": float(place.longitude),
        }
    try:
        week = rules.read_hours(place.hours)
    except ValueError:
        week = {}
    hours = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"{SCHEMA}/{DAYS[day - 1]}",
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
        }
        for day, spans in sorted(week.items())
        for opens, closes in spans
    ]
    return {**facts, "openingHoursSpecification": hours} if hours else facts


def _head(kind: str) -> Facts:
    return {"@context": SCHEMA, "@type": kind}
