"""Office pages of logistics."""

from logistics.admin.balances import BalanceAdmin
from logistics.admin.config import DeliveryModeAdmin, PlaceAdmin, SupplySourceAdmin
from logistics.admin.ledger import MovementAdmin, ReservationAdmin

__all__ = [
    "BalanceAdmin",
    "DeliveryModeAdmin",
    "MovementAdmin",
    "PlaceAdmin",
    "ReservationAdmin",
    "SupplySourceAdmin",
]
