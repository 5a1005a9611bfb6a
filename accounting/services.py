"""Verbs of the books: entries are only ever added, balanced, numbered without gaps, each thing booked once."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounting import rules
from accounting.models import Entry, EntryLine, Journal
from altazion.lib.problems import Refused
from logbook.services import record
from orders.enums import LineKind
from orders.models import Order, Payment

SALES, BANK = "VT", "BQ"
SHIPPING_ACCOUNT = "708500"
GOODS_ACCOUNT = "707000"


@transaction.atomic
def book(
    journal: str, lines: list[rules.Posting], *, key: str, piece: str, label: str, on: dt.date, at: dt.datetime
) -> Entry | None:
    """Add an entry to a journal; the same `key` again books nothing and returns the first entry.

    Returns None when there is nothing to book. Raises Refused when debits and credits differ.
    """
    if not lines:
        return None
    if not rules.balanced(lines):
        raise Refused(_("%(piece)s: debits and credits differ.") % {"piece": piece}, code="unbalanced")
    Journal.objects.get_or_create(code=journal, defaults={"name": journal})
    book_of = Journal.objects.select_for_update().get(code=journal)  # one writer at a time: no gap, no number twice
    if known := Entry.objects.filter(key=key).first():
        return known
    book_of.last_number += 1
    book_of.save(update_fields=["last_number"])
    entry = Entry.objects.create(
        journal=book_of, number=book_of.last_number, date=on, piece=piece, label=label, key=key, booked_at=at
    )
    EntryLine.objects.bulk_create(
        [EntryLine(entry=entry, account=x.account, label=x.label[:160], debit=x.debit, credit=x.credit) for x in lines]
    )
    record("accounting.entry_booked", at=at, subject_kind="entry", subject_id=entry.pk, piece=piece, journal=journal)
    return entry


def book_sale(order_guid: UUID, *, at: dt.datetime) -> Entry | None:
    """The sale of an order that was handed over, in VT, by sales account and VAT rate."""
    order = Order.objects.select_related("channel").get(guid=order_guid)
    nets: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in order.lines.select_related("product__type"):
        nets[_account(line.kind, line.product), line.vat_rate] += line.net_total
    sold = [rules.Sold(account, rate, net) for (account, rate), net in sorted(nets.items())]
    taxes = [(Decimal(rate["rate"]), Decimal(rate["tax"])) for rate in order.vat]
    return book(
        SALES,
        rules.sale(order.total, sold, taxes, order.number),
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
        rules.receipt(payment.amount, payment.method.accounting_code or "511000", label),
        key=f"receipt:{payment.guid}",
        piece=payment.order.number,
        label=label[:160],
        on=(payment.received_at or at).astimezone(ZoneInfo(payment.order.channel.time_zone)).date(),
        at=at,
    )


def _account(kind: str, product: object) -> str:
    if kind == LineKind.SHIPPING:
        return SHIPPING_ACCOUNT
    account = getattr(getattr(product, "type", None), "sales_account", "")
    return account or GOODS_ACCOUNT
