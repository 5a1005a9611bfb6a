"""Verbs of preparation slips: opened, taken, given back, gathered, ended. What that means for an order is told above.

Order of locks: who changes an order with its slips locks the order first; then slips by id; then reservations.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import ParcelState, SlipState
from logistics.models import DeliveryMode, Preparation, PreparationLine, Shipment
from logistics.models.preparation import LIVING, OPEN
from logistics.selectors.routing import policy_of
from stores.models import SalesChannel

SWEEP = 200
REMIND_AT = (0.5, 0.75, 1.0)  # parts of the time to prepare


class WrongSlipState(Refused):
    """The slip does not stand where this can be done."""

    code = "wrong_state"
    status = 405


def finished(text: str, slip: Preparation) -> WrongSlipState:
    """What is said of a slip that is past this."""
    return WrongSlipState(text, code="finished", status=409, details={"state": slip.state})


@dataclass(frozen=True)
class Item:
    """A line that slips can carry: its name under the reference, and how people call the product."""

    line: str
    product: int
    sku: str
    name: str


@dataclass(frozen=True)
class Job:
    """What slips are opened for."""

    reference: UUID
    document: str
    channel: SalesChannel
    mode: DeliveryMode
    kind: str
    recipient: str
    items: Mapping[str, Item]
    address: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def open_slips(
    job: Job, shares: Mapping[int, Mapping[str, int]], *, at: dt.datetime, actor: str = ""
) -> list[Preparation]:
    """One slip per place of `shares` ({place: {line: units}}), with its deadline. The caller has locked the order."""
    last = Preparation.objects.filter(reference=job.reference).aggregate(last=Max("rank"))["last"] or 0
    due = at + dt.timedelta(hours=policy_of(job.channel).hours_to_prepare)
    made = []
    for rank, place in enumerate(sorted(shares), last + 1):
        slip = Preparation.objects.create(
            number=f"{job.document}-{rank}", reference=job.reference, document=job.document, rank=rank,
            channel=job.channel, place_id=place, kind=job.kind, mode=job.mode, recipient=job.recipient,
            address=job.address, opened_at=at, due_at=due, remind_at=at + (due - at) * REMIND_AT[0],
        )  # fmt: skip
        PreparationLine.objects.bulk_create(
            PreparationLine(
                preparation=slip, line=line, product_id=job.items[line].product, sku=job.items[line].sku,
                name=job.items[line].name, quantity=units,
            )
            for line, units in shares[place].items()
        )  # fmt: skip
        tell("logistics.preparation_opened", slip, at, actor, purpose=slip.kind, due=due.isoformat())
        made.append(slip)
    return made


@transaction.atomic
def claim_slip(slip: Preparation, *, at: dt.datetime, actor: str) -> Preparation:
    """Take a slip in hand; nobody else prepares it meanwhile. Taking one's own again prolongs it."""
    slip = locked(slip)
    if slip.state == SlipState.CLAIMED and slip.claimed_by != actor:
        raise WrongSlipState(
            _("%(who)s is preparing this slip already.") % {"who": slip.claimed_by},
            status=409,
            details={"by": slip.claimed_by},
        )
    must_be_open(slip)
    return _claim(slip, at, actor)


@transaction.atomic
def claim_next(places: Collection[int], *, at: dt.datetime, actor: str) -> Preparation | None:
    """Take the most urgent waiting slip of these places; two who ask at once get two. None when nothing waits."""
    waiting = Preparation.objects.filter(place__in=places, state=SlipState.WAITING).order_by("due_at", "id")
    slip = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    return _claim(slip, at, actor) if slip else None


@transaction.atomic
def return_slip(slip: Preparation, *, at: dt.datetime, actor: str) -> Preparation:
    """Put a slip back for others; what was gathered of it stays told."""
    slip = locked(slip)
    if slip.state == SlipState.CLAIMED:
        _back(slip, at, actor, why="returned")
    else:
        must_be_open(slip)
    return slip


def expire_claims(*, at: dt.datetime) -> int:
    """Slips whose keeper's time is over go back to the list; returns how many."""
    with transaction.atomic():
        rows = Preparation.objects.filter(state=SlipState.CLAIMED, claim_until__lte=at).order_by("claim_until")
        slips = list(rows.select_for_update(skip_locked=True, of=("self",))[:SWEEP])
        for slip in slips:
            _back(slip, at, "clock", why="expired")
    return len(slips)


def remind(*, at: dt.datetime) -> int:
    """Remind of open slips at a half, three quarters and the end of their time; returns how many were reminded of."""
    with transaction.atomic():
        due = Preparation.objects.filter(state__in=OPEN, remind_at__lte=at).order_by("remind_at")
        slips = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("place")[:SWEEP])
        for slip in slips:
            slip.reminders = sum(at >= _part(slip, part) for part in REMIND_AT)
            left = REMIND_AT[slip.reminders :]
            slip.remind_at = _part(slip, left[0]) if left else None
            slip.save(update_fields=["reminders", "remind_at"])
            facts = {"reminder": slip.reminders, "due": slip.due_at.isoformat()}
            tell("logistics.preparation_reminded", slip, at, "clock", **facts)
    return len(slips)


def gather(slip: Preparation, prepared: Mapping[str, int], missing: Mapping[str, int]) -> None:
    """Write what was gathered and what was not found, in all; the slip is locked. Raises Invalid for too many."""
    for line in slip.lines.all():
        if line.line not in prepared and line.line not in missing:
            continue
        line.prepared = prepared.get(line.line, line.prepared)
        line.missing = missing.get(line.line, line.missing)
        if (line.prepared or 0) + line.missing > line.quantity:
            raise Invalid(
                _("%(sku)s: %(quantity)s are on the slip.") % {"sku": line.sku, "quantity": line.quantity},
                code="too_many",
                field=line.line,
            )
        line.save(update_fields=["prepared", "missing"])


def finish(slip: Preparation, *, at: dt.datetime, actor: str) -> None:
    """Everything on a locked slip is gathered or told missing; a slip of nothing but missing units ends here."""
    lines = list(slip.lines.all())
    for line in lines:
        if line.prepared is None:
            line.prepared = line.quantity - line.missing
            line.save(update_fields=["prepared"])
    slip.state = SlipState.PREPARED
    slip.prepared_at, slip.prepared_by = at, actor
    slip.claim_until = None
    empty = not any(line.prepared for line in lines)
    if empty:
        slip.state, slip.ended_at = SlipState.CANCELLED, at
    slip.save(update_fields=["state", "prepared_at", "prepared_by", "claim_until", "ended_at"])
    facts = {
        "prepared": {line.line: line.prepared for line in lines},
        "missing": {line.line: line.missing for line in lines if line.missing},
    }
    tell("logistics.preparation_prepared", slip, at, actor, **facts)


def end(slip: Preparation, state: str, *, at: dt.datetime, actor: str, reason: str = "") -> None:
    """Close a locked slip: left, refused or cancelled."""
    slip.state, slip.ended_at, slip.reason, slip.claim_until = state, at, reason[:200], None
    slip.save(update_fields=["state", "ended_at", "reason", "claim_until"])
    tell(f"logistics.preparation_{state}", slip, at, actor, reason=reason[:200])


def living(reference: UUID, *, lock: bool = True) -> list[Preparation]:
    """The slips of an order that still hold units, by rank, with their lines."""
    rows = Preparation.objects.filter(reference=reference, state__in=LIVING).order_by("id")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return list(rows.select_related("place").prefetch_related("lines"))


def finish_open(reference: UUID, *, at: dt.datetime, actor: str) -> None:
    """The short way: an order was called ready, so whatever its slips still ask for is gathered."""
    for slip in living(reference):
        if slip.is_open:
            finish(slip, at=at, actor=actor)


def leave(reference: UUID, *, at: dt.datetime, actor: str) -> None:
    """All that an order's slips gathered leaves at once."""
    for slip in living(reference):
        slip.lines.update(sent=F("prepared"))
        packed = slip.parcels.filter(state=ParcelState.PACKED)
        if packed.exists():
            key = f"{slip.number}:handed"
            whole = Shipment.objects.create(key=key, preparation=slip, at=at, actor=actor, told_at=at)
            packed.update(state=ParcelState.SENT, shipment=whole, changed_at=at)
        end(slip, SlipState.SENT, at=at, actor=actor)


def cancel_slips(reference: UUID, *, at: dt.datetime, actor: str, reason: str) -> None:
    """Nothing of an order is prepared any more."""
    for slip in living(reference):
        slip.parcels.filter(state=ParcelState.PACKED).delete()
        end(slip, SlipState.CANCELLED, at=at, actor=actor, reason=reason)


def locked(slip: Preparation) -> Preparation:
    """The slip as it stands now, kept from others."""
    return Preparation.objects.select_for_update(of=("self",)).select_related("place", "channel").get(pk=slip.pk)


def must_be_open(slip: Preparation) -> None:
    """Raises WrongSlipState for a slip that nobody can prepare any more."""
    if not slip.is_open:
        text = _("This slip is “%(state)s”: nothing is to be prepared.")
        raise finished(text % {"state": SlipState(slip.state).label}, slip)


def shares_on(slips: Sequence[Preparation]) -> dict[str, dict[int, int]]:
    """Units by line and place that slips still claim: gathered or to be gathered, not sent and not missing."""
    found: dict[str, dict[int, int]] = {}
    for slip in slips:
        for line in slip.lines.all():
            if units := (line.quantity - line.missing if slip.is_open else line.prepared or 0) - line.sent:
                at_line = found.setdefault(line.line, {})
                at_line[slip.place_id] = at_line.get(slip.place_id, 0) + units
    return found


def tell(kind: str, slip: Preparation, at: dt.datetime, actor: str, **facts: Any) -> None:
    """An event about a slip, found under its order too by the number."""
    store = slip.place.store_id
    record(
        kind, at=at, subject_kind="preparation", subject_id=slip.guid, actor=actor, number=slip.number,
        order=slip.document, place=slip.place.code, place_name=slip.place.name, store=store, **facts,
    )  # fmt: skip


def _part(slip: Preparation, part: float) -> dt.datetime:
    return slip.opened_at + (slip.due_at - slip.opened_at) * part


def _claim(slip: Preparation, at: dt.datetime, actor: str) -> Preparation:
    minutes = policy_of(slip.channel).claim_minutes
    is_new = slip.state == SlipState.WAITING
    slip.state, slip.claimed_by = SlipState.CLAIMED, actor
    slip.claimed_at = at if is_new else slip.claimed_at
    slip.claim_until = at + dt.timedelta(minutes=minutes)
    slip.save(update_fields=["state", "claimed_by", "claimed_at", "claim_until"])
    if is_new:
        tell("logistics.preparation_claimed", slip, at, actor, until=slip.claim_until.isoformat())
    return slip


def _back(slip: Preparation, at: dt.datetime, actor: str, *, why: str) -> None:
    by, slip.state, slip.claimed_by = slip.claimed_by, SlipState.WAITING, ""
    slip.claimed_at = slip.claim_until = None
    slip.save(update_fields=["state", "claimed_by", "claimed_at", "claim_until"])
    tell("logistics.preparation_returned", slip, at, actor, why=why, by=by)
