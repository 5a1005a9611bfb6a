"""Journals and their entries; what the bank says; credit notes and invoices."""

from accounting.enums import Separator
from accounting.models.bank import Anomaly, BankAccount, LineRule, Match, Statement, StatementLine
from accounting.models.books import Account, AccountRule, Closing, Entry, EntryLine, Extract, Journal
from accounting.models.credit import CreditLine, CreditNote
from accounting.models.invoices import Company, Invoice, InvoiceLine, InvoiceSeries, SeriesYear, WaitingInvoice
from accounting.models.papers import InvoicePaper

__all__ = [
    "Account",
    "AccountRule",
    "Anomaly",
    "BankAccount",
    "Closing",
    "Company",
    "CreditLine",
    "CreditNote",
    "Entry",
    "EntryLine",
    "Extract",
    "Invoice",
    "InvoiceLine",
    "InvoicePaper",
    "InvoiceSeries",
    "Journal",
    "LineRule",
    "Match",
    "Separator",
    "SeriesYear",
    "Statement",
    "StatementLine",
    "WaitingInvoice",
]
