"""Questions about baskets, checkouts and orders."""

from logistics.selectors import TO_STORE
from orders.selectors.baskets import Basket, BasketLine, basket, cart_by_token, count_in
from orders.selectors.checkout import Checkout, checkout, payment_methods
from orders.selectors.orders import (
    OrderPage,
    find_for_key,
    may_read,
    method_for_till,
    order_page,
    orders_of,
    orders_of_key,
    orders_seen_by,
)
from orders.selectors.reasons import CancelledMonth, cancelled_month, grouped, reasons_to_choose
from orders.selectors.refunds import nothing_to_give_back, orders_to_refund, refund_for_key
from orders.selectors.returns import (
    Offer,
    paid_back_by,
    return_for_key,
    return_page,
    returnable,
    returns_seen_by,
)
from orders.selectors.risk import Standing, standing

__all__ = [
    "TO_STORE",
    "Basket",
    "BasketLine",
    "CancelledMonth",
    "Checkout",
    "Offer",
    "OrderPage",
    "Standing",
    "basket",
    "cancelled_month",
    "cart_by_token",
    "checkout",
    "count_in",
    "find_for_key",
    "grouped",
    "may_read",
    "method_for_till",
    "nothing_to_give_back",
    "order_page",
    "orders_of",
    "orders_of_key",
    "orders_seen_by",
    "orders_to_refund",
    "paid_back_by",
    "payment_methods",
    "reasons_to_choose",
    "refund_for_key",
    "return_for_key",
    "return_page",
    "returnable",
    "returns_seen_by",
    "standing",
]
