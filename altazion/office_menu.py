"""Office: its name, colours and navigation by block."""

UNFOLD = {"SITE_TITLE": "Altazion Office", "SITE_HEADER": "Altazion"}
