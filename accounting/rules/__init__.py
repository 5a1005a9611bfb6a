"""What the books hold to, without Django: postings of a sale and a receipt, and the text of an extract."""

from accounting.rules.postings import CUSTOMERS, VAT_COLLECTED, Posting, Sold, balanced, percent, receipt, sale

__all__ = ["CUSTOMERS", "VAT_COLLECTED", "Posting", "Sold", "balanced", "percent", "receipt", "sale"]
