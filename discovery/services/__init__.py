"""Keeping the index true."""

from discovery.services.causes import (
    forget_pages,
    reindex_attributes,
    reindex_campaign,
    reindex_channel,
    reindex_segments,
    reindex_selection,
    reindex_stores,
)
from discovery.services.follow import follow_time
from discovery.services.prove import prove_sets
from discovery.services.reindex import reindex

__all__ = [
    "follow_time",
    "forget_pages",
    "prove_sets",
    "reindex",
    "reindex_attributes",
    "reindex_campaign",
    "reindex_channel",
    "reindex_segments",
    "reindex_selection",
    "reindex_stores",
]
