"""Tags of the shop's templates."""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from altazion.lib.money import display
from altazion.lib.text import safe_html
from altazion.lib.text import slug as make_slug
from catalog.selectors import word_of
from discovery.selectors import Tile
from storefront.selectors.pictures import media_address

register = template.Library()
TONES = 6


@register.filter
def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """An amount as the reader's language writes it: "12,90 €" in French, "€12.90" in English; nothing for None."""
    return "" if amount is None or amount == "" else display(Decimal(amount), currency)


@register.filter
def grouped(number: int) -> str:
    """A count as the reader's language writes it: "44 446" in French, "44,446" in English."""
    return _grouped(number, get_language())


@lru_cache(maxsize=50_000)
def _grouped(number: int, _language: str | None) -> str:
    return number_format(number, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter
def centimetres(millimetres: int) -> str:
    """125 mm as "12,5 cm"."""
    return f"{number_format(Decimal(millimetres) / 10, use_l10n=True)}\N{NO-BREAK SPACE}cm"


@register.filter
def srcset(copies: list[list[Any]]) -> str:
    """The smaller copies of a picture, for the browser to choose from: "/media/… 320w, /media/… 640w"."""
    return ", ".join(f"{media_address(name)} {int(width)}w" for width, name in copies)


@register.filter
def called(row: Any) -> str:
    """The name of a row in the reader's language, else as it was first given."""
    said = (row.translations or {}).get(get_language() or "", {})
    return str(said.get("name") or row.name)


@register.filter
def weight(grams: int) -> str:
    """Grams as people say them: 180 g, 1,25 kg."""
    if grams < 1000:
        return f"{grams}\N{NO-BREAK SPACE}g"
    return f"{number_format(Decimal(grams) / 1000, use_l10n=True)}\N{NO-BREAK SPACE}kg"


@dataclass(frozen=True)
class _Shown:
    """A tile by everything that it says: two that say the same are drawn once."""

    says: str
    language: str | None
    tile: Tile = field(compare=False)


@register.simple_tag
def product_tile(tile: Tile) -> SafeString:
    """A product in a list. A tile knows price, stock and labels as they are now, so what is kept is never old."""
    shown = _Shown(repr(tile), get_language(), tile)
    return _draw.__wrapped__(shown) if settings.DEBUG else _draw(shown)


@lru_cache(maxsize=4096)
def _draw(shown: _Shown) -> SafeString:
    return render_to_string("storefront/parts/tile.html", {"tile": shown.tile})


@register.simple_tag
def product_url(product_id: int, slug: str = "", sku: str = "") -> str:
    """The address of a product's page; with a SKU, of that child on its parent's page."""
    address = reverse("storefront:product", kwargs={"slug": make_slug(slug or "produit", 120), "pk": product_id})
    return f"{address}?{urlencode({'variant': sku})}" if sku else address


@register.filter
def media_url(location: str) -> str:
    """The address of a picture or film; nothing for one that the browser may not load."""
    return media_address(location)


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


@register.filter
def media_link(location: str) -> str:
    """The address of a document to follow: https addresses even of other sites."""
    return location if location.startswith("https://") else media_url(location)


@register.filter
def initials(text: str) -> str:
    """One or two letters that stand for a name on its placeholder picture."""
    words = [word for word in str(text).split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper()


@register.simple_tag
def in_language(code: str) -> str:
    """The attribute that tells a screen reader that a text is in another language than its page; else nothing."""
    differs = bool(code) and code != (get_language() or "")[:2]
    return format_html(' lang="{}"', code) if differs else ""


@register.filter
def word(thing: Any) -> str:
    """The word of a segment, brand or product in its address, in the page's language."""
    return word_of(thing, (get_language() or settings.LANGUAGE_CODE)[:2])


@register.filter
def safe_text(text: str) -> str:
    """A description: its harmless HTML, or plain text with its paragraphs."""
    return mark_safe(safe_html(text) if "<" in text else linebreaks(text, autoescape=True))  # noqa: S308 - cleaned


@register.filter
def json_ld(facts: dict[str, object]) -> str:
    """Facts for machines, safe inside a script element."""
    text = json.dumps(facts, ensure_ascii=False)
    return mark_safe(text.translate({ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}))  # noqa: S308


@register.simple_tag(takes_context=True)
def hidden_fields(context: template.Context, *without: str) -> str:
    """This page's parameters as hidden fields of a form, without those named."""
    parameters: QueryDict = context["request"].GET
    pairs = ((name, value) for name, values in parameters.lists() if name not in without for value in values)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
