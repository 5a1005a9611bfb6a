"""Questions to the books."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, DateField, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import TruncDate

from accounting.models import Account, Closing, EntryLine, Extract
from accounting.rules import CUSTOMERS, fec

CHUNK = 5_000


def lines_of(journal: str, *, first: dt.date, last: dt.date) -> QuerySet[EntryLine]:
    """A journal's lines between two days, both included, in the order of its numbers, with entry and journal."""
    return (
        EntryLine.objects.filter(entry__journal__code=journal, entry__date__range=(first, last))
        .select_related("entry__journal")
        .order_by("entry__number", "id")
    )


def extracted(extract: Extract) -> QuerySet[EntryLine]:
    """The lines that an extract holds: its days, its journals, the numbers that were there when it was made."""
    wanted = Q()
    for code in extract.journals:
        after, upto = extract.since.get(code, 0), extract.until.get(code, 0)
        wanted |= Q(entry__journal__code=code, entry__number__gt=after, entry__number__lte=upto)
    return EntryLine.objects.filter(wanted, entry__date__range=(extract.first, extract.last))


def extract_sums(extract: Extract) -> tuple[int, Decimal, Decimal]:
    """How many lines, and the sums of their debits and credits."""
    found = extracted(extract).aggregate(n=Count("pk"), debit=Sum("debit"), credit=Sum("credit"))
    return found["n"], found["debit"] or Decimal(0), found["credit"] or Decimal(0)


def days_of(extract: Extract) -> tuple[dt.date, dt.date]:
    """The first and the last day that its entries bear. The extract must hold some."""
    found = extracted(extract).aggregate(first=Min("entry__date"), last=Max("entry__date"))
    return found["first"], found["last"]


def fec_lines(extract: Extract) -> Iterator[str]:
    """The file of an extract, line by line with its header, read by a server-side cursor: memory stays flat.

    A customer's lines are lettered with their piece once the piece is paid in full by the extract's last day.
    """
    yield fec.header(extract.separator)
    names = {**fec.STANDARD_NAMES, **dict(Account.objects.values_list("number", "name"))}
    rows = (
        extracted(extract)
        .annotate(
            settled=Case(
                When(account=CUSTOMERS, then=Subquery(_settled(extract.last))), default=None, output_field=DateField()
            ),
            validated=TruncDate("entry__booked_at", tzinfo=ZoneInfo(settings.TIME_ZONE)),
        )
        .order_by("entry__journal__code", "entry__number", "id")
        .values_list(
            "entry__journal__code", "entry__journal__name", "entry__number", "entry__date", "account", "entry__piece",
            "label", "debit", "credit", "settled", "validated", "entry__piece_date",
        )
    )  # fmt: skip
    for (
        journal,
        title,
        number,
        date,
        account,
        piece,
        label,
        debit,
        credit,
        settled,
        validated,
        piece_date,
    ) in rows.iterator(CHUNK):
        line = fec.Line(
            journal, title, number, date, account, names.get(account, account), piece, label, debit, credit, settled,
            validated, piece_date or date,
        )  # fmt: skip
        yield fec.text(line, extract.separator)


def nameless_accounts() -> list[str]:
    """Accounts that entries use and neither the chart nor the standard names: an extract shows their number."""
    known = {*fec.STANDARD_NAMES, *Account.objects.values_list("number", flat=True)}
    used = EntryLine.objects.order_by("account").values_list("account", flat=True).distinct()
    return [number for number in used if number not in known]


def last_numbers(journals: list[str]) -> dict[str, int]:
    """By journal, the last number that an extract of only new entries holds; 0 before the first."""
    found = dict.fromkeys(journals, 0)
    for until in Extract.objects.filter(only_new=True).values_list("until", flat=True):
        for code in journals:
            found[code] = max(found[code], until.get(code, 0))
    return found


def _settled(last: dt.date) -> QuerySet[Any]:
    """The day on which what customers owed for the outer line's piece came to nothing."""
    return (
        EntryLine.objects.filter(entry__piece=OuterRef("entry__piece"), account=CUSTOMERS, entry__date__lte=last)
        .order_by()
        .values("entry__piece")
        .annotate(left=Sum(F("debit") - F("credit")), on=Max("entry__date"))
        .filter(left=0)
        .values("on")
    )


def closed_until() -> dt.date | None:
    """The last day of the books that is closed."""
    return Closing.objects.order_by("-last").values_list("last", flat=True).first()


def lines_between(after: dt.date | None, last: dt.date) -> Iterator[tuple[Any, ...]]:
    """All lines after a day up to another: journal, number, date, account, piece, label, debit, credit; in order."""
    rows = EntryLine.objects.filter(entry__date__lte=last)
    if after:
        rows = rows.filter(entry__date__gt=after)
    return rows.order_by("entry__journal__code", "entry__number", "id").values_list(
        "entry__journal__code", "entry__number", "entry__date", "account", "entry__piece", "label", "debit", "credit"
    ).iterator(CHUNK)  # fmt: skip
