"""What the import engine hands to a room's loader, and what it gets back.

The engine streams a file into a staging table, checks types in SQL and calls `loaders.merge_<entity>(context)` inside
one transaction. The loader resolves references, adds rejections for rows that name what does not exist, writes what
differs in sets, records events, and returns the counts.
"""

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LoadContext:
    """One file on its way in.

    table: staging table (quoted SQL identifier) of checked rows: `row_number bigint` and one typed column per field of
        the entity that the file provides; a column the file lacks does not exist in it, an empty cell is NULL.
    rejects: table `(row_number bigint, field text, code text, value text)` to add refused rows to; a row that stands in
        it must not be written.
    fields: the fields the file provides. full: absent means archived. source: code of the flow, names who feeds.
    refused: table of the rows that were refused before the loader saw them, with the file's key columns as text; empty
        when there are none. With `full`, what stands there is present although nobody could read all of it.
    changes: table of differences `(run_id, about, kind, row_id, label, scope, field, old, new)`, for a loader whose
        tables do not remember by themselves (`lib.tracking`); empty when nobody keeps them.
    run_id: the run, for undo and events. at: the instant of the load. actor: who, for the logbook.
    """

    table: str
    rejects: str
    fields: frozenset[str]
    run_id: int
    source: str
    at: dt.datetime
    full: bool = False
    actor: str = ""
    refused: str = ""
    changes: str = ""


@dataclass
class LoadResult:
    """Rows by outcome; read = new + changed + unchanged + rejected."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    archived: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)
