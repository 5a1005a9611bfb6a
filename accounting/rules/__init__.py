"""What the books hold to, without Django: postings, the text of an extract, which payment a bank line is."""

from accounting.rules.postings import (
    CUSTOMERS,
    VAT_COLLECTED,
    Posting,
    Sold,
    balanced,
    credit,
    other_line,
    percent,
    receipt,
    sale,
    settlement,
)

__all__ = [
    "CUSTOMERS",
    "VAT_COLLECTED",
    "Posting",
    "Sold",
    "balanced",
    "credit",
    "other_line",
    "percent",
    "receipt",
    "sale",
    "settlement",
]
