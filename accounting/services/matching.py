"""A line of the bank becomes payments, or is explained; orders that were held for it go free."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounting import rules
from accounting.enums import AnomalyKind, LineState
from accounting.models import Anomaly, Entry, Match, Statement, StatementLine
from accounting.selectors import chart, open_anomalies
from accounting.services.books import BANK, book
from altazion.lib.money import display
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders.enums import AttemptState, HoldKind, OrderState
from orders.models import Order, Payment
from orders.services import hold_order, release_order

MOST_FEE = Decimal("0.2")  # of a sum: more is no fee


@transaction.atomic
def match_by_hand(line: StatementLine, payments: Sequence[Payment], *, at: dt.datetime, actor: str) -> None:
    """Say which payments a line is. What they are more than the line counts as the provider's fee.

    Raises Invalid without payments; Refused for a line that is settled, payments found elsewhere, sums that cannot be.
    """
    line = _locked(line)
    if not payments:
        raise Invalid(_("Choose the payments that this line is."), code="none", field="payments")
    if taken := Match.objects.filter(payment__in=payments).select_related("payment__order").first():
        number = taken.payment.order.number
        raise Refused(_("A payment of %(order)s is on another line already.") % {"order": number}, code="matched")
    if any(one.state != AttemptState.RECEIVED for one in payments):
        raise Refused(_("Only money that was received can be on a statement."), code="not_received")
    gross = sum((one.amount for one in payments), Decimal(0))
    fee = gross - line.amount
    if not 0 <= fee <= gross * MOST_FEE:
        text = _("These payments are %(sum)s, the line %(amount)s: that is no fee.")
        raise Refused(text % {"sum": display(gross), "amount": display(line.amount)}, code="sums", field="payments")
    match(line, payments, how="hand", at=at, actor=actor)
    tell_how_it_stands(line.statement, at=at, actor=actor)


def match(line: StatementLine, payments: Sequence[Payment], *, how: str, at: dt.datetime, actor: str) -> None:
    """The line is these payments: kept, booked, and whatever waited for it is settled. Call in a transaction."""
    fee = sum((one.amount for one in payments), Decimal(0)) - line.amount
    Match.objects.bulk_create([Match(line=line, payment=one, at=at, actor=actor[:150]) for one in payments])
    line.state, line.fee, line.how = LineState.MATCHED, fee, how
    line.save(update_fields=["state", "fee", "how"])
    accounts, by_account = chart(), defaultdict[str, Decimal](Decimal)
    for one in payments:
        by_account[accounts.method(one.method)] += one.amount
    account = line.account
    _book(line, rules.settlement(line.amount, account.ledger, fee, account.fee_ledger, by_account, line.label), at)
    odd = open_anomalies().filter(line=line) | open_anomalies().filter(payment__in=payments)
    numbers = ", ".join(sorted({one.order.number for one in payments})[:5])
    text = _("On the statement of %(day)s: %(orders)s.") % {"day": line.date.isoformat(), "orders": numbers}
    for known in list(odd.select_related("statement")):
        _settle(known, text, at, actor or "bank")
        if known.statement_id != line.statement_id:
            tell_how_it_stands(known.statement, at=at, actor=actor)


@transaction.atomic
def explain(anomaly: Anomaly, *, text: str, ledger: str = "", at: dt.datetime, actor: str) -> None:
    """Settle an anomaly with words; with `ledger` its line is booked on that account. Frees the order held for it.

    Raises Invalid without words; Refused when it is settled already.
    """
    anomaly = Anomaly.objects.select_for_update(of=("self",)).select_related("statement", "line").get(pk=anomaly.pk)
    if anomaly.settled_at:
        raise Refused(_("This was explained already."), code="settled")
    if not text.strip():
        raise Invalid(_("Explain it, for those who will ask later."), code="no_words", field="text")
    if ledger and not (ledger.isalnum() and 3 <= len(ledger) <= 20):
        raise Invalid(_("An account is a number such as 627800."), code="ledger", field="ledger")
    if anomaly.line:
        explain_line(_locked(anomaly.line), text=text.strip()[:300], ledger=ledger, how="hand", at=at)
    _settle(anomaly, text.strip()[:300], at, actor)
    record(
        "accounting.anomaly_explained", at=at, actor=actor, subject_kind="anomaly", subject_id=anomaly.guid,
        kind_of=anomaly.kind, text=text.strip()[:300], ledger=ledger,
    )  # fmt: skip
    tell_how_it_stands(anomaly.statement, at=at, actor=actor)


def explain_line(line: StatementLine, *, text: str, ledger: str, how: str, at: dt.datetime) -> None:
    """The line is no payment; with `ledger` it is booked there."""
    line.state, line.how, line.explanation = LineState.EXPLAINED, how, text[:300]
    line.save(update_fields=["state", "how", "explanation"])
    if ledger and line.amount:
        _book(line, rules.other_line(line.amount, line.account.ledger, ledger, text or line.label), at)


@transaction.atomic
def take_apart(line: StatementLine, *, at: dt.datetime, actor: str) -> None:
    """Match or explanation was wrong: the line is not found again, its entry is reversed. Raises Refused."""
    line = StatementLine.objects.select_for_update(of=("self",)).select_related("statement", "account").get(pk=line.pk)
    if line.state == LineState.NOT_FOUND:
        raise Refused(_("Nothing is matched with this line."), code="not_matched")
    entries = Entry.objects.filter(key__startswith=f"bank:{line.guid}:").order_by("-id")
    if entry := entries.first():
        back = [rules.Posting(x.account, x.label, debit=x.credit, credit=x.debit) for x in entry.lines.all()]
        key = f"back:{line.guid}:{entry.pk}"
        if not Entry.objects.filter(key=key).exists():
            label = _("Reversal of %(number)s") % {"number": entry.number}
            book(BANK, back, key=key, piece=entry.piece, label=label, on=entry.date, at=at)
    Match.objects.filter(line=line).delete()
    line.state, line.fee, line.how, line.explanation = LineState.NOT_FOUND, Decimal(0), "", ""
    line.save(update_fields=["state", "fee", "how", "explanation"])
    found_odd(AnomalyKind.NOT_FOUND, line.statement, line=line, at=at, actor=actor)
    record("accounting.line_taken_apart", at=at, actor=actor, subject_kind="bank_line", subject_id=line.guid)
    tell_how_it_stands(line.statement, at=at, actor=actor)


def found_odd(
    kind: str,
    statement: Statement,
    *,
    at: dt.datetime,
    line: StatementLine | None = None,
    payment: Payment | None = None,
    order: Order | None = None,
    actor: str = "",
) -> Anomaly:
    """Note an anomaly and hold the order that it concerns, while that still waits."""
    odd = Anomaly.objects.create(kind=kind, statement=statement, line=line, payment=payment, order=order, found_at=at)
    if order and order.state in (OrderState.PLACED, OrderState.READY):
        reason = why(odd)
        hold_order(order, reason=reason, kind=HoldKind.BANK, cause=f"bank:{odd.guid}", at=at, actor=actor)
    return odd


def why(odd: Anomaly) -> str:
    """What is odd, in a sentence."""
    line, payment = odd.line, odd.payment
    facts = {
        "paid": display(payment.amount) if payment else "",
        "amount": display(line.amount) if line else "",
        "day": line.date.isoformat() if line else "",
        "account": str(odd.statement.account),
        "received": (payment.received_at or payment.started_at).date().isoformat() if payment else "",
        "until": odd.statement.last.isoformat(),
    }
    texts = {
        AnomalyKind.NOT_FOUND: _("%(account)s shows %(amount)s on %(day)s that no payment of ours is like."),
        AnomalyKind.AMOUNT: _("%(account)s shows %(amount)s on %(day)s; the payment was %(paid)s."),
        AnomalyKind.MISSING: _("%(paid)s of %(received)s is on no statement of %(account)s up to %(until)s."),
    }
    return texts[AnomalyKind(odd.kind)] % facts


def tell_how_it_stands(statement: Statement, *, at: dt.datetime, actor: str = "") -> None:
    """One event for those who watch: so many anomalies, or none any more."""
    count = open_anomalies(statement).count()
    kind = "accounting.anomalies_found" if count else "accounting.statement_explained"
    facts = {"statement": str(statement), "pk": statement.pk, "count": count}
    record(kind, at=at, actor=actor, subject_kind="statement", subject_id=statement.guid, **facts)


def _settle(odd: Anomaly, text: str, at: dt.datetime, actor: str) -> None:
    Anomaly.objects.filter(pk=odd.pk).update(settled_at=at, settled_by=actor[:150], explanation=text[:300])
    release_order(f"bank:{odd.guid}", explanation=text, at=at, actor=actor)


def _book(line: StatementLine, lines: list[rules.Posting], at: dt.datetime) -> None:
    """Booked once for each time it is matched: after a reversal it is booked anew."""
    times = Entry.objects.filter(key__startswith=f"bank:{line.guid}:").count()
    book(
        BANK,
        lines,
        key=f"bank:{line.guid}:{times}",
        piece=(line.reference or f"{line.account.code}-{line.statement_id}-{line.position}")[:60],
        label=line.label[:160] or line.account.name,
        on=line.date,
        at=at,
    )


def _locked(line: StatementLine) -> StatementLine:
    line = StatementLine.objects.select_for_update(of=("self",)).select_related("statement", "account").get(pk=line.pk)
    if line.state != LineState.NOT_FOUND:
        raise Refused(_("This line is settled already."), code="settled")
    return line
