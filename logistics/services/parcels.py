"""Verbs of parcels: packed, unpacked, followed, listed for the carrier's driver."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import ParcelState, SlipKind, SlipState
from logistics.models import Carrier, HandoverList, Parcel, ParcelLine, Place, Preparation
from logistics.services.preparation import WrongSlipState, finished, locked

MOST_PARCELS = 200
MOST_SIZE = 1_000_000  # grams and millimetres
AFTER = {
    ParcelState.SENT: {ParcelState.DELIVERED, ParcelState.RETURNING, ParcelState.LOST},
    ParcelState.LOST: {ParcelState.DELIVERED, ParcelState.RETURNING},
    ParcelState.RETURNING: {ParcelState.DELIVERED, ParcelState.LOST},
}


@dataclass(frozen=True)
class Box:
    """What is known of a parcel: sizes in millimetres, weight in grams. `number`: its maker's, empty for ours."""

    carrier: Carrier | None = None
    tracking: str = ""
    tracking_url: str = ""
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    number: str = ""


@transaction.atomic
def pack(
    slip: Preparation, goods: Mapping[str, int] | None, box: Box, *, at: dt.datetime, actor: str, empty: bool = False
) -> Parcel:
    """Put units of a prepared slip ({line: units}; None: all that is in no box) into a parcel. Refused for too many.

    `empty`: it may turn out that nothing is left for it.
    """
    slip = locked(slip)
    may_be_packed(slip)
    left = unpacked(slip)
    wanted = {line: units for line, units in (left if goods is None else goods).items() if units}
    if not wanted and not empty:
        raise Invalid(_("Nothing is left to put into a parcel."), code="nothing_to_pack", field="lines")
    for line, units in wanted.items():
        if units < 0 or units > left.get(line, 0):
            raise Invalid(
                _("Line %(line)s: %(left)s are left to pack.") % {"line": line, "left": left.get(line, 0)},
                code="too_many",
                field="lines",
            )
    count = slip.parcels.count()
    if count >= MOST_PARCELS:
        raise Refused(_("A slip has at most %(n)s parcels.") % {"n": MOST_PARCELS}, code="too_many_parcels")
    number = box.number or _next_number(slip, count)
    if Parcel.objects.filter(number=number).exists():
        raise Refused(_("There is a parcel %(number)s already.") % {"number": number}, code="number_taken")
    _sensible(box)
    parcel = Parcel.objects.create(
        number=number, preparation=slip, carrier=box.carrier or slip.mode.carrier, tracking=box.tracking.strip(),
        tracking_url=box.tracking_url.strip(), weight_g=box.weight_g, length_mm=box.length_mm, width_mm=box.width_mm,
        height_mm=box.height_mm, packed_at=at, packed_by=actor, changed_at=at,
    )  # fmt: skip
    rows = {line.line: line for line in slip.lines.all()}
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line=rows[line], quantity=units) for line, units in wanted.items()
    )
    _tell("logistics.parcel_packed", parcel, at, actor)
    return parcel


@transaction.atomic
def unpack(parcel: Parcel, *, at: dt.datetime, actor: str) -> None:
    """Open a parcel that did not leave; its goods may be packed again."""
    parcel = _locked(parcel)
    if parcel.state != ParcelState.PACKED:
        raise Refused(_("This parcel has left: it cannot be opened any more."), code="parcel_left")
    _tell("logistics.parcel_unpacked", parcel, at, actor)
    parcel.lines.all().delete()
    parcel.delete()


@transaction.atomic
def follow(parcel: Parcel, *, tracking: str, tracking_url: str = "", at: dt.datetime, actor: str) -> Parcel:
    """Note the carrier's number, and where its way is told if the carrier's own address does not say it."""
    parcel = _locked(parcel)
    _must_be_an_address(tracking_url)
    parcel.tracking, parcel.tracking_url, parcel.changed_at = tracking.strip()[:60], tracking_url.strip()[:300], at
    parcel.save(update_fields=["tracking", "tracking_url", "changed_at"])
    _tell("logistics.parcel_followed", parcel, at, actor)
    return parcel


@transaction.atomic
def tell_state(parcel: Parcel, state: str, *, at: dt.datetime, actor: str) -> Parcel:
    """Where a parcel that left is now. Said twice, it happens once."""
    parcel = _locked(parcel)
    if parcel.state == state:
        return parcel
    if state not in AFTER.get(ParcelState(parcel.state), ()):
        label = ParcelState(state).label if state in ParcelState.values else state
        raise Refused(
            _("A parcel that is “%(now)s” cannot become “%(wanted)s”.")
            % {"now": ParcelState(parcel.state).label, "wanted": label},
            code="wrong_state",
        )
    parcel.state, parcel.changed_at = state, at
    parcel.save(update_fields=["state", "changed_at"])
    _tell("logistics.parcel_changed", parcel, at, actor)
    return parcel


def new_list(
    place: Place, carrier: Carrier, parcels: Collection[Parcel], *, at: dt.datetime, actor: str
) -> HandoverList:
    """The paper for a driver who takes these parcels. Whoever calls is in a transaction."""
    Place.objects.select_for_update(of=("self",)).get(pk=place.pk)  # two lists of a place have two numbers
    stem = f"{place.code}-{carrier.code}-{at:%Y%m%d}-"[:55]
    made = HandoverList.objects.create(
        number=f"{stem}{HandoverList.objects.filter(number__startswith=stem).count() + 1}",
        place=place, carrier=carrier, at=at, actor=actor,
    )  # fmt: skip
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels]).update(handover=made)
    return made


def waiting_for(place: Place, carrier: Carrier) -> list[Parcel]:
    """Parcels of a place that are packed for a carrier and did not leave."""
    rows = Parcel.objects.filter(preparation__place=place, carrier=carrier, state=ParcelState.PACKED)
    return list(rows.select_related("preparation__place", "carrier").order_by("pk")[:1000])


def unpacked(slip: Preparation) -> dict[str, int]:
    """Units by line that were gathered and are in no parcel."""
    left = {}
    for line in slip.lines.annotate(boxed=Sum("packed__quantity")):
        if units := (line.prepared or 0) - (line.boxed or 0):
            left[line.line] = units
    return left


def may_be_packed(slip: Preparation) -> None:
    """Raises WrongSlipState for a slip that is not prepared, Refused for one that its shopper collects."""
    if slip.kind == SlipKind.COLLECT:
        raise Refused(_("The shopper collects this order: nothing is sent."), code="pickup")
    if slip.state != SlipState.PREPARED:
        text = _("This slip is “%(state)s”: it cannot be packed or sent.") % {"state": SlipState(slip.state).label}
        raise WrongSlipState(text, details={"state": slip.state}) if slip.is_open else finished(text, slip)


def _next_number(slip: Preparation, count: int) -> str:
    while Parcel.objects.filter(number=f"{slip.number}-{count + 1}").exists():
        count += 1
    return f"{slip.number}-{count + 1}"


def _sensible(box: Box) -> None:
    _must_be_an_address(box.tracking_url)
    for name in ("weight_g", "length_mm", "width_mm", "height_mm"):
        if (figure := getattr(box, name)) is not None and not 0 < figure <= MOST_SIZE:
            raise Invalid(_("Weight and sizes are above 0."), code="bad_size", field=name)


def _must_be_an_address(text: str) -> None:
    if text.strip() and not text.strip().startswith(("https://", "http://")):
        raise Invalid(_("An address begins with https://."), code="bad_address", field="tracking_url")


def _locked(parcel: Parcel) -> Parcel:
    rows = Parcel.objects.select_for_update(of=("self",))
    return rows.select_related("preparation__place", "carrier").get(pk=parcel.pk)


def _tell(kind: str, parcel: Parcel, at: dt.datetime, actor: str) -> None:
    slip = parcel.preparation
    record(
        kind, at=at, subject_kind="parcel", subject_id=parcel.guid, actor=actor, number=parcel.number,
        order=slip.document, slip=slip.number, state=parcel.state, tracking=parcel.tracking, url=parcel.follow,
        carrier=parcel.carrier.code if parcel.carrier else "",
    )  # fmt: skip
