"""Products in the words of one sales channel."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.models import ChannelText, Product
from stores.models import SalesChannel

WORDS = ("name", "short_description", "description", "slug")


def speak_for(products: Iterable[Product], channel: SalesChannel) -> dict[int, ChannelText]:
    """Put a channel's words into products that are shown, never saved; returns what is said of each. One query."""
    known = {product.pk: product for product in products}
    said = {row.product_id: row for row in ChannelText.objects.filter(product__in=known, channel=channel)}
    for pk, row in said.items():
        put_words(known[pk], {word: getattr(row, word) for word in WORDS}, row.translations)
    return said


def put_words(product: Product, words: Mapping[str, str], translations: Mapping[str, Any]) -> None:
    """Words of a channel over a product's own; an empty one leaves its own. See `ChannelText` for other languages."""
    for word, text in words.items():
        if text:
            setattr(product, word, text)
    merged = dict(product.translations or {})
    for language, own in (translations or {}).items():
        spoken = {word: text for word, text in own.items() if text}
        merged[language] = {**merged.get(language, {}), **spoken}
    product.translations = merged
