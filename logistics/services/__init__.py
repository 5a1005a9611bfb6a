"""Verbs of stock: promise, move, count, prove."""

from logistics.services.counting import approve_count, count_line, list_all
from logistics.services.movements import count_stock, move, set_safety, transfer
from logistics.services.problems import NotEnoughStock, ShortLine
from logistics.services.proof import prove_stock
from logistics.services.quota import FullyBooked, give_delivery_back, take_delivery
from logistics.services.reservations import (
    consume,
    extend,
    release,
    release_expired,
    release_one,
    reserve,
)
from logistics.services.routing import rearrange
from logistics.services.sheets import cancel_sheet, confirm_sheet, finish_sheet, open_sheet, set_lines
from logistics.services.thresholds import Figures, save_threshold
from logistics.services.withdrawals import Kept, put_back, replace_withdrawals, withdraw
from logistics.services.zones import save_zone

__all__ = [
    "Figures",
    "FullyBooked",
    "Kept",
    "NotEnoughStock",
    "ShortLine",
    "approve_count",
    "cancel_sheet",
    "confirm_sheet",
    "consume",
    "count_line",
    "count_stock",
    "extend",
    "finish_sheet",
    "give_delivery_back",
    "list_all",
    "move",
    "open_sheet",
    "prove_stock",
    "put_back",
    "rearrange",
    "release",
    "release_expired",
    "release_one",
    "replace_withdrawals",
    "reserve",
    "save_threshold",
    "save_zone",
    "set_lines",
    "set_safety",
    "take_delivery",
    "transfer",
    "withdraw",
]
