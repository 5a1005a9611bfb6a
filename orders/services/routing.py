"""An order on its way to the places that prepare it: what it holds is moved there, one slip for each (ORC-5)."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from logbook.services import record
from logistics.enums import DeliveryKind, ReservationState, SlipKind
from logistics.models import Preparation, PreparationLine, Reservation
from logistics.rules.routing import Candidate, Need
from logistics.selectors.routing import Found, routing_of, spot_of
from logistics.selectors.routing_words import shares_of, why_lost, why_unrouted
from logistics.services import NotEnoughStock, rearrange
from logistics.services.preparation import Item, Job, living, open_slips, shares_on
from orders.enums import MethodKind, OrderState
from orders.models import Order
from orders.services.holding import must_not_be_held
from orders.services.lifecycle import _must_be_paid as must_be_paid

ATTEMPTS = 3
LOST_KEPT = 20


@transaction.atomic
def route_order(order: Order, *, at: dt.datetime, actor: str = "") -> list[Preparation]:
    """Open slips for all that the order holds and no slip carries yet; [] when it is not its time or nothing is left.

    What cannot be routed stays held where it is, and a person is told (`orders.routing_stuck`).
    """
    order = locked_order(order.guid)
    if order.state != OrderState.PLACED or not may_be_prepared(order):
        return []
    return route_open(order, at=at, actor=actor)


def route_open(order: Order, *, at: dt.datetime, actor: str = "", alone: bool = False) -> list[Preparation]:
    """The same for a locked order that may be prepared. `alone`: what there is, the rest is not told as stuck."""
    slips = living(order.guid)
    on_slips = shares_on(slips)
    open_units = _open(order, on_slips)
    if not open_units:
        return []
    items = _items(order, {row.line: row for rows in open_units.values() for row in rows})
    if order.delivery_mode.kind == DeliveryKind.PICKUP:
        shares = _where_they_are(open_units)
        return _opened(order, items, shares, SlipKind.COLLECT, at, actor)
    for _attempt in range(ATTEMPTS):
        found = _ask(order, items, open_units, on_slips, at, partial=alone)
        chosen = found.routed.chosen
        if chosen is None:
            if not alone:
                _stuck(order, found, items, at, actor)
            return []
        try:
            with transaction.atomic():
                rearrange(order.guid, _wanted(chosen, on_slips), at=at)
        except NotEnoughStock:
            continue  # somebody was faster at that place: ask again
        made = _opened(order, items, chosen.shares, SlipKind.SEND, at, actor)
        _routed(order, found, chosen, items, made, at, actor)
        if found.routed.unshippable and not alone:
            _stuck(order, found, items, at, actor)
        return made
    return []


def locked_order(guid: UUID) -> Order:
    """The order as it stands now, kept from others."""
    orders = Order.objects.select_for_update(of=("self",))
    return orders.select_related("payment_method", "store", "channel", "delivery_mode").get(guid=guid)


def may_be_prepared(order: Order) -> bool:
    """Its money came or is to be paid in the store, and nothing holds it."""
    try:
        must_not_be_held(order)
        if order.payment_method.kind != MethodKind.PAY_IN_STORE:
            must_be_paid(order)
    except Refused:
        return False
    return True


def _open(order: Order, on_slips: Mapping[str, Mapping[int, int]]) -> dict[str, list[Reservation]]:
    """Reservations by line of which some units are on no slip; their quantity is then what is open."""
    rows = Reservation.objects.filter(reference=order.guid, state=ReservationState.HELD).order_by("pk")
    found: dict[str, list[Reservation]] = {}
    for row in rows:
        row.quantity -= on_slips.get(row.line, {}).get(row.place_id, 0)
        if row.quantity > 0:
            found.setdefault(row.line, []).append(row)
    return found


def _items(order: Order, rows: Mapping[str, Reservation]) -> dict[str, Item]:
    lines = {line.position: line for line in order.lines.all()}
    items = {}
    for name, row in rows.items():
        line = lines[int(name.partition(".")[0])]
        inside = next((one for one in line.bundle.get("components", []) if one["product"] == row.product_id), None)
        sku, said = (inside["sku"], inside["name"]) if inside and "." in name else (line.sku, line.name)
        items[name] = Item(name, row.product_id, sku, said)
    return items


def _ask(
    order: Order,
    items: Mapping[str, Item],
    open_units: Mapping[str, list[Reservation]],
    on_slips: Mapping[str, Mapping[int, int]],
    at: dt.datetime,
    *,
    partial: bool,
) -> Found:
    worth = {str(line.position): line.net_total / max(line.quantity, 1) for line in order.lines.all()}
    needs = [
        Need(name, items[name].product, sum(row.quantity for row in rows), worth.get(name, Decimal(0)))
        for name, rows in open_units.items()
    ]
    to_store = order.delivery_mode.kind == DeliveryKind.STORE_DELIVERY
    return routing_of(
        needs,
        channel=order.channel,
        at=at,
        target=spot_of(order.address, order.store if to_store else None),
        reference=order.guid,
        without=gone(order),
        taken=_taken(order, on_slips),
        partial=partial,
    )


def _taken(order: Order, on_slips: Mapping[str, Mapping[int, int]]) -> dict[tuple[int, int], int]:
    """Units by (product, place) that living slips need where they are."""
    products = dict(PreparationLine.objects.filter(preparation__reference=order.guid).values_list("line", "product"))
    found: dict[tuple[int, int], int] = {}
    for line, places in on_slips.items():
        for place, units in places.items():
            pair = products[line], place
            found[pair] = found.get(pair, 0) + units
    return found


def gone(order: Order) -> Collection[tuple[int, int]]:
    """(product, place) pairs where this order's goods were not found, or whose slip was refused."""
    lines = PreparationLine.objects.filter(preparation__reference=order.guid)
    refused = lines.filter(preparation__state="refused").values_list("product", "preparation__place")
    return {*refused, *lines.filter(missing__gt=0).values_list("product", "preparation__place")}


def _wanted(chosen: Candidate, on_slips: Mapping[str, Mapping[int, int]]) -> dict[str, dict[int, int]]:
    """Where each line's units are to lie: what slips need where it is, and the rest where it was decided."""
    wanted: dict[str, dict[int, int]] = {}
    for place, lines in chosen.shares.items():
        for line, units in lines.items():
            spread = wanted.setdefault(line, dict(on_slips.get(line, {})))
            spread[place] = spread.get(place, 0) + units
    return wanted


def _where_they_are(open_units: Mapping[str, list[Reservation]]) -> dict[int, dict[str, int]]:
    shares: dict[int, dict[str, int]] = {}
    for line, rows in open_units.items():
        for row in rows:
            shares.setdefault(row.place_id, {})[line] = row.quantity
    return shares


def _opened(
    order: Order,
    items: Mapping[str, Item],
    shares: Mapping[int, Mapping[str, int]],
    kind: str,
    at: dt.datetime,
    actor: str,
) -> list[Preparation]:
    address = order.address
    if order.store is not None and kind == SlipKind.SEND:
        store = order.store
        address = {"name": store.name, "line1": store.address, "postcode": store.postcode, "city": store.city,
                   "country": store.country}  # fmt: skip
    job = Job(order.guid, order.number, order.channel, order.delivery_mode, kind, order.recipient, items, address)
    return open_slips(job, shares, at=at, actor=actor)


def _routed(
    order: Order,
    found: Found,
    chosen: Candidate,
    items: Mapping[str, Item],
    made: list[Preparation],
    at: dt.datetime,
    actor: str,
) -> None:
    names = {name: item.sku for name, item in items.items()}
    lost = [
        {"places": [name for name, _goods in shares_of(one.candidate, found, names)], "why": why_lost(one)}
        for one in found.routed.lost[:LOST_KEPT]
    ]
    record(
        "orders.order_routed", at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number,
        places=[list(pair) for pair in shares_of(chosen, found, names)], slips=[slip.number for slip in made],
        lost=lost, more=max(0, len(found.routed.lost) - LOST_KEPT),
    )  # fmt: skip


def _stuck(order: Order, found: Found, items: Mapping[str, Item], at: dt.datetime, actor: str) -> None:
    short = [f"{units} × {items[line].sku}" for line, units in found.routed.unshippable.items() if line in items]
    why = " ".join([why_unrouted(found), _("Missing: %(goods)s.") % {"goods": ", ".join(short)} if short else ""])
    record(
        "orders.routing_stuck", at=at, subject_kind="order", subject_id=order.guid, actor=actor,
        number=order.number, store=order.store.code if order.store else "", why=why.strip(),
    )  # fmt: skip
