"""Questions about flows, their runs, and orders on their way out."""

from integrations.selectors.flows import flow_by_code, flows_with_health, run_by_guid, troubled_flows
from integrations.selectors.orders import ORDER_COLUMNS, handovers, order_document, order_rows, orders_to_pull
from integrations.selectors.rejects import column_names, reject_lines, why

__all__ = [
    "ORDER_COLUMNS",
    "column_names",
    "flow_by_code",
    "flows_with_health",
    "handovers",
    "order_document",
    "order_rows",
    "orders_to_pull",
    "reject_lines",
    "run_by_guid",
    "troubled_flows",
    "why",
]
