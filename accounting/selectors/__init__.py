"""Questions to the books and to what the bank said."""

from accounting.selectors.accounts import chart, how_booked
from accounting.selectors.bank import (
    open_anomalies,
    statement_page,
    statements_with_gaps,
    suggestions,
    waiting_receipts,
)
from accounting.selectors.books import (
    closed_until,
    days_of,
    extract_sums,
    fec_lines,
    last_numbers,
    lines_between,
    lines_of,
    nameless_accounts,
)
from accounting.selectors.invoices import (
    invoice_of_key,
    invoice_of_order,
    invoices_at_fault,
    invoices_of,
    invoices_of_key,
    invoices_of_order,
    invoices_seen_by,
    waiting_invoices,
)
from accounting.selectors.papers import file_name, files_of, paper_bytes, with_papers

__all__ = [
    "chart",
    "closed_until",
    "days_of",
    "extract_sums",
    "fec_lines",
    "file_name",
    "files_of",
    "how_booked",
    "invoice_of_key",
    "invoice_of_order",
    "invoices_at_fault",
    "invoices_of",
    "invoices_of_key",
    "invoices_of_order",
    "invoices_seen_by",
    "last_numbers",
    "lines_between",
    "lines_of",
    "nameless_accounts",
    "open_anomalies",
    "paper_bytes",
    "statement_page",
    "statements_with_gaps",
    "suggestions",
    "waiting_invoices",
    "waiting_receipts",
    "with_papers",
]
