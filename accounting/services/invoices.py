"""Invoices: made once of what was sold and handed over, frozen, numbered without gaps; corrected only by new ones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounting.enums import InvoiceKind
from accounting.models import Company, CreditNote, Invoice, InvoiceLine
from accounting.rules import credit as reversed_
from accounting.rules import invoices as rules
from accounting.services.books import CREDITS, SALES, book, postings
from accounting.services.numbering import Taken, lock, party_of, series_for, take_number
from accounting.services.parties import buyer_of, delivery_of
from altazion.lib.money import ZERO
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders.enums import AttemptState, LineKind, PartState
from orders.models import Order, OrderLine

Parts = list[tuple[OrderLine, int, Decimal]]  # line, units, amount with tax


@transaction.atomic
def invoice_order(
    guid: UUID, *, key: str, at: dt.datetime, actor: str = "", units: Mapping[int, int] | None = None
) -> Invoice | None:
    """Invoice an order: the `units` of a shipment {line position: how many}, or all that no invoice holds yet.

    The delivery fee stands on the first one. The same `key` again returns the first invoice; None when nothing is left
    that costs anything. Raises Refused while the company's details are not complete.
    """
    order = Order.objects.select_for_update(of=("self",)).select_related("channel", "store", "customer").get(guid=guid)
    if known := Invoice.objects.filter(key=key).first():
        return known
    lines = list(order.lines.order_by("position"))
    left = _left(order, lines)
    parts = _parts(lines, left, units)
    if sum((part[2] for part in parts), ZERO) <= 0:
        return None
    series = series_for(InvoiceKind.INVOICE, order.channel)
    seller = party_of(series.company)
    if missing := rules.missing_of(seller):
        text = _("The company that invoices is not complete: %(missing)s. Fill it in, then make the invoice again.")
        raise Refused(text % {"missing": ", ".join(_words(missing))}, code="company_incomplete")
    rates, nets = rules.by_rate([(line.vat_rate, total) for line, _units, total in parts], _left_by_rate(order))
    total = sum((part[2] for part in parts), ZERO)
    paid = rules.prepaid(_receipts(order), _invoiced_total(order), total)
    taken = take_number(series, _day(at, order))
    document = rules.Document(
        kind=InvoiceKind.INVOICE.value, number=taken.number, date=taken.date.isoformat(), language=order.language,
        currency=order.currency, order=order.number, ordered=_day(order.placed_at, order).isoformat(),
        delivered=_day(order.done_at or at, order).isoformat(), seller=seller, buyer=buyer_of(order),
        delivery=delivery_of(order),
        lines=[_line(line, n, of, net) for (line, n, of), net in zip(parts, nets, strict=True)], rates=rates,
        total=total, net=sum(nets, ZERO), tax=total - sum(nets, ZERO), discount=_discount(parts), paid=paid,
        due=total - sum((one.amount for one in paid), ZERO), **_words_of(series.company, order.language),
    )  # fmt: skip
    made = _write(order, document, taken, key=key, at=at, actor=actor)
    _keep_lines(made, parts, nets)
    for credit in CreditNote.objects.filter(order=order, document=None).order_by("pk"):
        write_credit(credit, at=at, actor=actor)  # it came before its invoice
    return made


def write_credit(credit: CreditNote, *, at: dt.datetime, actor: str = "", taken: Taken | None = None) -> Invoice | None:
    """The document of a credit note, which refers to the invoices of its order; None while there are none.

    Runs in the transaction of its caller. `taken`: its number, if it was taken just now.
    """
    standing = list(standing_invoices(credit.order))
    if not standing:
        return None
    if taken is None:
        series = series_for(InvoiceKind.CREDIT, credit.order.channel)
        taken = Taken(credit.number, _day(credit.made_at, credit.order), lock(series, credit.made_at.year))
    first = rules.thawed(standing[0].content)
    rows = [
        (one.line, one.quantity, one.total, one.net_total)
        for one in credit.lines.select_related("line").order_by("line__position")
        if one.total
    ]
    lines = [
        replace(_line(line, units or 1, total, net), base_unit=total / (units or 1), unit=total / (units or 1))
        for line, units, total, net in rows
    ]
    rates = [
        rules.Rate(Decimal(one["rate"]), Decimal(one["net"]), Decimal(one["tax"]),
                   Decimal(one["net"]) + Decimal(one["tax"]))
        for one in credit.vat
    ]  # fmt: skip
    document = replace(
        first, kind=InvoiceKind.CREDIT.value, number=taken.number, date=taken.date.isoformat(), lines=lines,
        rates=rates, total=credit.total, net=credit.net_total, tax=credit.total - credit.net_total, discount=ZERO,
        paid=[], due=credit.total, refers=[rules.Reference(one.number, one.date.isoformat()) for one in standing],
        reason=credit.note or _said(credit.get_reason_display, credit.order.language),
    )  # fmt: skip
    made = _write(
        credit.order, document, taken, key=f"credit:{credit.guid}", at=at, actor=actor, corrects=standing[0],
        credit=credit,
    )  # fmt: skip
    InvoiceLine.objects.bulk_create(
        [InvoiceLine(invoice=made, line=line, quantity=n, total=total, net_total=net) for line, n, total, net in rows]
    )
    return made


@transaction.atomic
def make_anew(invoice: Invoice, buyer: rules.Party, *, reason: str, at: dt.datetime, actor: str) -> Invoice:
    """A wrong invoice stays: it is credited whole, and made anew to the right buyer. Both are booked.

    Said twice for the same invoice, it happens once. Raises Refused for what is no invoice, or was credited.
    """
    if not reason.strip():
        raise Invalid(_("Say what was wrong with it."), field="reason")
    if not buyer.name.strip():
        raise Invalid(_("An invoice names its buyer."), field="name")
    order = Order.objects.select_for_update(of=("self",)).select_related("channel").get(pk=invoice.order_id)
    if known := Invoice.objects.filter(key=f"anew:{invoice.guid}").first():
        return known
    if invoice.kind != InvoiceKind.INVOICE:
        raise Refused(_("Only an invoice can be made anew."), code="no_invoice")
    if invoice.corrections.exists():
        raise Refused(_("There is a credit note on this invoice already."), code="corrected")
    old, day = rules.thawed(invoice.content), _day(at, order)
    credit_taken = take_number(series_for(InvoiceKind.CREDIT, order.channel), day)
    credit = replace(
        old, kind=InvoiceKind.CREDIT.value, number=credit_taken.number, date=credit_taken.date.isoformat(), paid=[],
        due=old.total, refers=[rules.Reference(invoice.number, invoice.date.isoformat())], reason=reason.strip()[:200],
    )  # fmt: skip
    cancelled = _write(order, credit, credit_taken, key=f"cancels:{invoice.guid}", at=at, actor=actor, corrects=invoice)
    taken = take_number(invoice.series, day)
    document = replace(old, number=taken.number, date=taken.date.isoformat(), buyer=buyer)
    made = _write(order, document, taken, key=f"anew:{invoice.guid}", at=at, actor=actor)
    lines = list(invoice.lines.select_related("line__product__type"))
    for copy in (cancelled, made):
        InvoiceLine.objects.bulk_create(
            [InvoiceLine(invoice=copy, line=one.line, quantity=one.quantity, total=one.total, net_total=one.net_total)
             for one in lines]
        )  # fmt: skip
    _book_both(order, lines, old, cancelled, made, at)
    return made


def standing_invoices(order: Order) -> QuerySet[Invoice]:
    """The invoices of an order that were not replaced by another."""
    replaced = Invoice.objects.filter(kind=InvoiceKind.CREDIT, credit=None, corrects__isnull=False).values("corrects")
    return Invoice.objects.filter(order=order, kind=InvoiceKind.INVOICE).exclude(pk__in=replaced).order_by("pk")


def _write(
    order: Order,
    document: rules.Document,
    taken: Taken,
    *,
    key: str,
    at: dt.datetime,
    actor: str,
    corrects: Invoice | None = None,
    credit: CreditNote | None = None,
) -> Invoice:
    if wrong := rules.unsound(document):
        raise Refused(_("%(number)s does not add up: %(wrong)s.") % {"number": taken.number, "wrong": wrong})
    content = rules.frozen(document)
    counter = taken.counter
    counter.seal = rules.seal(counter.seal, content)
    counter.save(update_fields=["seal"])
    made = Invoice.objects.create(
        kind=document.kind, series=counter.series, number=document.number, date=taken.date, order=order,
        corrects=corrects, credit=credit, buyer=document.buyer.name[:160], currency=document.currency,
        total=document.total, net_total=document.net, content=content, key=key, seal=counter.seal, made_at=at,
        made_by=actor[:150],
    )  # fmt: skip
    record(
        "accounting.invoice_made", at=at, actor=actor, subject_kind="order", subject_id=order.guid,
        number=order.number, invoice=str(made.guid), document=made.number, document_kind=made.kind,
        amount=str(made.total),
    )  # fmt: skip
    return made


def _left(order: Order, lines: list[OrderLine]) -> dict[int, rules.Left]:
    """By line, what stands on no invoice yet; what was replaced by a new invoice counts once."""
    sign = Case(When(invoice__kind=InvoiceKind.INVOICE, then=1), default=-1)
    held = InvoiceLine.objects.filter(invoice__order=order, invoice__credit=None).values("line")
    gone = {row["line"]: row for row in held.annotate(units=Sum(F("quantity") * sign), amount=Sum(F("total") * sign))}
    return {
        line.pk: rules.Left(
            line.quantity - (gone[line.pk]["units"] if line.pk in gone else 0),
            line.total - (gone[line.pk]["amount"] if line.pk in gone else ZERO),
        )
        for line in lines
    }


def _left_by_rate(order: Order) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """By VAT rate, the amounts with and without tax of the order that stand on no invoice yet."""
    left = {Decimal(one["rate"]): [Decimal(one["net"]) + Decimal(one["tax"]), Decimal(one["net"])] for one in order.vat}
    for invoice in standing_invoices(order):
        for rate in rules.thawed(invoice.content).rates:
            left.setdefault(rate.rate, [ZERO, ZERO])
            left[rate.rate][0] -= rate.total
            left[rate.rate][1] -= rate.net
    return {rate: (total, net) for rate, (total, net) in left.items()}


def _parts(lines: list[OrderLine], left: Mapping[int, rules.Left], units: Mapping[int, int] | None) -> Parts:
    parts: Parts = []
    for line in lines:
        of = left[line.pk]
        if line.kind == LineKind.SHIPPING or units is None:
            wanted = of.quantity
        else:
            wanted = min(units.get(line.position, 0), of.quantity)
        if wanted > 0 and (total := rules.share(wanted, of)) >= 0:
            parts.append((line, wanted, total))
    return [part for part in parts if part[2] or part[0].kind != LineKind.SHIPPING]


def _line(line: OrderLine, units: int, total: Decimal, net: Decimal) -> rules.Line:
    return rules.Line(
        line.position, line.kind, line.sku, line.name, units, line.base_unit, line.unit, line.vat_rate, total, net
    )


def _discount(parts: Parts) -> Decimal:
    return sum((max(line.base_unit * units - total, ZERO) for line, units, total in parts), ZERO)


def _keep_lines(made: Invoice, parts: Parts, nets: list[Decimal]) -> None:
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(invoice=made, line=line, quantity=units, total=total, net_total=net)
            for (line, units, total), net in zip(parts, nets, strict=True)
        ]
    )


def _receipts(order: Order) -> list[tuple[str, str, Decimal, dt.date]]:
    """What was received and kept: money that went back of a payment does not pay for it."""
    received = order.payments.filter(state=AttemptState.RECEIVED).select_related("method").order_by("received_at", "pk")
    return [
        (one.method.name, one.method.kind, kept, _day(one.received_at or one.started_at, order))
        for one in received.annotate(
            back=Sum("refund_parts__amount", filter=~Q(refund_parts__state=PartState.ABANDONED))
        )
        if (kept := one.amount - (one.back or ZERO)) > 0
    ]


def _invoiced_total(order: Order) -> Decimal:
    return sum((one.total for one in standing_invoices(order)), ZERO)


def _book_both(
    order: Order, lines: list[InvoiceLine], old: rules.Document, cancelled: Invoice, made: Invoice, at: dt.datetime
) -> None:
    """The old invoice the other way round in AV, the new one in VT."""
    nets: dict[int, Decimal] = defaultdict(Decimal)
    for one in lines:
        nets[one.line_id] += one.net_total
    parts = [(one.line, nets[one.line_id]) for one in lines]
    taxes = [(one.rate, one.tax) for one in old.rates]
    for document, journal in ((cancelled, CREDITS), (made, SALES)):
        entry = postings(parts, old.total, taxes, document.number)
        book(
            journal, reversed_(entry) if journal == CREDITS else entry, key=f"invoice:{document.guid}",
            piece=document.number, label=f"{document.number} {order.number} {document.buyer}"[:160], on=document.date,
            at=at,
        )  # fmt: skip


def _words(names: list[str]) -> list[str]:
    return [str(getattr(Company._meta.get_field(name), "verbose_name", name)) for name in names]  # noqa: SLF001


def _day(at: dt.datetime, order: Order) -> dt.date:
    return at.astimezone(ZoneInfo(order.channel.time_zone)).date()


def _words_of(company: Company, language: str) -> dict[str, Any]:
    """What stands on every invoice: the company's words, else the usual ones in the order's language."""
    with override(language):
        usual = {
            "terms": _("Paid on order or on collection. No discount for early payment."),
            "penalties": _(
                "Late payment: three times the legal interest rate and, between companies, 40 € for recovery costs."
            ),
        }
    names = ("terms", "penalties", "exemption", "iban", "mentions")
    return {name: getattr(company, name) or usual.get(name, "") for name in names}


def _said(words: Callable[[], object], language: str) -> str:
    with override(language):
        return str(words())
