"""Verbs of stock: promise, move, count, prove."""

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
from logistics.services.withdrawals import Kept, put_back, replace_withdrawals, withdraw

__all__ = [
    "FullyBooked",
    "Kept",
    "NotEnoughStock",
    "ShortLine",
    "consume",
    "count_stock",
    "extend",
    "give_delivery_back",
    "move",
    "prove_stock",
    "put_back",
    "rearrange",
    "release",
    "release_expired",
    "release_one",
    "replace_withdrawals",
    "reserve",
    "set_safety",
    "take_delivery",
    "transfer",
    "withdraw",
]
