"""Credit notes: part of a sale given back, booked in AV; and the money that goes back for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounting import rules
from accounting.models import CreditLine, CreditNote, Entry, Journal
from accounting.selectors import chart
from accounting.services.books import BANK, CREDITS, account_of, book, local_day, vat_word
from altazion.lib.money import cents, net_of
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders.enums import OrderState
from orders.models import Order, OrderLine, PaymentMethod


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
    parts = [_part(rows[pk], count, left[pk]) for pk, count in sorted(wanted.items())]
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
def pay_back(credit: CreditNote, method: PaymentMethod, *, at: dt.datetime, actor: str) -> CreditNote:
    """The money of a credit note went back, by a way to pay; booked in BQ. Said twice, it happens once."""
    credit = CreditNote.objects.select_for_update(of=("self",)).select_related("order").get(pk=credit.pk)
    if credit.refunded_at:
        return credit
    credit.refunded_at, credit.refunded_by, credit.refund_method = at, actor[:150], method
    credit.save(update_fields=["refunded_at", "refunded_by", "refund_method"])
    label = f"{method.name} {credit.number}"
    lines = rules.credit(rules.receipt(credit.total, chart().method(method), label))
    book(BANK, lines, key=f"refund:{credit.guid}", piece=credit.number, label=label[:160], on=local_day(at), at=at)
    record(
        "accounting.credit_note_paid", at=at, actor=actor, subject_kind="order", subject_id=credit.order.guid,
        credit=credit.number, amount=str(credit.total), method=method.code,
    )  # fmt: skip
    return credit


def _part(line: OrderLine, count: int, left: int) -> CreditLine:
    """The last pieces take what rounding left: all credits of a line together are the line."""
    gone = CreditLine.objects.filter(line=line).aggregate(gross=Sum("total"), net=Sum("net_total"))
    if count == left:
        gross, net = line.total - (gone["gross"] or 0), line.net_total - (gone["net"] or 0)
    else:
        gross = cents(line.total * count / line.quantity)
        net = net_of(gross, line.vat_rate)
    return CreditLine(line=line, quantity=count, total=gross, net_total=net)


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
    Journal.objects.get_or_create(code=CREDITS, defaults={"name": "Avoirs"})
    journal = Journal.objects.select_for_update().get(code=CREDITS)  # it numbers the notes, too: no gap
    day = at.astimezone(ZoneInfo(order.channel.time_zone)).date()
    credit = CreditNote.objects.create(
        number=f"A{day:%y}-{journal.last_number + 1:06d}", order=order, reason=reason, note=note[:200], total=total,
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
    return credit


def _book(
    credit: CreditNote, order: Order, parts: list[CreditLine], rows: dict[int, OrderLine], at: dt.datetime
) -> Entry | None:
    accounts = chart()
    nets: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for part in parts:
        line = rows[part.line_id]
        nets[account_of(line, accounts), line.vat_rate] += part.net_total
    sold = [rules.Sold(account, rate, net) for (account, rate), net in sorted(nets.items())]
    taxes = [(Decimal(one["rate"]), Decimal(one["tax"])) for one in credit.vat]
    by_rate = {rate: accounts.vat(rate) for rate, _tax in taxes}
    lines = rules.credit(rules.sale(credit.total, sold, taxes, credit.number, vat_word(), by_rate))
    return book(
        CREDITS,
        lines,
        key=f"credit:{credit.guid}",
        piece=credit.number,
        label=f"{credit.number} {order.number} {order.recipient}"[:160],
        on=local_day(at),
        at=at,
    )
