"""Office: orders, payments, ways to pay, baskets."""

from orders.admin.carts import CartAdmin
from orders.admin.orders import OrderAdmin
from orders.admin.parcels import HandoverListAdmin, ParcelAdmin
from orders.admin.payments import PaymentAdmin, PaymentMethodAdmin
from orders.admin.preparations import PreparationAdmin
from orders.admin.reasons import CancelReasonAdmin
from orders.admin.refunds import RefundAdmin
from orders.admin.returns import ReturnAdmin, ReturnPolicyAdmin
from orders.admin.risk import DisputeAdmin, OrderRiskAdmin, RiskRuleAdmin, RiskToleranceAdmin
from orders.admin.vouchers import VoucherAdmin

__all__ = [
    "CancelReasonAdmin",
    "CartAdmin",
    "DisputeAdmin",
    "HandoverListAdmin",
    "OrderAdmin",
    "OrderRiskAdmin",
    "ParcelAdmin",
    "PaymentAdmin",
    "PaymentMethodAdmin",
    "PreparationAdmin",
    "RefundAdmin",
    "ReturnAdmin",
    "ReturnPolicyAdmin",
    "RiskRuleAdmin",
    "RiskToleranceAdmin",
    "VoucherAdmin",
]
