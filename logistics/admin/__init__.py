"""Office pages of logistics."""

from logistics.admin.balances import BalanceAdmin
from logistics.admin.config import PlaceAdmin, ShelfLocationAdmin, SupplySourceAdmin
from logistics.admin.ledger import MovementAdmin, ReservationAdmin
from logistics.admin.routing import RoutingPolicyAdmin, RoutingRuleAdmin
from logistics.admin.sheets import SheetAdmin
from logistics.admin.supply import SupplyRuleAdmin
from logistics.admin.thresholds import ThresholdAdmin
from logistics.admin.ways import (
    CarrierAdmin,
    DeliveryGroupAdmin,
    DeliveryModeAdmin,
    DeliveryZoneAdmin,
    FulfilmentTypeAdmin,
    ProductDeliveryAdmin,
)
from logistics.admin.withdrawals import WithdrawalAdmin
from logistics.admin.zones import StorageZoneAdmin

__all__ = [
    "BalanceAdmin",
    "CarrierAdmin",
    "DeliveryGroupAdmin",
    "DeliveryModeAdmin",
    "DeliveryZoneAdmin",
    "FulfilmentTypeAdmin",
    "MovementAdmin",
    "PlaceAdmin",
    "ProductDeliveryAdmin",
    "ReservationAdmin",
    "RoutingPolicyAdmin",
    "RoutingRuleAdmin",
    "SheetAdmin",
    "ShelfLocationAdmin",
    "StorageZoneAdmin",
    "SupplyRuleAdmin",
    "SupplySourceAdmin",
    "ThresholdAdmin",
    "WithdrawalAdmin",
]
