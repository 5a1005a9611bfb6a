"""Promises of stock: made, prolonged, given back, turned into movements (ORC-3: never the same unit twice).

Order of locks everywhere: a reference's own reservation rows first, then balances by (product, place).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from altazion.lib.problems import Invalid, Refused
from catalog.enums import ProductKind
from logbook.services import record, record_many
from logistics import rules
from logistics.enums import Purpose, ReservationState
from logistics.models import Place, Reservation
from logistics.selectors import Sold, endless, shelves, sold_products
from logistics.services import statements
from logistics.services.problems import NotEnoughStock, ShortLine
from logistics.services.statements import Entry, Left, Pair
from stores.models import SalesChannel, Store

Line = tuple[str, int, int | None, int]  # line, product, place or None, quantity
ATTEMPTS = 3
SWEEP_BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """A line with the places that may serve it, best first, and what it holds already."""

    line: str
    product: Sold
    quantity: int
    shelves: tuple[rules.Shelf, ...]
    held: dict[Pair, int]


@dataclass(frozen=True)
class Step:
    """One change of one balance for one line: units to promise, or (negative) to give back."""

    pair: Pair
    units: int
    line: str


class _Taken(Exception):
    """Somebody was faster; the plan must be made again."""


def reserve(
    reference: UUID,
    lines: Iterable[Line],
    *,
    channel: SalesChannel,
    purpose: str,
    store: Store | None = None,
    at: dt.datetime,
    expires_at: dt.datetime | None,
) -> None:
    """Hold units for a cart or an order: all lines or none. Raises NotEnoughStock naming each short line.

    A line is (name, product id, place id or None, quantity); without a place one is chosen among those that serve the
    channel for `purpose` (pickup: the store's), by rank, several if none holds the line alone. Repeating a line sets
    it to the new quantity; 0 gives it back; lines not named stay. `expires_at` None holds until shipped or given back.
    """
    asked = _checked(lines)
    if purpose == Purpose.PICKUP and store is None:
        raise Invalid(_("Choose a store first."), code="no_store", field="store")
    with transaction.atomic():
        held = _held(reference, [line for line, *_rest in asked])
        for _attempt in range(ATTEMPTS):
            wanted = _wanted(asked, held, reference, channel, Purpose(purpose), store, at)
            steps, short = _plan(wanted)
            if short:
                raise NotEnoughStock(short)
            try:
                with transaction.atomic():
                    _apply(reference, steps, wanted, expires_at, at)
            except _Taken:
                continue
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
                continue  # a stock file takes balances in its own order: its locks are gone or will be waited for
            return
        raise NotEnoughStock([_short(each) for each in wanted])


def extend(reference: UUID, *, expires_at: dt.datetime | None) -> int:
    """Move the end of what a reference holds (None: until shipped or given back); returns how many lines it holds."""
    return Reservation.objects.filter(reference=reference, state=ReservationState.HELD).update(expires_at=expires_at)


@transaction.atomic
def release(reference: UUID, *, at: dt.datetime) -> None:
    """Give back all that a reference holds; nothing held is no error."""
    _give_back(_lock(reference), at=at)


@transaction.atomic
def consume(reference: UUID, *, document: str, kind: str, at: dt.datetime, actor: str) -> None:
    """Promised units leave the shelf: physical and reserved go down, a ledger line of `kind` names `document`.

    Done once: a second call finds nothing held. Raises Refused when the units are not there to leave.
    """
    rows = _lock(reference)
    if not rows:
        return
    units = statements.sum_by_pair((row.product_id, row.place_id, row.quantity) for row in rows)
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(state=ReservationState.CONSUMED)
    stock_changed({product for product, _place in units}, at=at, actor=actor)
    entry = Entry(kind, document, "", actor, at)
    for pair in sorted(units):
        if statements.consume_units(pair, units[pair], entry) is None:
            raise Refused(
                _("%(sku)s: fewer units stand at %(place)s than were promised. Count that stock first.") % _names(pair),
                code="stock_missing",
            )


def release_expired(*, at: dt.datetime) -> int:
    """Give back reservations past their time, in batches; returns how many. They counted for nobody before, too."""
    total = 0
    while True:
        with transaction.atomic():
            due = Reservation.objects.filter(state=ReservationState.HELD, expires_at__lte=at)
            rows = list(due.order_by("expires_at").select_for_update(skip_locked=True)[:SWEEP_BATCH])
            _give_back(rows, at=at)
        total += len(rows)
        if len(rows) < SWEEP_BATCH:
            return total


@transaction.atomic
def release_one(pk: int, *, at: dt.datetime, actor: str, place_id: int | None = None) -> None:
    """Give back one reservation by hand (of one place, if named). Raises Refused when it is no longer held."""
    held = Reservation.objects.filter(pk=pk, state=ReservationState.HELD)
    if place_id is not None:
        held = held.filter(place=place_id)
    rows = list(held.select_for_update())
    if not rows:
        raise Refused(_("This reservation is no longer held."), code="not_held")
    row = rows[0]
    record(
        "logistics.reservation_released",
        at=at,
        subject_kind="reservation",
        subject_id=pk,
        actor=actor,
        reference=str(row.reference),
        product=row.product_id,
        quantity=row.quantity,
    )
    _give_back(rows, at=at, actor=actor)


def stock_changed(product_ids: Iterable[int], *, at: dt.datetime, actor: str = "") -> None:
    """Tell the readers of the logbook whose availability moved; written before the balances are touched."""
    record_many("logistics.stock_changed", sorted(product_ids), at=at, subject_kind="product", actor=actor)


def tell_if_low(product: Sold, pair: Pair, left: Left, change: int, *, at: dt.datetime) -> None:
    """Record `logistics.stock_low` when this change took a place's free units below the product's threshold."""
    if rules.crosses(left.free - change, left.free, rules.low_threshold(product.limited_below)):
        record(
            "logistics.stock_low",
            at=at,
            subject_kind="product",
            subject_id=pair[0],
            product=pair[0],
            place=pair[1],
            sku=product.sku,
            available=max(0, left.free),
        )


def _checked(lines: Iterable[Line]) -> list[Line]:
    asked = list(lines)
    names = [line for line, *_rest in asked]
    if len(set(names)) != len(names):
        raise Invalid(_("A line is named twice."), field="lines")
    if any(quantity < 0 for *_rest, quantity in asked):
        raise Invalid(_("A quantity cannot be negative."), field="quantity")
    return asked


def _held(reference: UUID, lines: list[str]) -> dict[str, dict[Pair, int]]:
    """Units already held by line and (product, place); the rows are locked, so that the sweep passes them by."""
    rows = Reservation.objects.filter(reference=reference, line__in=lines, state=ReservationState.HELD)
    found: dict[str, dict[Pair, int]] = {}
    for row in rows.order_by("pk").select_for_update():
        found.setdefault(row.line, {})[row.product_id, row.place_id] = row.quantity
    return found


def _wanted(
    asked: list[Line],
    held: dict[str, dict[Pair, int]],
    reference: UUID,
    channel: SalesChannel,
    purpose: Purpose,
    store: Store | None,
    at: dt.datetime,
) -> list[Wanted]:
    """The lines with what may serve them; goods that no shelf limits drop out unless they hold something."""
    ids = sorted({product for _line, product, *_rest in asked})
    products = sold_products(ids)
    serving = shelves(ids, channel=channel, purpose=purpose, at=at, store=store, for_reference=reference)
    wanted = []
    for line, pk, place, quantity in asked:
        product = products.get(pk)
        if product is not None and product.kind == ProductKind.BUNDLE:
            raise Invalid(_("A bundle is not held itself: name what lies in it."), code="bundle", field=line)
        if product is None or product.kind == ProductKind.PARENT:
            raise Invalid(_("Choose a variant: this is not sold itself."), code="not_sold", field=line)
        mine = held.get(line, {})
        if any(held_product != pk for held_product, _place in mine):
            raise Refused(_("This line holds another product."), code="line_of_another_product", field=line)
        endless_here = endless(product, purpose)
        if endless_here and not mine:
            continue
        steps = [step for step in serving.get(pk, []) if place is None or step.place_id == place]
        found = tuple(step.shelf for step in steps if step.units or step.shelf.own)
        wanted.append(Wanted(line, product, 0 if endless_here else quantity, found, mine))
    return wanted


def _plan(wanted: list[Wanted]) -> tuple[list[Step], list[ShortLine]]:
    """The steps that serve all lines, sorted by balance, or the lines that are short."""
    steps: list[Step] = []
    short: list[ShortLine] = []
    spoken: dict[Pair, int] = {}  # units of a shelf that earlier lines of this call take
    for each in wanted:
        open_shelves = [_open_to(each, shelf, wanted, spoken) for shelf in each.shelves]
        chosen = rules.choose_places(each.quantity, open_shelves) if each.quantity else {}
        if each.quantity and not chosen:
            short.append(_short(each, sum(shelf.free for shelf in open_shelves)))
            continue
        target = {(each.product.id, place): units for place, units in chosen.items()}
        for pair in target.keys() | each.held.keys():
            spoken[pair] = spoken.get(pair, 0) + target.get(pair, 0)
            if change := target.get(pair, 0) - each.held.get(pair, 0):
                steps.append(Step(pair, change, each.line))
    return sorted(steps, key=lambda step: (step.pair, step.units)), short


def _open_to(each: Wanted, shelf: rules.Shelf, wanted: list[Wanted], spoken: dict[Pair, int]) -> rules.Shelf:
    """A shelf as one line sees it: what other lines of the reference keep is not its own."""
    pair = each.product.id, shelf.place_id
    own_of_call = sum(other.held.get(pair, 0) for other in wanted)
    return replace(
        shelf,
        reserved=shelf.reserved + spoken.get(pair, 0),
        own=own_of_call,
        ceiling=None if shelf.ceiling is None else max(0, shelf.ceiling - spoken.get(pair, 0)),
    )


def _short(each: Wanted, left: int | None = None) -> ShortLine:
    free = sum(shelf.free for shelf in each.shelves) if left is None else left
    return ShortLine(each.line, each.product.id, each.product.sku, each.quantity, max(0, free))


def _apply(
    reference: UUID, steps: list[Step], wanted: list[Wanted], expires_at: dt.datetime | None, at: dt.datetime
) -> None:
    kept = [each.line for each in wanted if each.held]
    if kept:
        mine = Reservation.objects.filter(reference=reference, line__in=kept, state=ReservationState.HELD)
        mine.update(expires_at=expires_at)
    if steps:
        stock_changed({step.pair[0] for step in steps}, at=at)
    products = {each.product.id: each.product for each in wanted}
    for step in steps:
        if step.units < 0:
            _shrink(reference, step)
            continue
        left = _take(reference, step, expires_at, at)
        tell_if_low(products[step.pair[0]], step.pair, left, -step.units, at=at)


def _take(reference: UUID, step: Step, expires_at: dt.datetime | None, at: dt.datetime) -> Left:
    """Promise the units; if too few are free, first take back what expired there. Raises _Taken."""
    left = statements.take(reference, step.line, step.pair, step.units, expires_at=expires_at, at=at)
    if left is None and statements.sweep_pair(step.pair, at=at):
        left = statements.take(reference, step.line, step.pair, step.units, expires_at=expires_at, at=at)
    if left is None:
        raise _Taken
    return left


def _shrink(reference: UUID, step: Step) -> None:
    """A held line gives some or all of its units back."""
    product, place = step.pair
    row = Reservation.objects.get(reference=reference, line=step.line, product=product, place=place)
    if row.quantity + step.units > 0:
        Reservation.objects.filter(pk=row.pk).update(quantity=row.quantity + step.units)
    else:
        Reservation.objects.filter(pk=row.pk).update(state=ReservationState.RELEASED)
    statements.give({step.pair: -step.units})


def _lock(reference: UUID) -> list[Reservation]:
    rows = Reservation.objects.filter(reference=reference, state=ReservationState.HELD)
    return list(rows.order_by("pk").select_for_update())


def _give_back(rows: list[Reservation], *, at: dt.datetime, actor: str = "") -> None:
    if not rows:
        return
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(state=ReservationState.RELEASED)
    units = statements.sum_by_pair((row.product_id, row.place_id, row.quantity) for row in rows)
    stock_changed({product for product, _place in units}, at=at, actor=actor)
    statements.give(units)


def _names(pair: Pair) -> dict[str, str]:
    product, place = pair
    return {"sku": sold_products([product])[product].sku, "place": Place.objects.get(pk=place).name}
