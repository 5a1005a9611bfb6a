"""Which accounts a sale and a receipt touch (features-and-peers 5.2), without Django."""

from collections.abc import Iterable
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
    total: Decimal, sold: Iterable[Sold], taxes: Iterable[tuple[Decimal, Decimal]], label: str, vat: str
) -> list[Posting]:
    """Customers owe the total; sales by account and rate, and VAT by rate, are credited. Nothing sold: no lines.

    `vat` is the word for it in the language of the books.
    """
    lines = [Posting(CUSTOMERS, label, debit=total)]
    lines += [Posting(s.account, f"{label} {percent(s.rate)}", credit=s.net) for s in sold]
    lines += [Posting(VAT_COLLECTED, f"{vat} {percent(rate)}", credit=tax) for rate, tax in taxes]
    return [line for line in lines if line.debit or line.credit]


def receipt(amount: Decimal, account: str, label: str) -> list[Posting]:
    """Money came in: the method's account is debited, the customer owes less."""
    return [Posting(account, label, debit=amount), Posting(CUSTOMERS, label, credit=amount)]


def percent(rate: Decimal) -> str:
    """0.055 reads "5.5 %"."""
    return f"{(rate * 100).normalize():f} %"


def balanced(lines: Iterable[Posting]) -> bool:
    """Do debits equal credits?"""
    return sum((line.debit - line.credit for line in lines), ZERO) == 0
