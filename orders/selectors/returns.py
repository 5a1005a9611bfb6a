"""Questions about goods that come back."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.enums import AccountKind
from accounts.models import ApiKey, User
from accounts.selectors import stores_seen_by
from altazion.lib.problems import NotFound
from logistics.enums import DeliveryKind
from logistics.models import Place
from orders.enums import LineKind, ReturnState
from orders.models import Order, OrderLine, Refund, Return, ReturnLine, ReturnPolicy
from orders.selectors.orders import orders_seen_by

STATUTORY_DAYS = 14  # from receipt, for what is sold at a distance


@dataclass(frozen=True)
class Returnable:
    """A line, how many of its units may still come back, and whether its kind of product may not."""

    line: OrderLine
    units: int
    excluded: bool


@dataclass(frozen=True)
class Offer:
    """What of an order may come back, until which day."""

    lines: list[Returnable]
    until: dt.date
    late: bool
    instructions: str

    @property
    def open(self) -> bool:
        """Is there anything that a shopper may send back now?"""
        return not self.late and any(one.units and not one.excluded for one in self.lines)


def returnable(order: Order, *, at: dt.datetime) -> Offer:
    """What of an order that was handed over may come back. Three queries."""
    policy = ReturnPolicy.objects.filter(channel=order.channel_id).first()
    excluded = set(policy.excluded.values_list("pk", flat=True)) if policy else set()
    lines = order.lines.filter(kind=LineKind.PRODUCT).select_related("product").order_by("position")
    found = [
        Returnable(line, line.quantity - line.returned, bool(line.product and line.product.type_id in excluded))
        for line in lines
    ]
    zone = ZoneInfo(order.channel.time_zone)
    received = (order.done_at or at).astimezone(zone).date()
    if order.delivery_mode.kind != DeliveryKind.PICKUP and order.promised_to:
        received = max(received, order.promised_to)  # it left then; it came when the carrier brought it
    until = received + dt.timedelta(days=policy.days if policy else STATUTORY_DAYS)
    return Offer(found, until, at.astimezone(zone).date() > until, policy.instructions if policy else "")


def returns_seen_by(user: User) -> QuerySet[Return]:
    """The returns a colleague sees: of the orders they see, and for a store those that came back to it."""
    found = Return.objects.select_related("order", "place", "refund")
    if user.kind != AccountKind.STORE:
        return found
    theirs = orders_seen_by(user).order_by().values("pk")
    return found.filter(Q(order__in=theirs) | Q(place__store__in=stores_seen_by(user)))


def return_in_hand(number: str) -> Return | None:
    """An open return by the number on its slip: whoever holds it may receive it, in any store."""
    return Return.objects.filter(number__iexact=number.strip(), state=ReturnState.ASKED).first()


def places_to_receive(user: User) -> QuerySet[Place]:
    """Where this colleague may receive goods."""
    places = Place.objects.filter(active=True)
    if user.kind == AccountKind.STORE:
        places = places.filter(store__in=stores_seen_by(user))
    return places.order_by("name")


def return_page(guid: UUID | str) -> Return:
    """A return with its lines and order: two queries. Raises NotFound."""
    lines = Prefetch("lines", ReturnLine.objects.select_related("line").order_by("line__position"))
    heads = ("order__channel", "order__customer", "order__store", "place", "refund")
    found = Return.objects.select_related(*heads).prefetch_related(lines).filter(guid=guid).first()
    if found is None:
        raise NotFound(_("There is no such return."), code="no_such_return")
    return found


def return_for_key(number: str, key: ApiKey) -> Return:
    """A return by its number: of orders the key reaches, or open, for the store that holds it. Raises NotFound."""
    found = Return.objects.select_related("order").filter(number__iexact=number).first()
    theirs = found and (key.store_id in (None, found.order.store_id) or found.state == ReturnState.ASKED)
    if found is None or not theirs:
        raise NotFound(_("There is no such return."), code="no_such_return")
    return found


def paid_back_by(refund: Refund) -> dict[int, int]:
    """Line → units that a return gave back with this refund; empty for a refund that no return asked for."""
    rows = ReturnLine.objects.filter(of_return__refund=refund, accepted__gt=0)
    return dict(rows.values_list("line_id", "accepted"))
