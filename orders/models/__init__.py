"""Carts, orders, payments. This room is the only writer of order state."""

from orders.models.carts import Cart, CartLine
from orders.models.holds import OrderHold
from orders.models.orders import Order, OrderLine
from orders.models.payments import Payment, PaymentMethod
from orders.models.reasons import CancelReason
from orders.models.refunds import Refund, RefundPart
from orders.models.returns import Return, ReturnLine, ReturnPolicy
from orders.models.risk import Dispute, OrderRisk, RiskRule, RiskTolerance
from orders.models.together import BoughtTogether
from orders.models.vouchers import Voucher, VoucherEntry

__all__ = [
    "BoughtTogether",
    "CancelReason",
    "Cart",
    "CartLine",
    "Dispute",
    "Order",
    "OrderHold",
    "OrderLine",
    "OrderRisk",
    "Payment",
    "PaymentMethod",
    "Refund",
    "RefundPart",
    "Return",
    "ReturnLine",
    "ReturnPolicy",
    "RiskRule",
    "RiskTolerance",
    "Voucher",
    "VoucherEntry",
]
