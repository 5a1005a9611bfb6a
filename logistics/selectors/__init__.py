"""Questions about stock, delivery and the ledger."""

from logistics.selectors.availability import (
    Availability,
    Sold,
    availability,
    endless,
    shelves,
    sold_products,
)
from logistics.selectors.claims import Step
from logistics.selectors.delivery import DeliveryOption, delivery_options
from logistics.selectors.lead_times import TO_STORE, explained
from logistics.selectors.ledger import Divergence, Statement, prove_balances, why_this_balance
from logistics.selectors.lookup import channel_named, ids_of, store_named, stores_named
from logistics.selectors.stores import StoreStock, stores_with
from logistics.selectors.zones import shelf_for

__all__ = [
    "TO_STORE",
    "Availability",
    "DeliveryOption",
    "Divergence",
    "Sold",
    "Statement",
    "Step",
    "StoreStock",
    "availability",
    "channel_named",
    "delivery_options",
    "endless",
    "explained",
    "ids_of",
    "prove_balances",
    "shelf_for",
    "shelves",
    "sold_products",
    "store_named",
    "stores_named",
    "stores_with",
    "why_this_balance",
]
