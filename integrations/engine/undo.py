"""Undoes a run: rooms give back what stood in their tables, conflicts become the undoing run's refused rows."""

import json
from dataclasses import dataclass

from django.db import connection
from django.utils.module_loading import import_string

from altazion.lib import undoing as way
from altazion.lib.undoing import Undoing, Undone
from integrations.engine import proposal
from integrations.engine.staging import execute
from integrations.formats.changes import HIDDEN, name_of

_ROOMS = ("catalog.loaders.undo_changes", "stores.loaders.undo_changes", "logistics.loaders.undo_stock")
HEADER = ["which", "where", "what", "before", "after", "now"]
MOST_CONFLICTS = 200_000


@dataclass(frozen=True)
class Undo:
    """What came of it. left: cells that were edited since and stay."""

    restored: int
    archived: int
    removed: int
    left: int
    changes: proposal.Changes


def undo(undoing: Undoing, source: str) -> Undo:
    """Call inside the transaction of the undoing run's counts."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"flow {source}"])
    execute("SET LOCAL work_mem = '96MB'")
    way.begin(undoing)
    first = proposal.begin(undoing.undo)
    total = Undone()
    for room in _ROOMS:
        done: Undone = import_string(room)(undoing)
        total.restored += done.restored
        total.archived += done.archived
        total.removed += done.removed
    changes = proposal.end(undoing.undo, first)
    left = _keep_conflicts(undoing.undo)
    return Undo(total.restored, total.archived, total.removed, left, changes)


def _keep_conflicts(run_id: int) -> int:
    _count, found = way.conflicts(MOST_CONFLICTS)
    shown = [row for row in found if row[3] not in HIDDEN]
    with connection.cursor() as cursor:
        target = "COPY integrations_rejection (run_id, row_number, field, code, value, raw) FROM STDIN"
        with cursor.copy(target) as copy:
            for number, (about, label, scope, field, old, new, now) in enumerate(shown, start=1):
                cells = (label, scope, name_of(about, field), old, new, now)
                raw = {name: "" if cell is None else cell for name, cell in zip(HEADER, cells, strict=True)}
                value = label if now is None else now
                code = "edited_since" if now is not None else "gone_since"
                copy.write_row((run_id, number, "", code, value[:250], json.dumps(raw, ensure_ascii=False)))
    return len(shown)
