"""Questions about stock, delivery and the ledger."""

from logistics.selectors.availability import (
    Availability,
    Sold,
    Step,
    availability,
    endless,
    shelves,
    sold_products,
)
from logistics.selectors.delivery import DeliveryOption, StoreStock, delivery_options, stores_with
from logistics.selectors.ledger import Divergence, Statement, prove_balances, why_this_balance

__all__ = [
    "Availability",
    "DeliveryOption",
    "Divergence",
    "Sold",
    "Statement",
    "Step",
    "StoreStock",
    "availability",
    "delivery_options",
    "endless",
    "prove_balances",
    "shelves",
    "sold_products",
    "stores_with",
    "why_this_balance",
]
