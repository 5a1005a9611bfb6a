"""What the shop's pages ask the index."""

from discovery.selectors.navigation import SegmentEntry, index_version, navigation

__all__ = ["SegmentEntry", "index_version", "navigation"]
