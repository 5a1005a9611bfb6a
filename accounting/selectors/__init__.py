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

__all__ = [
    "chart",
    "closed_until",
    "days_of",
    "extract_sums",
    "fec_lines",
    "how_booked",
    "last_numbers",
    "lines_between",
    "lines_of",
    "nameless_accounts",
    "open_anomalies",
    "statement_page",
    "statements_with_gaps",
    "suggestions",
    "waiting_receipts",
]
