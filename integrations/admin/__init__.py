"""Office: flows and how they are, mappings, runs with what they refused, orders handed over."""

from integrations.admin import flows, handovers, mappings, runs

__all__ = ["flows", "handovers", "mappings", "runs"]
