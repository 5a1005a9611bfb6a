"""Verbs of the books: entries are only ever added, balanced, numbered without gaps, each thing booked once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from stdnum.exceptions import ValidationError
from stdnum.fr.siren import validate as validate_siren

from accounting import rules
from accounting.models import Entry, EntryLine, Extract, Journal, Separator
from accounting.selectors import days_of, extract_sums, last_numbers
from altazion.lib.problems import Refused
from logbook.services import record
from orders.enums import LineKind
from orders.models import Order, Payment

SALES, BANK = "VT", "BQ"
SHIPPING_ACCOUNT = "708500"
GOODS_ACCOUNT = "707000"


@dataclass(frozen=True)
class Wanted:
    """Which journals are asked for: of those days (both included), or without days all that is new.

    Without days an extract continues after the number that ended the one before, journal by journal.
    """

    journals: Collection[str]
    siren: str
    first: dt.date | None = None
    last: dt.date | None = None
    separator: str = Separator.TAB


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
    with override(settings.LANGUAGE_CODE):  # the books speak the company's language, whoever or whatever books
        vat = _("VAT")
    return book(
        SALES,
        rules.sale(order.total, sold, taxes, order.number, vat),
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


@transaction.atomic
def extract_journals(wanted: Wanted, *, at: dt.datetime, actor: str) -> Extract:
    """Hand journals to the accounting software; raises Refused as `prepared` does.

    The journals are held meanwhile, so that no entry takes a number while the extract says how far it goes.
    """
    list(Journal.objects.select_for_update().filter(code__in=wanted.journals).order_by("code"))
    extract = prepared(wanted)
    extract.made_at, extract.made_by = at, actor
    extract.save()
    record(
        "accounting.journals_extracted", at=at, actor=actor, subject_kind="extract", subject_id=extract.guid,
        file=extract.file_name, lines=extract.lines,
    )  # fmt: skip
    return extract


def prepared(wanted: Wanted) -> Extract:
    """The extract as it would be made now, not saved.

    Raises Refused for a SIREN whose check digit is wrong, days in the wrong order, an unknown journal, or when
    there is nothing to hand over.
    """
    first, last = wanted.first, wanted.last
    if (first is None) != (last is None):
        raise Refused(_("Give both days, or none for all that is new."), code="half_a_period", field="last", status=422)
    if first and last and last < first:
        raise Refused(_("The last day is before the first."), code="period", field="last", status=422)
    books = {one.code: one for one in Journal.objects.filter(code__in=wanted.journals)}
    if unknown := sorted(set(wanted.journals) - set(books)):
        text = _("No such journal: %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Refused(text, code="journal", field="journals", status=422)
    since = last_numbers(list(books)) if first is None else dict.fromkeys(books, 0)
    extract = Extract(
        siren=_siren(wanted.siren), journals=sorted(books), separator=wanted.separator, only_new=first is None,
        since=since, until={code: one.last_number for code, one in books.items()},
        first=first or dt.date.min, last=last or dt.date.max,
    )  # fmt: skip
    extract.lines, extract.total, credit = extract_sums(extract)
    if not extract.lines:
        raise Refused(_("Nothing is booked there that could be handed over."), code="empty", field="journals")
    if extract.total != credit:
        raise Refused(_("Debits and credits of these journals differ: nothing was handed over."), code="unbalanced")
    if extract.only_new:
        extract.first, extract.last = days_of(extract)
    return extract


def _siren(siren: str) -> str:
    try:
        return validate_siren(siren)
    except ValidationError as error:
        sentence = _("“%(siren)s” is not a SIREN: nine figures, the last of which checks the others.")
        raise Refused(sentence % {"siren": siren[:20]}, code="siren", field="siren", status=422) from error
