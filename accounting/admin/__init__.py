"""Office: the books, what the bank says, credit notes, invoices."""

from accounting.admin.bank import AnomalyAdmin, BankAccountAdmin, StatementAdmin
from accounting.admin.books import AccountAdmin, EntryAdmin, ExtractAdmin, JournalAdmin
from accounting.admin.credits import CreditNoteAdmin
from accounting.admin.invoices import CompanyAdmin, InvoiceAdmin
from accounting.admin.periods import AccountRuleAdmin, ClosingAdmin

__all__ = [
    "AccountAdmin",
    "AccountRuleAdmin",
    "AnomalyAdmin",
    "BankAccountAdmin",
    "ClosingAdmin",
    "CompanyAdmin",
    "CreditNoteAdmin",
    "EntryAdmin",
    "ExtractAdmin",
    "InvoiceAdmin",
    "JournalAdmin",
    "StatementAdmin",
]
