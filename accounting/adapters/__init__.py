"""Bank statements of four kinds of file, read into the same facts."""

from accounting.adapters.statements import FORMATS, read_statements

__all__ = ["FORMATS", "read_statements"]
