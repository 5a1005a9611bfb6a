"""What is gathered for an order, and what is not found: fetched elsewhere, else missing; then the order is settled.

Whoever calls locks the order first, then the slip.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import DeliveryKind, MovementKind, ReservationState, SlipState
from logistics.models import Preparation, PreparationLine, Reservation
from logistics.services import move, rearrange
from logistics.services.preparation import (
    claim_slip,
    end,
    finish,
    finished,
    gather,
    living,
    locked,
    must_be_open,
    shares_on,
)
from orders.enums import OrderState
from orders.models import Order, OrderLine
from orders.services.holding import must_not_be_held
from orders.services.lifecycle import mark_ready
from orders.services.routing import locked_order, route_open
from orders.services.settling import settle_prepared


@transaction.atomic
def prepare(
    slip: Preparation, prepared: Mapping[str, int] | None, *, at: dt.datetime, actor: str, partial: bool = False
) -> Preparation:
    """Tell what was gathered of a slip, in all: {line: units}; None is everything. Said again, the new word counts.

    `partial`: more will come, nothing is missing yet. Else what was not gathered is missing: fetched elsewhere if it
    can be, and with the last slip the order is settled. Raises Refused for a held order or a slip that is closed.
    """
    order = locked_order(slip.reference)
    slip = locked(slip)
    lines = list(slip.lines.all())
    told = _told(lines, prepared)
    if slip.state in (SlipState.PREPARED, SlipState.SENT):
        if all(told[line.line] == line.prepared for line in lines):
            return slip
        raise finished(_("This slip is finished: it cannot be told otherwise any more."), slip)
    must_be_open(slip)
    must_not_be_held(order)
    gather(slip, told, {})
    if partial:
        return claim_slip(slip, at=at, actor=slip.claimed_by or actor or "?")
    missing = {line.line: line.left for line in slip.lines.all() if line.left}
    finish_with(order, slip, missing, at=at, actor=actor)
    return locked(slip)


@transaction.atomic
def not_found(slip: Preparation, line: PreparationLine, *, at: dt.datetime, actor: str) -> Preparation:
    """One line cannot be found, or not wholly: what is left of it is fetched elsewhere, else missing."""
    order = locked_order(slip.reference)
    slip = locked(slip)
    must_be_open(slip)
    must_not_be_held(order)
    row = slip.lines.get(pk=line.pk)
    if not row.left:
        return slip
    missing = {row.line: row.left}
    others = [one for one in slip.lines.all() if one.pk != row.pk]
    if all((one.prepared is not None and not one.left) or one.missing == one.quantity for one in others):
        finish_with(order, slip, missing, at=at, actor=actor)
    else:
        _gone(order, slip, missing, at=at, actor=actor)
    return locked(slip)


@transaction.atomic
def refuse(slip: Preparation, reason: str, *, at: dt.datetime, actor: str) -> list[Preparation]:
    """A place cannot prepare a slip: its goods are looked for elsewhere. Raises Invalid without a reason."""
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(_("Say why it cannot be prepared."), field="reason")
    order = locked_order(slip.reference)
    slip = locked(slip)
    must_be_open(slip)
    if order.delivery_mode.kind == DeliveryKind.PICKUP:
        raise Refused(
            _("The shopper comes to this very store: say what was not found, or cancel the order."), code="pickup"
        )
    end(slip, SlipState.REFUSED, at=at, actor=actor, reason=reason)
    return route_open(order, at=at, actor=actor)


def finish_with(order: Order, slip: Preparation, missing: Mapping[str, int], *, at: dt.datetime, actor: str) -> None:
    """End a locked slip with what is missing of it; the order follows when it was the last."""
    if missing:
        gather(slip, {}, _in_all(slip, missing))
    finish(slip, at=at, actor=actor)
    if missing:
        _elsewhere(order, slip, missing, at=at, actor=actor)
    _when_all_ended(order, at=at, actor=actor)


def _gone(order: Order, slip: Preparation, missing: Mapping[str, int], *, at: dt.datetime, actor: str) -> None:
    gather(slip, {}, _in_all(slip, missing))
    _elsewhere(order, slip, missing, at=at, actor=actor)


def _in_all(slip: Preparation, missing: Mapping[str, int]) -> dict[str, int]:
    return {line.line: line.missing + missing[line.line] for line in slip.lines.all() if line.line in missing}


def _elsewhere(order: Order, slip: Preparation, missing: Mapping[str, int], *, at: dt.datetime, actor: str) -> None:
    """Have missing units fetched from other places; give back what none has; take them off this place's stock."""
    if order.delivery_mode.kind != DeliveryKind.PICKUP:
        route_open(order, at=at, actor=actor, alone=True)
    on_slips = shares_on(living(order.guid))
    held: dict[str, dict[int, int]] = {}
    for row in Reservation.objects.filter(reference=order.guid, line__in=missing, state=ReservationState.HELD):
        held.setdefault(row.line, {})[row.place_id] = row.quantity
    wanted = {}
    for line, places in held.items():
        here = min(places.get(slip.place_id, 0), on_slips.get(line, {}).get(slip.place_id, 0))
        wanted[line] = {**places, slip.place_id: here}
    rearrange(order.guid, wanted, at=at)
    for gone_line in slip.lines.filter(line__in=missing):
        _off_the_shelf(slip, gone_line, missing[gone_line.line], at, actor)


def _off_the_shelf(slip: Preparation, row: PreparationLine, units: int, at: dt.datetime, actor: str) -> None:
    """What was not found is not sold again before somebody counts; a task asks for that."""
    taken = True
    try:
        with transaction.atomic():
            move(
                row.product_id, slip.place_id, -units, kind=MovementKind.CORRECTION,
                document=f"notfound:{slip.number}:{row.line}:{row.missing}", reason=_("not found when preparing"),
                at=at, actor=actor,
            )  # fmt: skip
    except Refused:
        taken = False  # others were promised these units: the count will tell
    record(
        "logistics.recount_wanted", at=at, subject_kind="product", subject_id=row.product_id, actor=actor,
        product=row.product_id, place=slip.place_id, place_name=slip.place.name, store=slip.place.store_id,
        sku=row.sku, units=units, slip=slip.number, taken=taken,
    )  # fmt: skip


def _when_all_ended(order: Order, *, at: dt.datetime, actor: str) -> None:
    """The last slip ended: lower the order to what was gathered, then it is ready."""
    slips = Preparation.objects.filter(reference=order.guid)
    if any(slip.is_open for slip in slips) or _open_units(order):
        return
    missing = missing_of(order)
    if missing:
        order = settle_prepared(order, missing, at=at, actor=actor)
        if order.state == OrderState.CANCELLED:
            return
        _trim(order, at=at)
    if order.state == OrderState.PLACED:
        mark_ready(order, at, actor)


def _open_units(order: Order) -> bool:
    """Units held that no slip carries: they wait for a person to route them."""
    on_slips = shares_on(living(order.guid))
    rows = Reservation.objects.filter(reference=order.guid, state=ReservationState.HELD)
    return any(row.quantity > on_slips.get(row.line, {}).get(row.place_id, 0) for row in rows)


def gathered(order: Order) -> dict[str, int]:
    """Units by line on ended slips that left or may leave. Lines that never were on a slip are absent."""
    lines = PreparationLine.objects.filter(preparation__reference=order.guid).select_related("preparation")
    found: dict[str, int] = {}
    for line in lines:
        counts = line.preparation.state in (SlipState.PREPARED, SlipState.SENT)
        found[line.line] = found.get(line.line, 0) + ((line.prepared or 0) if counts else 0)
    return found


def missing_of(order: Order) -> dict[int, int]:
    """Units by position, in all since ordered, that no slip gathered; of a bundle, what cannot be put together."""
    got = gathered(order)
    missing = {}
    for line in order.lines.all():
        whole = _whole(line, got)
        if whole is not None and line.quantity + line.missing > whole:
            missing[line.position] = line.quantity + line.missing - whole
    return missing


def _whole(line: OrderLine, got: Mapping[str, int]) -> int | None:
    """How many of an order's line can leave; None for what comes from no shelf."""
    inside = line.bundle.get("components", [])
    if not inside:
        return got.get(str(line.position))
    parts = [(f"{line.position}.{one['product']}", one["quantity"]) for one in inside]
    known = [got[name] // quantity for name, quantity in parts if name in got]
    return min(known) if known else None


def _trim(order: Order, *, at: dt.datetime) -> None:
    """What was gathered of bundles that cannot be put together goes back to the shelf."""
    lines = {line.position: line for line in order.lines.all() if line.bundle.get("components")}
    surplus: dict[str, int] = {}
    for name, units in gathered(order).items():
        position, _dot, product = name.partition(".")
        if product and (line := lines.get(int(position))):
            per = next(one["quantity"] for one in line.bundle["components"] if str(one["product"]) == product)
            surplus[name] = units - per * line.quantity
    wanted: dict[str, dict[int, int]] = {}
    rows = PreparationLine.objects.filter(preparation__in=living(order.guid)).select_related("preparation")
    for row in rows.order_by("-id"):
        back = min(max(surplus.get(row.line, 0), 0), (row.prepared or 0) - row.sent)
        if back:
            surplus[row.line] -= back
            row.prepared = (row.prepared or 0) - back
            row.save(update_fields=["prepared"])
            wanted.setdefault(row.line, {})
    on_slips = shares_on(living(order.guid))
    rearrange(order.guid, {line: on_slips.get(line, {}) for line in wanted}, at=at)


def _told(lines: list[PreparationLine], prepared: Mapping[str, int] | None) -> dict[str, int]:
    """Units by line, whatever was not named being none."""
    if prepared is None:
        return {line.line: line.quantity - line.missing for line in lines}
    names = {line.line: line for line in lines}
    for name, units in prepared.items():
        if name not in names:
            raise Invalid(_("There is no line %(line)s on this slip.") % {"line": name}, code="no_line", field="lines")
        if units < 0:
            raise Invalid(_("A quantity cannot be negative."), field="lines")
    return {line.line: prepared.get(line.line, 0) for line in lines}
