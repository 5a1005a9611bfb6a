"""Office's first page: what needs a person today."""
