"""Units kept back from sale, with their reason and dates; they come back by themselves when the dates are over.

The balance's row is locked while a line is written, so that two people do not keep back the same unit. A buyer whose
reservation was already under way goes first: what is free then counts as none, never as less.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from logbook.services import record
from logistics.models import StockBalance, Withdrawal
from logistics.selectors import sold_products
from logistics.selectors.withdrawn import peak, withdrawals_of
from logistics.services.reservations import stock_changed, tell_if_low
from logistics.services.statements import Left

MOST_UNITS, MOST_LINES = 1_000_000, 50


@dataclass(frozen=True)
class Kept:
    """Units to keep back: from when (None: now) and until when (None: for good)."""

    quantity: int
    reason: str
    starts: dt.datetime | None = None
    ends: dt.datetime | None = None


@transaction.atomic
def withdraw(product_id: int, place_id: int, kept: Kept, *, at: dt.datetime, actor: str) -> Withdrawal:
    """Keep units back beside what is kept back already. Refused when more than stand there, or promised units."""
    balance = _locked(product_id, place_id)
    made = _line(balance, kept, at=at, actor=actor)
    there = withdrawals_of(product_id, place_id, at=at)
    _fits(balance, [*there, made], at)
    made.save(force_insert=True)
    _tell(balance, there, [*there, made], at=at, actor=actor)
    return made


@transaction.atomic
def replace_withdrawals(
    product_id: int, place_id: int, wanted: Sequence[Kept], *, at: dt.datetime, actor: str
) -> list[Withdrawal]:
    """Make these lines all that is kept back of a product at a place; none puts everything back. Said twice, no-op."""
    if len(wanted) > MOST_LINES:
        raise Invalid(_("At most %(n)s lines for a product at a place.") % {"n": MOST_LINES}, field="lines")
    balance = _locked(product_id, place_id, needed=bool(wanted))
    before = withdrawals_of(product_id, place_id, at=at)
    lines = [_line(balance, kept, at=at, actor=actor, field=f"lines.{n}.") for n, kept in enumerate(wanted)]
    if sorted(map(_said, before)) == sorted(map(_said, lines)):
        return before
    _fits(balance, lines, at)
    Withdrawal.objects.filter(pk__in=[row.pk for row in before]).delete()
    made = Withdrawal.objects.bulk_create(lines)
    _tell(balance, before, made, at=at, actor=actor)
    return made


@transaction.atomic
def put_back(pk: int, *, at: dt.datetime, actor: str, place_ids: Collection[int] | None = None) -> None:
    """Take one line away: its units are sold again at once. Raises NotFound (also for a place that is not theirs)."""
    rows = Withdrawal.objects.filter(pk=pk)
    if place_ids is not None:
        rows = rows.filter(place__in=place_ids)
    row = rows.select_for_update().first()
    if row is None:
        raise NotFound(_("These units are no longer withdrawn."), code="no_withdrawal")
    balance = _locked(row.product_id, row.place_id, needed=False)
    before = withdrawals_of(row.product_id, row.place_id, at=at)
    row.delete()
    _tell(balance, before, [one for one in before if one.pk != pk], at=at, actor=actor, reason=row.reason)


def _locked(product_id: int, place_id: int, *, needed: bool = True) -> StockBalance:
    balance = (
        StockBalance.objects.select_for_update(of=("self",))
        .select_related("place")
        .filter(product=product_id, place=place_id)
        .first()
    )
    if balance is None and needed:
        raise Refused(_("This place never held that product."), code="stock_missing", field="quantity")
    return balance or StockBalance(product_id=product_id, place_id=place_id)


def _line(balance: StockBalance, kept: Kept, *, at: dt.datetime, actor: str, field: str = "") -> Withdrawal:
    starts, reason = kept.starts or at, " ".join(kept.reason.split())
    if not 0 < kept.quantity <= MOST_UNITS:
        raise Invalid(_("Give a number of units above 0."), field=f"{field}quantity")
    if not reason or len(reason) > 200 or "\x00" in reason:
        raise Invalid(_("Say why, in 200 characters at most."), field=f"{field}reason")
    if kept.ends is not None and kept.ends <= max(starts, at):
        raise Invalid(_("The end must come after the start, and after now."), field=f"{field}ends")
    return Withdrawal(
        product_id=balance.product_id,
        place_id=balance.place_id,
        quantity=kept.quantity,
        reason=reason,
        during=DateTimeTZRange(starts, kept.ends),
        actor=actor[:150],
        created_at=at,
    )


def _fits(balance: StockBalance, rows: Sequence[Withdrawal], at: dt.datetime) -> None:
    """Nobody keeps back what is promised, nor more than stands there."""
    now = sum(row.quantity for row in rows if _holds(row, at))
    if rows and (now > balance.physical - balance.reserved or peak(rows, at) > balance.physical):
        raise Refused(
            _("%(place)s holds %(physical)s, of which %(reserved)s are promised: %(wanted)s cannot be withdrawn.")
            % {
                "place": balance.place.name,
                "physical": balance.physical,
                "reserved": balance.reserved,
                "wanted": peak(rows, at),
            },
            code="too_many_withdrawn",
            field="quantity",
        )


def _holds(row: Withdrawal, at: dt.datetime) -> bool:
    return (row.during.lower or at) <= at and (row.during.upper is None or at < row.during.upper)


def _said(row: Withdrawal) -> tuple[int, str, str, str]:
    """What a line says; one that began says no more when."""
    begun = row.during.lower is None or row.during.lower <= row.created_at
    return row.quantity, row.reason, "" if begun else row.during.lower.isoformat(), str(row.during.upper or "")


def _tell(
    balance: StockBalance,
    before: Sequence[Withdrawal],
    after: Sequence[Withdrawal],
    *,
    at: dt.datetime,
    actor: str,
    reason: str = "",
) -> None:
    was, units = (sum(row.quantity for row in rows if _holds(row, at)) for rows in (before, after))
    stock_changed([balance.product_id], at=at, actor=actor)
    record(
        "logistics.withdrawn_changed",
        at=at,
        subject_kind="product",
        subject_id=balance.product_id,
        actor=actor,
        place=balance.place_id,
        before=was,
        after=units,
        reasons=[row.reason for row in after][:MOST_LINES] or [reason],
    )
    if units > was and balance.pk:
        pair = balance.product_id, balance.place_id
        left = Left(balance.physical, balance.safety, balance.reserved, units)
        tell_if_low(sold_products([pair[0]])[pair[0]], pair, left, was - units, at=at)
