"""Put-away and transfer orders: drafted, confirmed, done or cancelled. What is under way is incoming where it goes."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from logistics.enums import MovementKind, SheetKind, SheetState
from logistics.models import Place, Sheet, SheetLine, StockBalance
from logistics.services.movements import move

MOST_LINES, MOST_UNITS = 2000, 1_000_000
Goods = tuple[int, int]  # product, units


@transaction.atomic
def open_sheet(
    kind: str,
    place: Place,
    goods: Sequence[Goods] = (),
    *,
    to_place: Place | None = None,
    reason: str = "",
    shows_expected: bool = False,
    key: str = "",
    at: dt.datetime,
    actor: str,
) -> Sheet:
    """A draft. The same key again gives the sheet that it made. Raises Invalid at `to_place`, `lines`."""
    if key and (made := Sheet.objects.filter(key=key).first()):
        return made
    if (kind == SheetKind.TRANSFER) != (to_place is not None) or to_place == place:
        raise Invalid(_("A transfer goes to another place; other sheets have none."), field="to_place")
    try:
        with transaction.atomic():
            sheet = Sheet.objects.create(
                kind=kind,
                place=place,
                to_place=to_place,
                reason=reason[:200],
                shows_expected=shows_expected,
                key=key,
                actor=actor[:150],
                created_at=at,
                changed_at=at,
            )
    except IntegrityError:  # the same key came twice at once
        return Sheet.objects.get(key=key)
    set_lines(sheet, goods)
    _told(sheet, "opened", at, actor)
    return sheet


@transaction.atomic
def set_lines(sheet: Sheet, goods: Iterable[Goods]) -> None:
    """Make these the lines of a draft; lines of one product are added up."""
    in_state(sheet, SheetState.DRAFT)
    units: dict[int, int] = {}
    for product, quantity in goods:
        if not (0 if sheet.kind == SheetKind.COUNT else 1) <= quantity <= MOST_UNITS:
            raise Invalid(_("Give a number of units above 0."), field="lines")
        units[product] = units.get(product, 0) + quantity
    if len(units) > MOST_LINES:
        raise Invalid(_("At most %(n)s products on a sheet.") % {"n": MOST_LINES}, field="lines")
    sheet.lines.all().delete()
    SheetLine.objects.bulk_create(SheetLine(sheet=sheet, product_id=pk, quantity=n) for pk, n in units.items())


@transaction.atomic
def confirm_sheet(sheet: Sheet, *, at: dt.datetime, actor: str) -> None:
    """A draft gets under way: transferred goods leave, expected goods are incoming, a count opens.

    Raises Refused when goods to carry are not there or promised; then nothing left.
    """
    in_state(sheet, SheetState.DRAFT)
    lines = _lines(sheet)
    if not lines:
        raise Refused(_("Put something on the sheet first."), code="empty_sheet", field="lines")
    if sheet.kind == SheetKind.TRANSFER:
        _move_all(sheet, sheet.place_id, lines, -1, sheet.document, at, actor)
    if sheet.kind != SheetKind.COUNT:
        _incoming(sheet, lines, 1)
    step(sheet, SheetState.CONFIRMED, at, actor)


@transaction.atomic
def finish_sheet(sheet: Sheet, arrived: Mapping[int, int] | None = None, *, at: dt.datetime, actor: str) -> None:
    """The goods are there: in stock at their place. `arrived`: units by product where fewer or more came than said."""
    in_state(sheet, SheetState.CONFIRMED)
    if sheet.kind == SheetKind.COUNT:
        raise Refused(_("A count is approved, not received."), code="wrong_kind")
    lines, came = _lines(sheet), arrived or {}
    for line in lines:
        line.arrived = came.get(line.product_id, line.quantity)
        if not 0 <= line.arrived <= MOST_UNITS:
            raise Invalid(_("Give a number of units, 0 or more."), field="arrived")
        if sheet.kind == SheetKind.TRANSFER and line.arrived > line.quantity:
            raise Invalid(_("More arrived than left: count the stock instead."), field="arrived")
    SheetLine.objects.bulk_update(lines, ["arrived"])
    _incoming(sheet, lines, -1)
    target = sheet.to_place_id or sheet.place_id
    _move_all(sheet, target, [line for line in lines if line.arrived], 1, sheet.document, at, actor)
    step(sheet, SheetState.DONE, at, actor)


@transaction.atomic
def cancel_sheet(sheet: Sheet, *, at: dt.datetime, actor: str) -> None:
    """Called off; what left goes back to where it came from."""
    in_state(sheet, SheetState.DRAFT, SheetState.CONFIRMED)
    if sheet.state == SheetState.CONFIRMED and sheet.kind != SheetKind.COUNT:
        lines = _lines(sheet)
        _incoming(sheet, lines, -1)
        if sheet.kind == SheetKind.TRANSFER:
            _move_all(sheet, sheet.place_id, lines, 1, f"{sheet.document}:back", at, actor)
    step(sheet, SheetState.CANCELLED, at, actor)


def _lines(sheet: Sheet) -> list[SheetLine]:
    return list(sheet.lines.select_related("product").order_by("product_id"))


def _move_all(
    sheet: Sheet, place_id: int, lines: list[SheetLine], sign: int, document: str, at: dt.datetime, actor: str
) -> None:
    """Each line in the ledger, in the order of products; a refusal names its product and undoes the others."""
    kind = MovementKind.TRANSFER if sheet.kind == SheetKind.TRANSFER else MovementKind.RECEIPT
    for line in lines:
        units = line.quantity if line.arrived is None else line.arrived
        try:
            move(
                line.product_id,
                place_id,
                sign * units,
                kind=kind,
                document=document,
                at=at,
                actor=actor,
                reason=sheet.reason,
            )
        except Refused as refusal:
            raise Refused(f"{line.product.sku}: {refusal.message}", code=refusal.code, field="lines") from refusal


def _incoming(sheet: Sheet, lines: list[SheetLine], sign: int) -> None:
    place = sheet.to_place_id or sheet.place_id
    for line in lines:
        StockBalance.objects.get_or_create(product_id=line.product_id, place_id=place)
        change = Greatest(F("incoming") + sign * line.quantity, 0)
        StockBalance.objects.filter(product=line.product_id, place=place).update(incoming=change)


def in_state(sheet: Sheet, *states: SheetState) -> None:
    """The sheet's row, locked, is in one of these states. Raises Refused."""
    sheet.state = Sheet.objects.select_for_update().values_list("state", flat=True).get(pk=sheet.pk)
    if sheet.state not in states:
        raise Refused(
            _("This sheet is %(state)s.") % {"state": SheetState(sheet.state).label}, code="wrong_state", field="state"
        )


def step(sheet: Sheet, state: SheetState, at: dt.datetime, actor: str) -> None:
    """On to the next state, told in the journal."""
    sheet.state, sheet.changed_at = state, at
    sheet.save(update_fields=["state", "changed_at"])
    _told(sheet, str(state.value), at, actor)


def _told(sheet: Sheet, step: str, at: dt.datetime, actor: str) -> None:
    record(
        "logistics.sheet_moved",
        at=at,
        actor=actor,
        subject_kind="sheet",
        subject_id=sheet.pk,
        step=step,
        about=sheet.kind,
        place=sheet.place_id,
    )
