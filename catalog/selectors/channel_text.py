"""Products in the words of one sales channel."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.models import ChannelText, Product
from stores.models import SalesChannel

WORDS = ("name", "short_description", "description", "slug")


def speak_for(products: Iterable[Product], channel: SalesChannel) -> dict[int, ChannelText]:
    """Put a channel's words into products that are shown, never saved; returns what is said of each. One query.

    A parent that was read with its children speaks, too.
    """
    given = list(products)
    known: dict[
        int, dict[int, Product]
    ] = {}  # one product may be here several times: as itself, as each child's parent
    for product in (*given, *(above for one in given if (above := _parent_read(one)))):
        known.setdefault(product.pk, {})[id(product)] = product
    said = {row.product_id: row for row in ChannelText.objects.filter(product__in=known, channel=channel)}
    for pk, row in said.items():
        for product in known[pk].values():
            put_words(product, {word: getattr(row, word) for word in WORDS}, row.translations)
    return said


def _parent_read(product: Product) -> Product | None:
    """The parent if it was read with the product; asked for nothing."""
    return product.parent if product.parent_id and Product.parent.is_cached(product) else None


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
