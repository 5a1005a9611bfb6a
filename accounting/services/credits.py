"""Credit notes: part of a sale given back, booked in AV; and the money that goes back for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounting import rules
from accounting.enums import CreditReason, InvoiceKind
from accounting.models import CreditLine, CreditNote, Entry
from accounting.services.books import CREDITS, book, local_day, postings
from accounting.services.invoices import write_credit
from accounting.services.numbering import series_for, take_number
from altazion.lib.money import ZERO, cents, net_of, share_out
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders.enums import LineKind, OrderState, RefundReason
from orders.models import Order, OrderLine, Refund
from orders.selectors import paid_back_by
from orders.services import refund

KEY = "credit:"  # refunds that a credit note asked for
REASONS = {
    CreditReason.RETURN: RefundReason.RETURN,
    CreditReason.MISSING: RefundReason.MISSING,
    CreditReason.GESTURE: RefundReason.GESTURE,
    CreditReason.ERROR: RefundReason.EXCESS,
}


@transaction.atomic
def credit_order(
    order: Order, quantities: Mapping[int, int], *, reason: str, note: str = "", at: dt.datetime, actor: str
) -> CreditNote:
    """Credit lines of an order that was handed over: {line: how many}. Booked as the sale was, the other way round.

    Raises Invalid when nothing is chosen or more than was sold; Refused for an order that is no sale yet.
    """
    order = Order.objects.select_for_update(of=("self",)).select_related("channel").get(pk=order.pk)
    if order.state != OrderState.DONE:
        raise Refused(
            _("Only what was handed over is a sale: cancel the order instead."), code="no_sale", field="order"
        )
    rows = {line.pk: line for line in order.lines.select_related("product__type")}
    wanted = {pk: count for pk, count in quantities.items() if count}
    if not wanted:
        raise Invalid(_("Say how many of which line are credited."), code="nothing", field="lines")
    if strange := set(wanted) - set(rows):
        raise Invalid(_("These are no lines of this order: %(lines)s.") % {"lines": sorted(strange)}, field="lines")
    left = creditable(order)
    for pk, count in wanted.items():
        if not 0 < count <= left[pk]:
            text = _("Of %(name)s at most %(left)d can be credited.")
            raise Invalid(text % {"name": rows[pk].name, "left": left[pk]}, code="too_many", field="lines")
    gone = _gone(order)
    parts = [_part(rows[pk], count, left[pk], gone.get(pk, (ZERO, ZERO))) for pk, count in sorted(wanted.items())]
    credit = _keep(order, parts, rows, reason, note, at, actor)
    _book(credit, order, parts, rows, at)
    record(
        "accounting.credit_note_made", at=at, actor=actor, subject_kind="order", subject_id=order.guid,
        number=order.number, credit=credit.number, amount=str(credit.total), reason=reason,
    )  # fmt: skip
    return credit


def creditable(order: Order) -> dict[int, int]:
    """By line, how many are not credited yet."""
    sums = CreditLine.objects.filter(line__order=order).order_by().values_list("line").annotate(n=Sum("quantity"))
    gone = dict(sums)
    return {pk: quantity - gone.get(pk, 0) for pk, quantity in order.lines.values_list("pk", "quantity")}


@transaction.atomic
def pay_back(credit: CreditNote, *, at: dt.datetime, actor: str) -> CreditNote:
    """Have the money of a credit note go back to the payments it came from. Said twice, it goes once.

    Raises Refused when the order did not keep so much: it was given back already.
    """
    order = Order.objects.select_for_update(of=("self",)).get(pk=credit.order_id)  # the order first, as all do
    credit = CreditNote.objects.select_for_update(of=("self",)).get(pk=credit.pk)
    if credit.refunded_at:
        return credit
    credit.refund = refund(
        order, credit.total, reason=REASONS[CreditReason(credit.reason)], key=f"{KEY}{credit.guid}", at=at, actor=actor
    )
    credit.refunded_at, credit.refunded_by = at, actor[:150]
    credit.save(update_fields=["refunded_at", "refunded_by", "refund"])
    record(
        "accounting.credit_note_paid", at=at, actor=actor, subject_kind="order", subject_id=order.guid,
        number=order.number, credit=credit.number, amount=str(credit.total),
    )  # fmt: skip
    return credit


@transaction.atomic
def credit_refund(guid: UUID, amount: Decimal, *, at: dt.datetime, actor: str = "") -> CreditNote | None:
    """The credit note of money that goes back for a sale.

    A return's is of the lines that came back, and of the delivery fee for the rest of the `amount`; another's is shared
    out over what is left of all lines.

    A credit note that waits for just this money takes it. None when it has its note, or nothing is left to credit.
    """
    back = Refund.objects.get(guid=guid)
    order = Order.objects.select_for_update(of=("self",)).select_related("channel").get(pk=back.order_id)
    if back.key.startswith(KEY) or CreditNote.objects.filter(refund=back).exists():
        return None
    if waiting := CreditNote.objects.filter(order=order, refunded_at=None, total=back.amount).first():
        waiting.refund, waiting.refunded_at, waiting.refunded_by = back, at, actor[:150]
        waiting.save(update_fields=["refund", "refunded_at", "refunded_by"])
        return waiting
    rows = {line.pk: line for line in order.lines.select_related("product__type").order_by("position")}
    gone = _gone(order)
    left = {pk: line.total - gone.get(pk, (ZERO, ZERO))[0] for pk, line in rows.items()}
    amount = min(amount, sum(left.values(), ZERO))
    if amount <= 0:
        return None
    came = paid_back_by(back)
    shares = _of_return(amount, rows, left, came) or share_out(amount, [max(left[pk], ZERO) for pk in rows])
    open_units = creditable(order) if came else {}
    parts = [
        CreditLine(
            line=rows[pk], quantity=min(came.get(pk, 0), max(open_units.get(pk, 0), 0)), total=share,
            net_total=_net(rows[pk], share, gone.get(pk, (ZERO, ZERO))),
        )
        for pk, share in zip(rows, shares, strict=True)
        if share
    ]  # fmt: skip
    reason = {value: key for key, value in REASONS.items()}.get(RefundReason(back.reason), CreditReason.ERROR)
    credit = _keep(order, parts, rows, reason, "", at, actor)
    credit.refund, credit.refunded_at, credit.refunded_by = back, at, actor[:150]
    credit.save(update_fields=["refund", "refunded_at", "refunded_by"])
    _book(credit, order, parts, rows, at)
    return credit


def _of_return(
    amount: Decimal, rows: Mapping[int, OrderLine], left: Mapping[int, Decimal], came: Mapping[int, int]
) -> list[Decimal]:
    """The amount over the lines that came back, then over the fees; empty when it is more than those have left."""
    goods = {pk: min(left[pk], cents(rows[pk].total * units / rows[pk].quantity)) for pk, units in came.items()}
    rest = amount - sum(goods.values(), ZERO)
    fees = {pk: left[pk] if line.kind == LineKind.SHIPPING and rest > 0 else ZERO for pk, line in rows.items()}
    if not came or rest > sum(fees.values(), ZERO):
        return []
    if rest <= 0:
        return share_out(amount, [goods.get(pk, ZERO) for pk in rows])
    return [goods.get(pk, ZERO) + fee for pk, fee in zip(rows, share_out(rest, list(fees.values())), strict=True)]


def _gone(order: Order) -> dict[int, tuple[Decimal, Decimal]]:
    """By line, what is credited already, with and without tax."""
    rows = CreditLine.objects.filter(line__order=order).order_by().values("line")
    sums = rows.annotate(gross=Sum("total"), net=Sum("net_total"))
    return {row["line"]: (row["gross"], row["net"]) for row in sums}


def _net(line: OrderLine, gross: Decimal, gone: tuple[Decimal, Decimal]) -> Decimal:
    """Without tax; the last of a line takes what rounding left."""
    return line.net_total - gone[1] if gross == line.total - gone[0] else net_of(gross, line.vat_rate)


def _part(line: OrderLine, count: int, left: int, gone: tuple[Decimal, Decimal]) -> CreditLine:
    """The last pieces take what rounding, or a lowered price, left: all credits of a line together are the line."""
    rest = line.total - gone[0]
    gross = rest if count == left else min(cents(line.total * count / line.quantity), rest)
    return CreditLine(line=line, quantity=count, total=gross, net_total=_net(line, gross, gone))


def _keep(
    order: Order,
    parts: list[CreditLine],
    rows: dict[int, OrderLine],
    reason: str,
    note: str,
    at: dt.datetime,
    actor: str,
) -> CreditNote:
    taxes: dict[Decimal, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for part in parts:
        both = taxes[rows[part.line_id].vat_rate]
        both[0] += part.net_total
        both[1] += part.total - part.net_total
    total = sum((part.total for part in parts), Decimal(0))
    if total <= 0:
        raise Invalid(_("These lines cost nothing: there is nothing to give back."), code="nothing", field="lines")
    day = at.astimezone(ZoneInfo(order.channel.time_zone)).date()
    taken = take_number(series_for(InvoiceKind.CREDIT, order.channel), day)
    credit = CreditNote.objects.create(
        number=taken.number, order=order, reason=reason, note=note[:200], total=total,
        net_total=sum((part.net_total for part in parts), Decimal(0)),
        vat=[
            {"rate": str(rate), "net": str(net), "tax": str(tax)}
            for rate, (net, tax) in sorted(taxes.items(), reverse=True)
        ],
        made_at=at, made_by=actor[:150],
    )  # fmt: skip
    for part in parts:
        part.credit = credit
    CreditLine.objects.bulk_create(parts)
    write_credit(credit, at=at, actor=actor, taken=taken)
    return credit


def _book(
    credit: CreditNote, order: Order, parts: list[CreditLine], rows: dict[int, OrderLine], at: dt.datetime
) -> Entry | None:
    taxes = [(Decimal(one["rate"]), Decimal(one["tax"])) for one in credit.vat]
    of = [(rows[part.line_id], part.net_total) for part in parts]
    lines = rules.credit(postings(of, credit.total, taxes, credit.number))
    return book(
        CREDITS,
        lines,
        key=f"credit:{credit.guid}",
        piece=credit.number,
        label=f"{credit.number} {order.number} {order.recipient}"[:160],
        on=local_day(at),
        at=at,
    )
