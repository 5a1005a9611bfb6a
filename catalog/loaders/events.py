"""What the loaders of this room tell the logbook."""

from altazion.lib.staging import Stage
from logbook.services import record_many

PRODUCTS, PRICES, SEGMENTS = "catalog.products_changed", "catalog.prices_changed", "catalog.segments_changed"
BRANDS = "catalog.brands_changed"
FACETS, LABELS, MEDIA = "catalog.facets_changed", "catalog.labels_changed", "catalog.media_wanted"


def tell(stage: Stage) -> None:
    """Record what the load noted, a thousand ids an event; parents are named whenever a variant changed."""
    context = stage.context
    for (kind, subject), ids in sorted(stage.noted.items()):
        if kind in (PRODUCTS, PRICES):
            parents = stage.ids(
                "SELECT DISTINCT parent_id FROM catalog_product WHERE id = ANY(%(ids)s::bigint[]) AND parent_id"
                " IS NOT NULL",
                ids=list(ids),
            )
            ids.update(parents)
        record_many(
            kind,
            sorted(ids),
            at=context.at,
            subject_kind=subject,
            actor=context.actor,
            run=context.run_id,
            change="import",
            source=context.source,
        )
