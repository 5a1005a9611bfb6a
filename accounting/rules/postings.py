"""Which accounts a sale and a receipt touch (features-and-peers 5.2), without Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")
CUSTOMERS = "411000"
VAT_COLLECTED = "445710"


@dataclass(frozen=True)
class Posting:
    """One line: an account and its debit or credit."""

    account: str
    label: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(frozen=True)
class Sold:
    """What was sold on one sales account at one VAT rate; amounts of the whole."""

    account: str
    rate: Decimal
    net: Decimal


def sale(
    total: Decimal,
    sold: Iterable[Sold],
    taxes: Iterable[tuple[Decimal, Decimal]],
    label: str,
    vat: str,
    accounts: Mapping[Decimal, str] | None = None,
) -> list[Posting]:
    """Customers owe the total; sales by account and rate, and VAT by rate, are credited. Nothing sold: no lines.

    `vat` is the word for it in the language of the books; `accounts` those of VAT by rate.
    """
    lines = [Posting(CUSTOMERS, label, debit=total)]
    lines += [Posting(s.account, f"{label} {percent(s.rate)}", credit=s.net) for s in sold]
    lines += [
        Posting((accounts or {}).get(rate, VAT_COLLECTED), f"{vat} {percent(rate)}", credit=tax) for rate, tax in taxes
    ]
    return [line for line in lines if line.debit or line.credit]


def receipt(amount: Decimal, account: str, label: str) -> list[Posting]:
    """Money came in: the method's account is debited, the customer owes less."""
    return [Posting(account, label, debit=amount), Posting(CUSTOMERS, label, credit=amount)]


def credit(sale_lines: Iterable[Posting]) -> list[Posting]:
    """A sale the other way round: what customers owed they owe no longer."""
    return [Posting(line.account, line.label, debit=line.credit, credit=line.debit) for line in sale_lines]


def settlement(
    amount: Decimal, ledger: str, fee: Decimal, fee_ledger: str, by_account: Mapping[str, Decimal], label: str
) -> list[Posting]:
    """The bank took in what stood on the accounts of ways to pay, less what the provider kept."""
    lines = [Posting(ledger, label, debit=amount)]
    if fee:
        lines.append(Posting(fee_ledger, label, debit=fee) if fee > 0 else Posting(fee_ledger, label, credit=-fee))
    return lines + [Posting(account, label, credit=part) for account, part in sorted(by_account.items())]


def other_line(amount: Decimal, ledger: str, account: str, label: str) -> list[Posting]:
    """A line of the bank that is no payment: money in (above zero) or out, against an account."""
    into, out = (ledger, account) if amount > 0 else (account, ledger)
    return [Posting(into, label, debit=abs(amount)), Posting(out, label, credit=abs(amount))]


def percent(rate: Decimal) -> str:
    """0.055 reads "5.5 %"."""
    return f"{(rate * 100).normalize():f} %"


def balanced(lines: Iterable[Posting]) -> bool:
    """Do debits equal credits?"""
    return sum((line.debit - line.credit for line in lines), ZERO) == 0
