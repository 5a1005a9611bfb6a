"""What was prepared leaves: a slip at once or in parts, each a shipment with its own document and event."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import MovementKind, ParcelState, SlipState
from logistics.models import Carrier, HandoverList, Parcel, Place, Preparation, PreparationLine, Shipment
from logistics.models.preparation import LIVING
from logistics.services.consuming import consume_part
from logistics.services.parcels import Box, may_be_packed, new_list, pack, unpacked, waiting_for
from logistics.services.preparation import end, finished, locked
from orders.enums import OrderState
from orders.models import Order
from orders.services.capturing import capture
from orders.services.holding import must_not_be_held
from orders.services.lifecycle import _must_be_paid as must_be_paid
from orders.services.lifecycle import hand_over
from orders.services.routing import locked_order


@transaction.atomic
def ship(
    slip: Preparation,
    sent: Mapping[str, int] | None = None,
    *,
    at: dt.datetime,
    actor: str,
    documents: Sequence[Mapping[str, str]] = (),
) -> Shipment | None:
    """Let units of a prepared slip leave: `sent` is {line: units}, in all so far; None is everything gathered.

    Goods in no parcel get one. Said again it changes nothing: the last shipment comes back. With the last slip the
    order is done. Raises Refused for an order that is held or not paid, Invalid for more than was gathered.
    """
    order = locked_order(slip.reference)
    slip = locked(slip)
    lines = {line.line: line for line in slip.lines.all()}
    fresh = _fresh(lines, sent)
    last = Shipment.objects.filter(preparation=slip).order_by("-id").first()
    if slip.state == SlipState.SENT:
        if any(fresh.values()):
            raise finished(_("All of this slip has left already."), slip)
        return last
    may_be_packed(slip)
    if not any(fresh.values()):
        return last
    must_not_be_held(order)
    must_be_paid(order)
    capture(order, at=at, actor=actor)
    before = _whole_lines(order)
    for name, units in fresh.items():
        PreparationLine.objects.filter(pk=lines[name].pk).update(sent=lines[name].sent + units)
    after = _whole_lines(order)
    gone = {position: units - before.get(position, 0) for position, units in after.items()}
    number = Shipment.objects.filter(preparation__reference=order.guid).count() + 1
    made = Shipment.objects.create(
        key=f"order:{order.number}:{number}", preparation=slip, at=at, actor=actor,
        lines={str(position): units for position, units in gone.items() if units},
        documents=[dict(one) for one in documents],
    )  # fmt: skip
    _take_parcels(slip, made, whole=sent is None, at=at, actor=actor)
    consume_part(
        order.guid, {name: {slip.place_id: units} for name, units in fresh.items() if units},
        document=made.key, kind=MovementKind.SHIPMENT.value, at=at, actor=actor,
    )  # fmt: skip
    _tell(order, slip, made, at, actor)
    if all(line.sent == line.prepared for line in slip.lines.all()):
        end(slip, SlipState.SENT, at=at, actor=actor)
    if order.state == OrderState.READY and not _left(order):
        hand_over(order, at, actor)
    return made


@transaction.atomic
def hand_to_carrier(place: Place, carrier: Carrier, *, at: dt.datetime, actor: str) -> HandoverList:
    """All that a place packed for a carrier leaves with its driver, on one list. Refused when nothing waits.

    Of a slip whose goods are not all in parcels, or whose order is held, the parcels stay; the others leave.
    """
    taken, kept = [], []
    parcels = waiting_for(place, carrier)
    slips = {parcel.preparation_id: parcel.preparation for parcel in parcels}
    for pk, slip in sorted(slips.items()):
        mine = [parcel for parcel in parcels if parcel.preparation_id == pk]
        try:
            with transaction.atomic():
                if unpacked(slip):
                    raise Refused(_("Slip %(number)s is not wholly packed.") % {"number": slip.number})
                ship(slip, at=at, actor=actor)
        except Refused as refusal:
            kept.append(f"{slip.number}: {refusal.message}")
            continue
        taken += mine
    if not taken:
        why = " ".join(kept[:3]) or _("Nothing is packed for this carrier here.")
        raise Refused(why, code="nothing_to_hand_over")
    made = new_list(place, carrier, taken, at=at, actor=actor)
    record(
        "logistics.parcels_handed_over", at=at, subject_kind="handover", subject_id=made.number, actor=actor,
        place=place.code, carrier=carrier.code, parcels=[parcel.number for parcel in taken], kept=kept,
    )  # fmt: skip
    return made


def claim_news(key: str, *, at: dt.datetime) -> bool:
    """True for the one who may tell the shopper of a shipment; everyone after gets False."""
    return Shipment.objects.filter(key=key, told_at=None).update(told_at=at) == 1


def give_up_news(key: str) -> None:
    """Sending failed before the mail left: the next try may claim it again."""
    Shipment.objects.filter(key=key).update(told_at=None)


def _fresh(lines: Mapping[str, PreparationLine], sent: Mapping[str, int] | None) -> dict[str, int]:
    """Units by line that leave now."""
    if sent is None:
        return {name: (line.prepared or 0) - line.sent for name, line in lines.items()}
    fresh = dict.fromkeys(lines, 0)
    for name, units in sent.items():
        line = lines.get(name)
        if line is None:
            raise Invalid(_("There is no line %(line)s on this slip.") % {"line": name}, code="no_line", field="lines")
        if not line.sent <= units <= (line.prepared or 0):
            text = _("%(sku)s: between %(least)s and %(most)s can have left.")
            facts = {"sku": line.sku, "least": line.sent, "most": line.prepared or 0}
            raise Invalid(text % facts, code="too_many", field="lines")
        fresh[name] = units - line.sent
    return fresh


def _whole_lines(order: Order) -> dict[int, int]:
    """Units by order position that have left on slips; of a bundle, those that are complete."""
    sent: dict[str, int] = {}
    for name, units in PreparationLine.objects.filter(preparation__reference=order.guid).values_list("line", "sent"):
        sent[name] = sent.get(name, 0) + units
    whole = {}
    for line in order.lines.exclude(product=None):
        inside = line.bundle.get("components", [])
        parts = [sent.get(f"{line.position}.{one['product']}", 0) // one["quantity"] for one in inside]
        whole[line.position] = min(parts) if parts else sent.get(str(line.position), 0)
    return whole


def _take_parcels(slip: Preparation, shipment: Shipment, *, whole: bool, at: dt.datetime, actor: str) -> None:
    """The packed parcels leave with the shipment; when all leaves, what is in none gets one."""
    if whole and unpacked(slip):
        pack(slip, None, Box(), at=at, actor=actor)
    Parcel.objects.filter(preparation=slip, state=ParcelState.PACKED).update(
        state=ParcelState.SENT, shipment=shipment, changed_at=at
    )


def _left(order: Order) -> bool:
    return Preparation.objects.filter(reference=order.guid, state__in=LIVING).exists()


def _tell(order: Order, slip: Preparation, made: Shipment, at: dt.datetime, actor: str) -> None:
    parcels: list[dict[str, Any]] = [
        {
            "number": parcel.number,
            "carrier": parcel.carrier.code if parcel.carrier else "",
            "tracking": parcel.tracking,
            "url": parcel.follow,
        }
        for parcel in made.parcels.select_related("carrier").order_by("pk")
    ]
    record(
        "orders.order_shipped", at=at, subject_kind="order", subject_id=order.guid, actor=actor, number=order.number,
        shipment=made.key, lines=made.lines, slip=slip.number, place=slip.place.code, parcels=parcels,
        store=order.store.code if order.store else "",
    )  # fmt: skip
