"""Office: flows and how they are, mappings, runs with what they refused, orders handed over."""

from integrations.admin import connections, exports, flows, handovers, lists, mappings, payment_accounts, runs

__all__ = ["connections", "exports", "flows", "handovers", "lists", "mappings", "payment_accounts", "runs"]
