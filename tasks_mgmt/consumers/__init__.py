"""Failures and promises become tasks; when the cause is gone the task closes itself (law 8)."""

from tasks_mgmt.consumers.catalogue import on_media, on_relevance, on_selection
from tasks_mgmt.consumers.deliveries import on_delivery_failed, on_delivery_recovered
from tasks_mgmt.consumers.flows import on_run
from tasks_mgmt.consumers.money import on_authorisation, on_invoice, on_mismatch, on_refund_due, on_statement
from tasks_mgmt.consumers.orders import (
    on_goods_gone,
    on_handover,
    on_hold,
    on_order,
    on_order_moved,
    on_return,
    on_risk,
)
from tasks_mgmt.consumers.preparations import on_counted, on_recount, on_routing, on_slip, on_slip_ended
from tasks_mgmt.consumers.stock import on_divergence, on_shortage, on_stock_changed, on_stock_low

__all__ = [
    "on_authorisation",
    "on_counted",
    "on_delivery_failed",
    "on_delivery_recovered",
    "on_divergence",
    "on_goods_gone",
    "on_handover",
    "on_hold",
    "on_invoice",
    "on_media",
    "on_mismatch",
    "on_order",
    "on_order_moved",
    "on_recount",
    "on_refund_due",
    "on_relevance",
    "on_return",
    "on_risk",
    "on_routing",
    "on_run",
    "on_selection",
    "on_shortage",
    "on_slip",
    "on_slip_ended",
    "on_statement",
    "on_stock_changed",
    "on_stock_low",
]
