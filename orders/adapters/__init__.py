"""Papers and mails of orders."""
