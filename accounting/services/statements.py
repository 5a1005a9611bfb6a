"""Bank statements come in: read, kept, matched with payments; what is odd holds the orders concerned."""

import datetime as dt
import hashlib
import io
from collections import Counter
from collections.abc import Iterable

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _

from accounting.adapters import read_statements
from accounting.enums import AnomalyKind
from accounting.models import Anomaly, BankAccount, Statement, StatementLine
from accounting.rules import bank
from accounting.selectors import waiting_receipts
from accounting.selectors.bank import day_of, receipts_of
from accounting.services.matching import explain_line, found_odd, match, tell_how_it_stands
from altazion.lib.problems import Invalid, Refused
from logbook.services import record
from orders.models import Order, Payment


@transaction.atomic
def take_statement(
    content: bytes, name: str, *, at: dt.datetime, actor: str = "", account: BankAccount | None = None
) -> list[Statement]:
    """Take a file of statements in; returns one for each it holds.

    CFONB 120, CAMT.053 and OFX name their account; CSV needs `account`. Raises Invalid (a file that cannot be read,
    does not add up, or names an unknown account) and Refused (a statement that was taken already).
    """
    sha256 = hashlib.sha256(content).hexdigest()
    if known := Statement.objects.select_related("account").filter(sha256=sha256).first():
        raise _known(known)
    kind, told = read_statements(content, account.csv if account else None)
    taken = []
    for position, one in enumerate(told):
        assert one.first  # noqa: S101 - the reader left others out
        assert one.last  # noqa: S101
        of = _account(one, account)
        statement = Statement(
            account=of, number=one.number[:60], first=one.first, last=one.last, opening=one.opening,
            closing=one.closing, file_name=name[:200] or "statement", file_format=kind, sha256=sha256,
            position=position, taken_at=at, taken_by=actor[:150],
        )  # fmt: skip
        taken.append(_take(statement, one.lines, at, actor))
    storage, path = storages["raw_files"], f"bank/{sha256}"
    if not storage.exists(path):
        storage.save(path, File(io.BytesIO(content)))
    return taken


def _known(statement: Statement) -> Refused:
    text = _("This statement was taken already, on %(day)s: %(statement)s.")
    shown = {"day": statement.taken_at.date().isoformat(), "statement": statement}
    return Refused(text % shown, code="taken_already", field="file", details={"statement": str(statement.guid)})


def _account(told: bank.Statement, given: BankAccount | None) -> BankAccount:
    """The account, locked: one statement of it at a time."""
    names = _names(told.account)
    accounts = list(BankAccount.objects.select_for_update().filter(active=True).order_by("id"))
    if not names:
        found = next((one for one in accounts if given and one.pk == given.pk), None)
        if found is None:
            raise Invalid(
                _("The file does not say which account it is of: choose it."), code="account", field="account"
            )
    else:
        found = next((one for one in accounts if names & _names(one.number)), None)
        if found is None:
            text = _("It is of the account %(number)s, which is none of ours: make it first.")
            raise Invalid(text % {"number": told.account[:40]}, code="account", field="account")
        if given and found.pk != given.pk:
            raise Invalid(
                _("It is of the account %(name)s, not of the one chosen.") % {"name": found},
                code="account",
                field="account",
            )
    if told.currency and told.currency != found.currency:
        text = _("It is in %(currency)s, the account in %(ours)s.")
        raise Invalid(text % {"currency": told.currency[:10], "ours": found.currency}, code="currency", field="file")
    return found


def _names(number: str) -> set[str]:
    """The ways a number is written: an IBAN of France holds bank, branch and account; other formats give these."""
    bare = bank.bare(number)
    if not bare:
        return set()
    french = bare.startswith("FR") and len(bare) == 27
    return {bare, bare[4:25], bare[14:25]} if french else {bare}


def _take(statement: Statement, told: list[bank.Told], at: dt.datetime, actor: str) -> Statement:
    keys = _keys(told)
    held = StatementLine.objects.filter(account=statement.account, key__in=keys).select_related("statement__account")
    there = {one.key: one for one in held}
    if told and len(there) == len(told):
        raise _known(next(iter(there.values())).statement)
    statement.known_lines = len(there)
    statement.save()
    rows = [
        StatementLine(
            statement=statement, account=statement.account, position=number, date=line.date,
            value_date=line.value_date, amount=line.amount, label=line.label[:500], reference=line.reference[:140],
            key=key,
        )
        for number, (key, line) in enumerate(zip(keys, told, strict=True), 1)
        if key not in there
    ]  # fmt: skip
    StatementLine.objects.bulk_create(rows, batch_size=1000)
    _find(statement, rows, at, actor)
    _miss(statement, at, actor)
    facts = {"statement": str(statement), "pk": statement.pk, "lines": len(rows), "known": len(there)}
    record(
        "accounting.statement_taken", at=at, actor=actor, subject_kind="statement", subject_id=statement.guid, **facts
    )
    tell_how_it_stands(statement, at=at, actor=actor)
    return statement


def _keys(told: list[bank.Told]) -> list[str]:
    """The bank's key of each line, or one made of what it says; the same line twice a day is two lines."""
    seen: Counter[str] = Counter()
    keys = []
    for line in told:
        said = line.key or f"{line.date}|{line.amount}|{line.label}|{line.reference}"
        made = hashlib.sha256(said.encode()).hexdigest()[:60]
        seen[made] += 1
        keys.append(made if seen[made] == 1 else f"{made}.{seen[made]}")
    return keys


def _find(statement: Statement, lines: list[StatementLine], at: dt.datetime, actor: str) -> None:
    account = statement.account
    payments = {one.pk: one for one in waiting_receipts(account, first=statement.first, last=statement.last)}
    terms = bank.Terms(
        account.days,
        account.fee_percent / 100,
        tuple(word for part in account.batch_words.split(",") if (word := bank.bare(part))),
    )
    movements = [bank.movement(one.pk, one.amount, one.date, f"{one.label} {one.reference}") for one in lines]
    found = {one.movement.id: one for one in bank.pair(movements, receipts_of(list(payments.values())), terms)}
    rules = [(bank.bare(rule.words), rule) for rule in account.rules.all()]
    orders = _orders_named([one for one in lines if one.pk not in found])
    for line, movement in zip(lines, movements, strict=True):
        pair = found.get(line.pk)
        rule = next((rule for words, rule in rules if words and words in movement.text), None)
        if pair and pair.fits:
            match(line, [payments[one.id] for one in pair.receipts], how=pair.how, at=at, actor=actor)
        elif pair:
            first = payments[pair.receipts[0].id]
            found_odd(AnomalyKind.AMOUNT, statement, line=line, payment=first, order=first.order, at=at, actor=actor)
        elif rule:
            explain_line(line, text=rule.label, ledger=rule.ledger, how="rule", at=at)
        else:
            order = orders.get(bank.order_number(f"{line.label} {line.reference}"))
            found_odd(AnomalyKind.NOT_FOUND, statement, line=line, order=order, at=at, actor=actor)


def _orders_named(lines: Iterable[StatementLine]) -> dict[str, Order]:
    numbers = {number for one in lines if (number := bank.order_number(f"{one.label} {one.reference}"))}
    return {one.number: one for one in Order.objects.select_related("channel", "store").filter(number__in=numbers)}


def _miss(statement: Statement, at: dt.datetime, actor: str) -> None:
    """Payments that should have come by now and are on no statement."""
    account = statement.account
    begun = Statement.objects.filter(account=account).order_by("first").values_list("first", flat=True).first()
    late = statement.last - dt.timedelta(days=account.days)
    odd = Anomaly.objects.filter(kind__in=(AnomalyKind.MISSING, AnomalyKind.AMOUNT), payment__isnull=False)
    told = set(odd.filter(statement__account=account).values_list("payment", flat=True))
    for payment in waiting_receipts(account, first=statement.first, last=statement.last):
        if begun and begun <= day_of(payment) <= late and payment.pk not in told:
            found_odd(AnomalyKind.MISSING, statement, payment=payment, order=payment.order, at=at, actor=actor)


def payments_of(numbers: Iterable[int]) -> list[Payment]:
    """Payments by their numbers, with what booking needs."""
    return list(Payment.objects.select_related("method", "order__channel", "order__store").filter(pk__in=numbers))
