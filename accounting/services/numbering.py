"""Who invoices for a channel, and the next number of a series: taken under a lock, given back by a rollback."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from accounting.enums import InvoiceKind
from accounting.models import Company, InvoiceSeries, SeriesYear
from accounting.rules import invoices as rules
from stores.models import SalesChannel

PREFIXES = {InvoiceKind.INVOICE: "F", InvoiceKind.CREDIT: "A"}


@dataclass(frozen=True)
class Taken:
    """A number and its day; `counter` is locked until the transaction ends."""

    number: str
    date: dt.date
    counter: SeriesYear


def series_for(kind: InvoiceKind, channel: SalesChannel) -> InvoiceSeries:
    """The channel's own series, else that of all channels, which is made at its first use."""
    fitting = InvoiceSeries.objects.filter(Q(channel=channel) | Q(channel=None), kind=kind).select_related("company")
    if (found := fitting.order_by(F("channel").asc(nulls_last=True)).first()) is not None:
        return found
    company = Company.objects.order_by("pk").first() or Company.objects.get_or_create(code="main")[0]
    InvoiceSeries.objects.get_or_create(
        kind=kind, channel=None, defaults={"company": company, "prefix": PREFIXES[kind]}
    )
    return InvoiceSeries.objects.select_related("company").get(kind=kind, channel=None)


def take_number(series: InvoiceSeries, day: dt.date) -> Taken:
    """The next number of a series, on this day or on that of the number before, if that is later.

    Must run in the transaction that writes the document: both stay or neither.
    """
    counter = lock(series, day.year)
    counter.last_number += 1
    counter.last_date = max(day, counter.last_date or day)
    counter.save(update_fields=["last_number", "last_date"])
    return Taken(rules.number(series.prefix, day.year, counter.last_number), counter.last_date, counter)


def lock(series: InvoiceSeries, year: int) -> SeriesYear:
    """The counter of a series in a year, locked."""
    if not SeriesYear.objects.filter(series=series, year=year).exists():
        with transaction.atomic():
            SeriesYear.objects.get_or_create(series=series, year=year)
    return SeriesYear.objects.select_for_update().get(series=series, year=year)


def party_of(company: Company) -> rules.Party:
    """The seller as invoices name them."""
    names = (
        "name", "line1", "line2", "postcode", "city", "country", "siren", "vat_number", "email", "phone",
        "legal_form", "register",
    )  # fmt: skip
    return rules.Party(**{name: getattr(company, name) for name in names})


def can_invoice(company: Company) -> bool:
    """Is all there that the law wants?"""
    return not rules.missing_of(party_of(company))
