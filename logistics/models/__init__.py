"""Stock over warehouses and stores, and the ways goods travel."""

from logistics.models.delivery import (
    Carrier,
    DeliveryGroup,
    DeliveryMode,
    DeliveryZone,
    FeeBand,
    ForbiddenMode,
    FulfilmentType,
    ModeUse,
    ProductDelivery,
)
from logistics.models.parcels import HandoverList, Parcel, ParcelLine, Shipment
from logistics.models.preparation import Preparation, PreparationLine, ShelfLocation
from logistics.models.routing import RoutingPolicy, RoutingRule
from logistics.models.sheets import Sheet, SheetLine
from logistics.models.stock import (
    Place,
    PlaceDay,
    Reservation,
    StockBalance,
    StockMovement,
    SupplySource,
)
from logistics.models.supply import SupplyRule
from logistics.models.thresholds import ChannelThreshold
from logistics.models.withdrawals import Withdrawal
from logistics.models.zones import StorageZone

__all__ = [
    "Carrier",
    "ChannelThreshold",
    "DeliveryGroup",
    "DeliveryMode",
    "DeliveryZone",
    "FeeBand",
    "ForbiddenMode",
    "FulfilmentType",
    "HandoverList",
    "ModeUse",
    "Parcel",
    "ParcelLine",
    "Place",
    "PlaceDay",
    "Preparation",
    "PreparationLine",
    "ProductDelivery",
    "Reservation",
    "RoutingPolicy",
    "RoutingRule",
    "Sheet",
    "SheetLine",
    "ShelfLocation",
    "Shipment",
    "StockBalance",
    "StockMovement",
    "StorageZone",
    "SupplyRule",
    "SupplySource",
    "Withdrawal",
]
