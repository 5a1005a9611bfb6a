"""Orchestrator for machines: availability in batches, and how a basket can be delivered (ORC-1)."""
