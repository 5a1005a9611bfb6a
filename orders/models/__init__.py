"""Carts, orders, payments. This room is the only writer of order state."""

from orders.models.carts import Cart, CartLine
from orders.models.orders import Order, OrderLine
from orders.models.payments import Payment, PaymentMethod

__all__ = ["Cart", "CartLine", "Order", "OrderLine", "Payment", "PaymentMethod"]
