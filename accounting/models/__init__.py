"""Journals and their entries; what the bank says; credit notes."""

from accounting.enums import Separator
from accounting.models.bank import Anomaly, BankAccount, LineRule, Match, Statement, StatementLine
from accounting.models.books import Account, AccountRule, Closing, Entry, EntryLine, Extract, Journal
from accounting.models.credit import CreditLine, CreditNote

__all__ = [
    "Account",
    "AccountRule",
    "Anomaly",
    "BankAccount",
    "Closing",
    "CreditLine",
    "CreditNote",
    "Entry",
    "EntryLine",
    "Extract",
    "Journal",
    "LineRule",
    "Match",
    "Separator",
    "Statement",
    "StatementLine",
]
