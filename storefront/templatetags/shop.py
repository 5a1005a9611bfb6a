"""Tags of the shop's templates."""

import hashlib
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from altazion.lib.money import display
from altazion.lib.text import slug as make_slug

register = template.Library()
TONES = 6


@register.filter
def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """An amount as the reader's language writes it: "12,90 €" in French, "€12.90" in English; nothing for None."""
    return "" if amount is None or amount == "" else display(Decimal(amount), currency)


@register.simple_tag
def product_url(product_id: int, slug: str = "", sku: str = "") -> str:
    """The address of a product's page; with a SKU, of that child on its parent's page."""
    address = reverse("storefront:product", kwargs={"slug": make_slug(slug or "produit", 120), "pk": product_id})
    return f"{address}?{urlencode({'variant': sku})}" if sku else address


@register.filter
def media_url(location: str) -> str:
    """The address of a picture: https addresses as they are, paths below the media folder under MEDIA_URL."""
    if not location or location.startswith("https://"):
        return location
    if "://" in location or location.startswith("/"):
        return ""
    return f"{settings.MEDIA_URL}{location}"


@register.filter
def tone(text: str) -> int:
    """A number from 0 to 5 that stays the same for a text: the colour of its placeholder picture."""
    return hashlib.sha256(str(text).encode()).digest()[0] % TONES


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """This page's query string with parameters changed; an empty value takes one out: `?page=2&sort=price`."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in (None, ""):
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"
