"""What happened below, followed by the index. Rebuilding is idempotent, so seeing an event again is harmless."""

from altazion.lib.clock import now
from discovery.services import (
    forget_pages,
    reindex,
    reindex_attributes,
    reindex_campaign,
    reindex_channel,
    reindex_labels,
    reindex_segments,
    reindex_selection,
    reindex_stores,
    reindex_supply,
    want_tests,
)
from logbook.models import Event
from logbook.ports import consumer


@consumer("discovery.products", kinds=["catalog.products_changed", "catalog.prices_changed", "logistics.stock_changed"])
def products_changed(event: Event) -> None:
    """Products, prices or stock: rebuild the products named."""
    reindex(event.data.get("ids", []), at=now())


@consumer("discovery.segments", kinds=["catalog.segments_changed"])
def segments_changed(event: Event) -> None:
    """Segments moved, were renamed or archived: rebuild what stands in them or below."""
    reindex_segments(event.data.get("ids", []), at=now())


@consumer("discovery.facets", kinds=["catalog.facets_changed"])
def facets_changed(event: Event) -> None:
    """A criterion or an attribute asks shoppers otherwise: rebuild what carries the attribute."""
    reindex_attributes(event.data.get("ids", []), at=now())


@consumer("discovery.labels", kinds=["catalog.labels_changed"])
def labels_changed(event: Event) -> None:
    """A slot or one of its labels changed: rebuild what carries one."""
    slots = event.data.get("ids") or ([int(event.subject_id)] if event.subject_id.isdigit() else [])
    reindex_labels(slots, at=now())


@consumer("discovery.attributes", kinds=["catalog.attributes_changed"])
def attributes_changed(event: Event) -> None:
    """Names, order or places of attributes: pages show them, the index does not hold them."""
    forget_pages()


@consumer("discovery.selections", kinds=["catalog.selection_changed"])
def selection_changed(event: Event) -> None:
    """A selection has other products: those named, or any of them."""
    if "ids" in event.data:
        reindex(event.data["ids"], at=now())
    elif event.subject_id.isdigit():
        reindex_selection(int(event.subject_id), at=now())


@consumer("discovery.campaigns", kinds=["campaigns.campaign_changed"])
def campaign_changed(event: Event) -> None:
    """A campaign was approved, changed or stopped: its products may cost something else."""
    if event.subject_id.isdigit():
        reindex_campaign(int(event.subject_id), at=now())


@consumer("discovery.stores", kinds=["stores.stores_changed"])
def stores_changed(event: Event) -> None:
    """A store opened, closed or changed its threshold: rebuild what lies in it."""
    reindex_stores(event.data.get("ids", []), at=now())


@consumer("discovery.supply", kinds=["logistics.supply_rule_saved", "logistics.supply_rule_deleted"])
def supply_changed(event: Event) -> None:
    """A channel promises another part of its places' stock: rebuild what lies there."""
    reindex_supply(channel_id=event.data["channel"], at=now())


@consumer("discovery.places", kinds=["logistics.place_changed"])
def place_changed(event: Event) -> None:
    """A place takes part otherwise: rebuild what lies in it."""
    if event.subject_id.isdigit():
        reindex_supply(place_id=int(event.subject_id), at=now())


@consumer("discovery.channels", kinds=["stores.channel_changed"])
def channel_changed(event: Event) -> None:
    """A channel shows variants otherwise."""
    if "variant_tiles" in event.data.get("fields", []) and event.subject_id.isdigit():
        reindex_channel(int(event.subject_id), at=now())


_MOVES = [
    "discovery.merchandising_changed",
    "catalog.keyword_changed",
    "catalog.segments_changed",
    "catalog.selection_changed",
    "integrations.run_finished",
]


@consumer("discovery.relevance", kinds=_MOVES)
def products_moved(event: Event) -> None:
    """A decision or a file may have moved products: the tests of relevance run once it is quiet."""
    want_tests(at=now())
