"""Verbs of the books: entries are only ever added, balanced, numbered without gaps, each thing booked once."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting import rules
from accounting.models import Closing, Entry, EntryLine, Journal
from accounting.selectors import chart, closed_until, lines_between
from accounting.selectors.accounts import Chart
from altazion.lib.problems import Refused
from logbook.services import record
from orders.enums import LineKind
from orders.models import Order, OrderLine, Payment, RefundPart

SALES, BANK, CREDITS = "VT", "BQ", "AV"


@transaction.atomic
def book(
    journal: str, lines: list[rules.Posting], *, key: str, piece: str, label: str, on: dt.date, at: dt.datetime
) -> Entry | None:
    """Add an entry to a journal; the same `key` again books nothing and returns the first entry.

    Returns None when there is nothing to book. What belongs to a closed day is booked on the first open one and
    keeps its own day as date of the piece. Raises Refused when debits and credits differ.
    """
    if not lines:
        return None
    if not rules.balanced(lines):
        raise Refused(_("%(piece)s: debits and credits differ.") % {"piece": piece}, code="unbalanced")
    Journal.objects.get_or_create(code=journal, defaults={"name": journal})
    book_of = Journal.objects.select_for_update().get(code=journal)  # one writer at a time: no gap, no number twice
    if known := Entry.objects.filter(key=key).first():
        return known
    closed = closed_until()
    late = closed is not None and on <= closed
    book_of.last_number += 1
    book_of.save(update_fields=["last_number"])
    entry = Entry.objects.create(
        journal=book_of,
        number=book_of.last_number,
        date=max(closed + dt.timedelta(days=1), local_day(at)) if closed and late else on,
        piece_date=on if late else None,
        piece=piece,
        label=label,
        key=key,
        booked_at=at,
    )
    EntryLine.objects.bulk_create(
        [EntryLine(entry=entry, account=x.account, label=x.label[:160], debit=x.debit, credit=x.credit) for x in lines]
    )
    record("accounting.entry_booked", at=at, subject_kind="entry", subject_id=entry.pk, piece=piece, journal=journal)
    return entry


def book_sale(order_guid: UUID, *, at: dt.datetime) -> Entry | None:
    """The sale of an order that was handed over, in VT, by sales account and VAT rate."""
    order = Order.objects.select_related("channel").get(guid=order_guid)
    parts = [(line, line.net_total) for line in order.lines.select_related("product__type")]
    taxes = [(Decimal(rate["rate"]), Decimal(rate["tax"])) for rate in order.vat]
    return book(
        SALES,
        postings(parts, order.total, taxes, order.number),
        key=f"sale:{order.guid}",
        piece=order.number,
        label=f"{order.number} {order.recipient}"[:160],
        on=(order.done_at or at).astimezone(ZoneInfo(order.channel.time_zone)).date(),
        at=at,
    )


def book_receipt(payment_guid: UUID, *, at: dt.datetime) -> Entry | None:
    """Money that came for an order, in BQ, on the account of its way to pay."""
    payment = Payment.objects.select_related("order__channel", "method").get(guid=payment_guid)
    label = f"{payment.method.name} {payment.order.number}"
    return book(
        BANK,
        rules.receipt(payment.amount, chart().method(payment.method), label),
        key=f"receipt:{payment.guid}",
        piece=payment.order.number,
        label=label[:160],
        on=(payment.received_at or at).astimezone(ZoneInfo(payment.order.channel.time_zone)).date(),
        at=at,
    )


def book_refund(part_guid: UUID, *, at: dt.datetime) -> Entry | None:
    """Money that went back to the way it came, in BQ: the receipt the other way round."""
    part = RefundPart.objects.select_related("refund__order__channel", "payment__method").get(guid=part_guid)
    order, method = part.refund.order, part.payment.method
    label = f"{method.name} {order.number}"
    return book(
        BANK,
        rules.credit(rules.receipt(part.amount, chart().method(method), label)),
        key=f"refund:{part.guid}",
        piece=order.number,
        label=label[:160],
        on=(part.done_at or at).astimezone(ZoneInfo(order.channel.time_zone)).date(),
        at=at,
    )


@transaction.atomic
def close_period(last: dt.date, *, at: dt.datetime, actor: str) -> Closing:
    """Close the books up to a day, for good; the seal covers every line since the closing before.

    Raises Refused for a day that is not over, or already closed.
    """
    list(Journal.objects.select_for_update().order_by("code"))  # no entry takes its day meanwhile
    before = Closing.objects.order_by("-last").first()
    if last >= local_day(at):
        raise Refused(_("This day is not over yet."), code="not_over", field="last", status=422)
    if before and last <= before.last:
        text = _("The books are closed up to %(day)s already.")
        raise Refused(text % {"day": before.last.isoformat()}, code="closed", field="last", status=422)
    seal = hashlib.sha256((before.digest if before else "").encode())
    entries, total = set(), Decimal(0)
    for row in lines_between(before.last if before else None, last):
        seal.update(repr(row).encode())
        entries.add(row[:2])
        total += row[6]
    closing = Closing.objects.create(
        last=last, entries=len(entries), total=total, digest=seal.hexdigest(), closed_at=at, closed_by=actor
    )
    record(
        "accounting.period_closed", at=at, actor=actor, subject_kind="closing", subject_id=closing.pk,
        last=last.isoformat(), entries=len(entries), seal=closing.digest,
    )  # fmt: skip
    return closing


def postings(
    parts: Iterable[tuple[OrderLine, Decimal]], total: Decimal, taxes: Iterable[tuple[Decimal, Decimal]], label: str
) -> list[rules.Posting]:
    """What a sale of (line, amount without tax) books, by sales account and VAT rate."""
    accounts, taxes = chart(), list(taxes)
    nets: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line, net in parts:
        nets[account_of(line, accounts), line.vat_rate] += net
    sold = [rules.Sold(account, rate, net) for (account, rate), net in sorted(nets.items())]
    by_rate = {rate: accounts.vat(rate) for rate, _tax in taxes}
    return rules.sale(total, sold, taxes, label, vat_word(), by_rate)


def account_of(line: OrderLine, accounts: Chart) -> str:
    """The sales account of a line."""
    if line.kind == LineKind.SHIPPING:
        return accounts.shipping(line.vat_rate)
    return accounts.sales(getattr(line.product, "type", None), line.vat_rate)


def vat_word() -> str:
    """VAT in the company's language, whoever or whatever books."""
    with override(settings.LANGUAGE_CODE):
        return _("VAT")


def local_day(at: dt.datetime) -> dt.date:
    """The company's day at an instant."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
