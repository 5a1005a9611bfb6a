"""Verbs of the books, of bank statements and of credit notes."""

from accounting.services.books import BANK, CREDITS, SALES, book, book_receipt, book_refund, book_sale, close_period
from accounting.services.credits import credit_order, creditable, pay_back
from accounting.services.extracts import Wanted, extract_journals, prepared
from accounting.services.matching import explain, match_by_hand, take_apart, why
from accounting.services.statements import payments_of, take_statement

__all__ = [
    "BANK",
    "CREDITS",
    "SALES",
    "Wanted",
    "book",
    "book_receipt",
    "book_refund",
    "book_sale",
    "close_period",
    "credit_order",
    "creditable",
    "explain",
    "extract_journals",
    "match_by_hand",
    "pay_back",
    "payments_of",
    "prepared",
    "take_apart",
    "take_statement",
    "why",
]
