"""Office: the books, what the bank says, credit notes."""

from accounting.admin.bank import AnomalyAdmin, BankAccountAdmin, StatementAdmin
from accounting.admin.books import AccountAdmin, EntryAdmin, ExtractAdmin, JournalAdmin
from accounting.admin.credits import CreditNoteAdmin
from accounting.admin.periods import AccountRuleAdmin, ClosingAdmin

__all__ = [
    "AccountAdmin",
    "AccountRuleAdmin",
    "AnomalyAdmin",
    "BankAccountAdmin",
    "ClosingAdmin",
    "CreditNoteAdmin",
    "EntryAdmin",
    "ExtractAdmin",
    "JournalAdmin",
    "StatementAdmin",
]
