"""Verbs of the books, of bank statements, of invoices and of credit notes."""

from accounting.services.books import BANK, CREDITS, SALES, book, book_receipt, book_refund, book_sale, close_period
from accounting.services.credits import credit_order, credit_refund, creditable, pay_back
from accounting.services.extracts import Wanted, extract_journals, prepared
from accounting.services.invoices import invoice_order, make_anew, standing_invoices
from accounting.services.matching import explain, match_by_hand, take_apart, why
from accounting.services.numbering import can_invoice
from accounting.services.papers import claim_mail, give_up_mail, make_paper
from accounting.services.statements import payments_of, take_statement
from accounting.services.waiting import make_waiting, try_invoice

__all__ = [
    "BANK",
    "CREDITS",
    "SALES",
    "Wanted",
    "book",
    "book_receipt",
    "book_refund",
    "book_sale",
    "can_invoice",
    "claim_mail",
    "close_period",
    "credit_order",
    "credit_refund",
    "creditable",
    "explain",
    "extract_journals",
    "give_up_mail",
    "invoice_order",
    "make_anew",
    "make_paper",
    "make_waiting",
    "match_by_hand",
    "pay_back",
    "payments_of",
    "prepared",
    "standing_invoices",
    "take_apart",
    "take_statement",
    "try_invoice",
    "why",
]
