"""Counts on a sheet: what is found is held against the books of that moment; approved, the difference is booked."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from logistics.enums import SheetKind, SheetState
from logistics.models import Sheet, SheetLine, StockBalance
from logistics.services.movements import count_stock
from logistics.services.sheets import MOST_LINES, MOST_UNITS, in_state, step


@transaction.atomic
def list_all(sheet: Sheet) -> int:
    """Put all that lies at its place, by the books, on a count that is a draft; returns how many products."""
    in_state(sheet, SheetState.DRAFT)
    lying = StockBalance.objects.filter(place=sheet.place_id, physical__gt=0).order_by("product_id")
    ids = list(lying.values_list("product_id", flat=True)[: MOST_LINES + 1])
    if len(ids) > MOST_LINES:
        raise Refused(
            _("More than %(n)s products lie there: count them in parts.") % {"n": MOST_LINES}, code="too_many_lines"
        )
    rows = [SheetLine(sheet=sheet, product_id=pk) for pk in ids]
    SheetLine.objects.bulk_create(rows, ignore_conflicts=True)
    return len(ids)


@transaction.atomic
def count_line(sheet: Sheet, product_id: int, units: int, *, add: bool = False) -> SheetLine:
    """Units of a product that were found; `add`: beside those found before (a scan). A product may be unexpected.

    The books of this moment are kept with it: sold or received afterwards is no difference.
    """
    if sheet.kind != SheetKind.COUNT:
        raise Refused(_("This is no count."), code="wrong_kind")
    in_state(sheet, SheetState.CONFIRMED)
    line, _made = SheetLine.objects.select_for_update().get_or_create(sheet=sheet, product_id=product_id)
    balance = StockBalance.objects.filter(product=product_id, place=sheet.place_id).first()
    book = balance.physical if balance else 0
    if add and line.counted is not None:
        units += line.counted + book - (line.book or 0)  # what moved between two scans is not there twice
    if not 0 <= units <= MOST_UNITS:
        raise Invalid(_("Give a number of units, 0 or more."), field="units")
    line.counted, line.book = units, book
    line.save(update_fields=["counted", "book"])
    return line


@transaction.atomic
def approve_count(sheet: Sheet, *, at: dt.datetime, actor: str) -> int:
    """Book the differences with the sheet as their document; returns how many. Lines nobody counted stay as they are.

    Only the difference is booked, on top of what the balance has become meanwhile.
    """
    if sheet.kind != SheetKind.COUNT:
        raise Refused(_("This is no count."), code="wrong_kind")
    in_state(sheet, SheetState.CONFIRMED)
    lines = sheet.lines.exclude(counted=None).order_by("product_id")
    if not lines:
        raise Refused(_("Nothing is counted yet."), code="nothing_counted")
    booked = 0
    for line in lines:
        if not line.difference:
            continue
        StockBalance.objects.get_or_create(product_id=line.product_id, place_id=sheet.place_id)
        now = StockBalance.objects.select_for_update().get(product=line.product_id, place=sheet.place_id).physical
        count_stock(
            line.product_id,
            sheet.place_id,
            max(0, now + line.difference),
            at=at,
            actor=actor,
            reason=sheet.reason,
            document=sheet.document,
        )
        booked += 1
    step(sheet, SheetState.DONE, at, actor)
    return booked
