"""What the shop's pages ask the index."""

from discovery.selectors.engine import EngineState, engine_state
from discovery.selectors.facets import Facet, FacetOption
from discovery.selectors.listing import ListingPage, first_ids, listing, top_ids
from discovery.selectors.navigation import (
    SegmentEntry,
    SegmentPage,
    children_of,
    index_version,
    navigation,
    said_in,
    segment_entry,
    segment_page,
    segment_pictures,
    star_segments,
    told_in,
)
from discovery.selectors.preview import Compared, Looked, Placed, before_and_after, explained, policies
from discovery.selectors.redirects import redirect_for
from discovery.selectors.relevance import sentence, standing
from discovery.selectors.scope import MOST_FACETS
from discovery.selectors.suggest import Suggestion, suggest
from discovery.selectors.tiles import Tile, tiles
from discovery.selectors.why import Why, why, why_now

__all__ = [
    "MOST_FACETS",
    "Compared",
    "EngineState",
    "Facet",
    "FacetOption",
    "ListingPage",
    "Looked",
    "Placed",
    "SegmentEntry",
    "SegmentPage",
    "Suggestion",
    "Tile",
    "Why",
    "before_and_after",
    "children_of",
    "engine_state",
    "explained",
    "first_ids",
    "index_version",
    "listing",
    "navigation",
    "policies",
    "redirect_for",
    "said_in",
    "segment_entry",
    "segment_page",
    "segment_pictures",
    "sentence",
    "standing",
    "star_segments",
    "suggest",
    "tiles",
    "told_in",
    "top_ids",
    "why",
    "why_now",
]
