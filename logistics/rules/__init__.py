"""Arithmetic of stock and delivery in plain Python: no Django, no clock, no questions to the database."""

from logistics.rules.days import (
    SHOP_DAYS,
    WORKING_DAYS,
    Calendar,
    Link,
    Promise,
    Route,
    days_named,
    open_days_of,
    promise,
)
from logistics.rules.fees import FREE, Asked, Band, Way, band_for, beaten, fee_of
from logistics.rules.parcels import Good, Limits, TooMuch, passed_limit
from logistics.rules.routing import route
from logistics.rules.stock import (
    UNLIMITED,
    Shelf,
    choose_places,
    counted,
    crosses,
    level_word,
    low_threshold,
)
from logistics.rules.supply import Counted, Origin, Supply, supplied
from logistics.rules.zones import Area, BadArea, areas, lies_in

__all__ = [
    "FREE",
    "SHOP_DAYS",
    "UNLIMITED",
    "WORKING_DAYS",
    "Area",
    "Asked",
    "BadArea",
    "Band",
    "Calendar",
    "Counted",
    "Good",
    "Limits",
    "Link",
    "Origin",
    "Promise",
    "Route",
    "Shelf",
    "Supply",
    "TooMuch",
    "Way",
    "areas",
    "band_for",
    "beaten",
    "choose_places",
    "counted",
    "crosses",
    "days_named",
    "fee_of",
    "level_word",
    "lies_in",
    "low_threshold",
    "open_days_of",
    "passed_limit",
    "promise",
    "route",
    "supplied",
]
