"""Questions to what the bank said."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounting.enums import LineState
from accounting.models import Anomaly, BankAccount, Match, Statement, StatementLine
from accounting.rules import bank
from orders.enums import AttemptState
from orders.models import Payment

BACK = dt.timedelta(days=90)
MOST = 50


def statements_with_gaps() -> QuerySet[Statement]:
    """Statements, each with `gap`: its balance before less the balance after of the one before; null when none is."""
    return (
        Statement.objects.select_related("account")
        .annotate(
            waiting=Count("anomalies", filter=Q(anomalies__settled_at=None), distinct=True),
            before=_closing_before(),
        )
        .annotate(gap=F("opening") - F("before"))
    )


def _closing_before() -> Any:
    earlier = Statement.objects.filter(account=OuterRef("account"), closing__isnull=False).filter(
        Q(last__lt=OuterRef("last")) | Q(last=OuterRef("last"), pk__lt=OuterRef("pk"))
    )
    return Subquery(earlier.order_by("-last", "-id").values("closing")[:1])


def waiting_receipts(account: BankAccount, *, first: dt.date, last: dt.date) -> list[Payment]:
    """Payments whose money should come to the account and was on no statement yet, of the days around these."""
    start, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (first - BACK, last + dt.timedelta(days=2)))
    found = _unmatched().filter(method__in=account.methods.all(), received_at__range=(start, end))
    return list(found.select_related("order__channel").order_by("id"))


def receipts_of(payments: list[Payment]) -> list[bank.Receipt]:
    """Payments in the terms of the rules."""
    return [
        bank.Receipt(
            payment.pk,
            payment.amount,
            day_of(payment),
            tuple(word for word in (bank.bare(payment.order.number), bank.bare(payment.provider_reference)) if word),
            payment.method_id,
        )
        for payment in payments
    ]


def day_of(payment: Payment) -> dt.date:
    """The company's day on which a payment was received."""
    return (payment.received_at or payment.started_at).astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def suggestions(line: StatementLine, word: str = "") -> list[Payment]:
    """Payments on no statement yet that the line may be: those a word names, or the nearest by amount and day."""
    found = _unmatched().select_related("order", "method")
    if word := word.strip():
        known = Q(order__number__istartswith=word) | Q(provider_reference__iexact=word) | Q(order__email__iexact=word)
        return list(found.filter(known).order_by("-id")[:MOST])
    day = dt.datetime.combine(line.date, dt.time(), dt.UTC)
    near = found.filter(received_at__range=(day - dt.timedelta(days=30), day + dt.timedelta(days=2)))
    named = bank.order_number(f"{line.label} {line.reference}")
    likely = near.filter(
        Q(amount__range=(line.amount * Decimal("0.9"), line.amount * Decimal("1.1"))) | Q(order__number=named)
    )
    rows = list(likely.order_by("-received_at")[:200])
    rows.sort(
        key=lambda one: (one.order.number != named, abs(one.amount - line.amount), abs((day_of(one) - line.date).days))
    )
    return rows[:MOST]


def open_anomalies(statement: Statement | None = None) -> QuerySet[Anomaly]:
    """What nobody explained yet."""
    found = Anomaly.objects.filter(settled_at=None)
    return found.filter(statement=statement) if statement else found


@dataclass(frozen=True)
class StatementPage:
    """A statement's lines with the payments they are, and how many are in which state."""

    lines: QuerySet[StatementLine]
    counts: dict[str, int]
    missing: list[Anomaly]


def statement_page(statement: Statement) -> StatementPage:
    """What a statement's page shows."""
    lines = statement.lines.prefetch_related("matches__payment__order", "anomalies").order_by("position")
    counted = statement.lines.order_by().values_list("state").annotate(n=Count("pk"))
    missing = open_anomalies(statement).filter(line=None).select_related("payment__method", "order")
    return StatementPage(lines, dict.fromkeys(LineState.values, 0) | dict(counted), list(missing[:200]))


def _unmatched() -> QuerySet[Payment]:
    matched = Match.objects.filter(payment=OuterRef("pk"))
    return Payment.objects.filter(~Exists(matched), state=AttemptState.RECEIVED)
