"""Questions about flows, their runs, and orders on their way out."""

from integrations.selectors.changes import Difference, Figure, changes, changes_of_product, differences, figures, moves
from integrations.selectors.feeds import feed_standing, served
from integrations.selectors.flows import flow_by_code, flows_with_health, last_words, run_by_guid, troubled_flows
from integrations.selectors.orders import ORDER_COLUMNS, handovers, order_document, order_rows, orders_to_pull
from integrations.selectors.rejects import column_names, reject_lines, why
from integrations.selectors.timeline import Moment, estimate_of, timeline
from integrations.selectors.versions import (
    VersionDifference,
    runs_by_version,
    version_differences,
    version_of,
    versions_of,
)

__all__ = [
    "ORDER_COLUMNS",
    "Difference",
    "Figure",
    "Moment",
    "VersionDifference",
    "changes",
    "changes_of_product",
    "column_names",
    "differences",
    "estimate_of",
    "feed_standing",
    "figures",
    "flow_by_code",
    "flows_with_health",
    "handovers",
    "last_words",
    "moves",
    "order_document",
    "order_rows",
    "orders_to_pull",
    "reject_lines",
    "run_by_guid",
    "runs_by_version",
    "served",
    "timeline",
    "troubled_flows",
    "version_differences",
    "version_of",
    "versions_of",
    "why",
]
