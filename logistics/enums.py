"""Choices of the logistics room (operations-domain 2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlaceKind(models.TextChoices):
    WAREHOUSE = "warehouse", _("warehouse")
    STORE = "store", _("store")


class MovementKind(models.TextChoices):
    FILE = "file", _("stock file")
    RECEIPT = "receipt", _("receipt")
    SHIPMENT = "shipment", _("shipment")
    COLLECTION = "collection", _("collected in store")
    RETURN = "return", _("customer return")
    COUNT = "count", _("count")
    TRANSFER = "transfer", _("transfer")
    CORRECTION = "correction", _("correction by hand")


class ReservationState(models.TextChoices):
    HELD = "held", _("held")
    CONSUMED = "consumed", _("left the shelf")
    RELEASED = "released", _("given back")


class Purpose(models.TextChoices):
    """What a place may serve on a channel."""

    DELIVERY = "delivery", _("delivery")
    PICKUP = "pickup", _("pickup")


class Listing(models.TextChoices):
    """What a list of places does in a supply rule."""

    ONLY = "only", _("only these")
    EXCEPT = "except", _("all but these")


class DeliveryKind(models.TextChoices):
    """Codes of operations-domain 2.8."""

    HOME = "DOMI", _("home delivery")
    RELAY = "PTRL", _("pickup point")
    STORE_DELIVERY = "LMAG", _("delivered to the store")
    PICKUP = "RETR", _("store pickup")


class Period(models.TextChoices):
    """How often a delivery mode's quota begins anew, in the channel's days."""

    DAY = "day", _("a day")
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")


class Level(models.TextChoices):
    """How available something is, for people."""

    AVAILABLE = "available", _("available")
    LAST_PIECES = "last_pieces", _("last pieces")
    UNAVAILABLE = "unavailable", _("unavailable")
    NOT_SHOWN = "not_shown", _("not shown")


class RoutingScore(models.TextChoices):
    """What a routing rule looks at; the words of `logistics.rules.routing`."""

    PARCELS = "parcels", _("fewest shipments")
    PRIORITY = "priority", _("highest priority of places")
    DISTANCE = "distance", _("shortest way, km")
    COST = "cost", _("lowest cost of sending")
    DELAY = "delay", _("soonest ready, days")
    MARGIN = "margin", _("highest margin")
    STORES = "stores", _("from stores")
    WAREHOUSES = "warehouses", _("from warehouses")
    STOCK = "stock", _("from where most lies")


class SlipKind(models.TextChoices):
    """What becomes of what a slip gathers."""

    SEND = "send", _("to send")
    COLLECT = "collect", _("to be collected")


class SlipState(models.TextChoices):
    """How far a preparation slip is."""

    WAITING = "waiting", pgettext_lazy("slip", "to prepare")
    CLAIMED = "claimed", pgettext_lazy("slip", "being prepared")
    PREPARED = "prepared", pgettext_lazy("slip", "prepared")
    SENT = "sent", pgettext_lazy("slip", "left")
    REFUSED = "refused", pgettext_lazy("slip", "refused")
    CANCELLED = "cancelled", pgettext_lazy("slip", "cancelled")


class ZonePurpose(models.TextChoices):
    """What a part of a place is for."""

    PICKING = "picking", _("picking")
    STORAGE = "storage", _("storage")
    DEFECTIVE = "defective", _("defective goods")
    AFTER_SALES = "after_sales", _("after-sales service")
    ASSEMBLY = "assembly", _("assembly")


class SheetKind(models.TextChoices):
    """Work on stock that takes a while."""

    PUT_AWAY = "put_away", _("put-away")
    TRANSFER = "transfer", _("transfer order")
    COUNT = "count", _("count sheet")


class SheetState(models.TextChoices):
    """How far a sheet is."""

    DRAFT = "draft", _("draft")
    CONFIRMED = "confirmed", _("under way")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class ParcelState(models.TextChoices):
    """Where a parcel is."""

    PACKED = "packed", pgettext_lazy("parcel", "packed")
    SENT = "sent", pgettext_lazy("parcel", "on its way")
    DELIVERED = "delivered", pgettext_lazy("parcel", "delivered")
    RETURNING = "returning", pgettext_lazy("parcel", "coming back")
    LOST = "lost", pgettext_lazy("parcel", "lost")
