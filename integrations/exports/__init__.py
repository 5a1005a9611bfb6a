"""Files out: rows are read from the database in a stream, guarded against spreadsheets, written as they come."""

from integrations.exports.contents import Content, Refusal, Wish, content_of
from integrations.exports.writing import write

__all__ = ["Content", "Refusal", "Wish", "content_of", "write"]
