"""Questions to campaigns: every effective price, and the landing pages of an instant."""

from campaigns.selectors.pages import Target, blocks_of, live_pages, page_at, page_of_brand, said, target_of
from campaigns.selectors.pricing import (
    EffectivePrice,
    PreviewLine,
    Quote,
    QuoteLine,
    Reason,
    VatTotal,
    preview,
    prices,
    quote,
    upcoming_edges,
)

__all__ = [
    "EffectivePrice",
    "PreviewLine",
    "Quote",
    "QuoteLine",
    "Reason",
    "Target",
    "VatTotal",
    "blocks_of",
    "live_pages",
    "page_at",
    "page_of_brand",
    "preview",
    "prices",
    "quote",
    "said",
    "target_of",
    "upcoming_edges",
]
