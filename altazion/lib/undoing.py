"""The way back of a run: set-based, cell by cell, only where what stands there is still the run's.

What was edited since is a conflict: it is listed and stays. `Undoing` is handed to the room whose tables they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from altazion.lib.tracking import Tracked

CELLS, GONE = "undo_cells", "undo_conflicts"
_JSON = ("attributes", "translations", "said")
_NET = """
CREATE TEMP TABLE undo_cells ON COMMIT DROP AS
SELECT about, row_id, field, min(label) AS label, min(scope) AS scope,
    CASE WHEN bool_or(kind = 'added') THEN 'added' WHEN bool_or(kind = 'removed') THEN 'removed' ELSE 'changed' END
        AS kind,
    (array_agg(old ORDER BY id))[1] AS old, (array_agg(new ORDER BY id DESC))[1] AS new
FROM {changes} WHERE id > %(first)s AND id < %(last)s AND run_id = %(run)s AND kind <> 'kept'
GROUP BY about, row_id, field
"""
_CONFLICTS = """
CREATE TEMP TABLE undo_conflicts (about text, row_id bigint, label text, scope text, field text, old text, new text,
    now text) ON COMMIT DROP
"""


@dataclass(frozen=True)
class Undoing:
    """A run to undo. run: its id; undo: the run that undoes it. source: the flow. changes: their table."""

    run: int
    undo: int
    source: str
    changes: str
    first: int
    last: int
    at: Any
    actor: str = ""


@dataclass
class Undone:
    """Rows by what became of them, and the rows of each kind that were touched."""

    restored: int = 0
    archived: int = 0
    removed: int = 0
    touched: dict[str, list[int]] = field(default_factory=dict)


def begin(undoing: Undoing) -> None:
    """Make the tables of net changes (first before, last after) and of conflicts."""
    _run("DROP TABLE IF EXISTS undo_cells, undo_conflicts", undoing)
    _run(_NET.replace("{changes}", undoing.changes), undoing)
    _run(_CONFLICTS, undoing)
    # What came and went within the run, or ended as it began, needs no way back.
    _run("DELETE FROM undo_cells WHERE kind = 'changed' AND old IS NOT DISTINCT FROM new", undoing)
    _run(
        "DELETE FROM undo_cells c USING undo_cells o WHERE c.kind = 'changed' AND o.kind <> 'changed'"
        " AND (o.about, o.row_id) = (c.about, c.row_id)",
        undoing,
    )
    _run("CREATE INDEX ON undo_cells (about, row_id)", undoing)
    _run("ANALYZE undo_cells", undoing)


def restore(undoing: Undoing, tracked: Tracked, *, together: Sequence[Sequence[str]] = ()) -> list[int]:
    """Give cells back what stood there before; returns the rows touched. together: columns that only make sense so."""
    columns = dict(
        _rows(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %(table)s::regclass"
            " AND attnum > 0 AND NOT attisdropped",
            undoing,
            table=tracked.table,
        )
    )
    fields = [
        name
        for (name,) in _rows(
            f"SELECT DISTINCT field FROM {CELLS} WHERE about = %(about)s AND kind = 'changed'",
            undoing,
            about=tracked.about,
        )
    ]
    plain = [name for name in fields if name in columns and "." not in name]
    inner = [name for name in _JSON if name in columns and any(each.startswith(f"{name}.") for each in fields)]
    if not plain and not inner:
        return []
    _find_conflicts(undoing, tracked, plain, inner)
    for group in together:
        _conflict_together(undoing, tracked, list(group))
    parts, sets = [], []
    for place, name in enumerate(plain):
        parts.append(f"bool_or(field = '{name}') AS s{place}, max(old) FILTER (WHERE field = '{name}') AS v{place}")
        sets.append(f'"{name}" = CASE WHEN s{place} THEN v{place}::{columns[name]} ELSE t."{name}" END')
    for name in inner:
        cut = len(name) + 2
        mine = f"left(field, {cut - 1}) = '{name}.'"
        parts.append(
            f"coalesce(jsonb_object_agg(substr(field, {cut}), old::jsonb) FILTER (WHERE {mine} AND old IS NOT NULL),"
            f" '{{}}') AS {name}_back, coalesce(array_agg(substr(field, {cut})) FILTER (WHERE {mine} AND old IS NULL),"
            f" ARRAY[]::text[]) AS {name}_gone"
        )
        sets.append(f'"{name}" = (t."{name}" - {name}_gone) || {name}_back')
    found = _rows(
        f"UPDATE {tracked.table} t SET {', '.join(sets)} FROM (SELECT row_id, {', '.join(parts)} FROM {CELLS}"
        " WHERE about = %(about)s AND kind = 'changed' GROUP BY row_id) x WHERE x.row_id = t.id RETURNING t.id",
        undoing,
        about=tracked.about,
    )
    return [pk for (pk,) in found]


def put_back(undoing: Undoing, tracked: Tracked, *, parent: str = "") -> list[int]:
    """Rows that the run took away come back; returns them. parent: table that `product_id` must still be in."""
    alive = f" AND EXISTS (SELECT 1 FROM {parent} p WHERE p.id = r.product_id)" if parent else ""
    found = _rows(
        f"INSERT INTO {tracked.table} SELECT r.* FROM {CELLS} c, jsonb_populate_record(NULL::{tracked.table},"
        f" c.old::jsonb) r WHERE c.about = %(about)s AND c.kind = 'removed'{alive} ON CONFLICT DO NOTHING RETURNING id",
        undoing,
        about=tracked.about,
    )
    _run(
        f"INSERT INTO {GONE} SELECT c.about, c.row_id, c.label, c.scope, c.field, NULL, NULL, NULL FROM {CELLS} c"
        f" WHERE c.about = %(about)s AND c.kind = 'removed' AND c.row_id <> ALL(%(back)s::bigint[])",
        undoing,
        about=tracked.about,
        back=[pk for (pk,) in found],
    )
    return [pk for (pk,) in found]


def take_away(undoing: Undoing, tracked: Tracked) -> list[str]:
    """Rows that the run added to things that were there before go, unless edited since; labels of the things."""
    what = {"about": tracked.about}
    here = (
        f"FROM {CELLS} c JOIN {tracked.table} t ON t.id = c.row_id WHERE c.about = %(about)s AND c.kind = 'added'"
        f" AND NOT EXISTS (SELECT 1 FROM {CELLS} p WHERE p.about = 'product' AND p.kind = 'added'"
        " AND p.label = c.label)"
    )
    edited = (
        f" AND to_jsonb(t) IS DISTINCT FROM c.new::jsonb AND NOT EXISTS (SELECT 1 FROM {undoing.changes} u"
        " WHERE u.id > %(first)s AND u.id < %(last)s AND u.run_id = %(run)s AND u.about = c.about"
        " AND u.row_id = c.row_id AND u.kind = 'changed')"
    )
    _run(
        f"INSERT INTO {GONE} SELECT c.about, c.row_id, c.label, c.scope, c.field, NULL, c.new, to_jsonb(t)::text {here}"
        f"{edited}",
        undoing,
        **what,
    )
    found = _rows(
        f"WITH gone AS (DELETE FROM {tracked.table} WHERE id IN (SELECT t.id {here} AND NOT EXISTS (SELECT 1 FROM"
        f" {GONE} g WHERE g.about = c.about AND g.row_id = c.row_id)) RETURNING id)"
        f" SELECT c.label FROM gone JOIN {CELLS} c ON c.about = %(about)s AND c.row_id = gone.id",
        undoing,
        **what,
    )
    return [label for (label,) in found]


def archive(undoing: Undoing, tracked: Tracked, setting: str, unless: str) -> list[int]:
    """Rows that the run added are archived (they may be sold, linked, known outside by now); returns them."""
    found = _rows(
        f"UPDATE {tracked.table} t SET {setting} FROM {CELLS} c WHERE c.about = %(about)s AND c.kind = 'added'"
        f" AND t.id = c.row_id AND NOT ({unless}) RETURNING t.id",
        undoing,
        about=tracked.about,
    )
    return [pk for (pk,) in found]


def conflicts(most: int) -> tuple[int, list[tuple[Any, ...]]]:
    """How many cells were edited since, and the first of them: (about, label, scope, field, old, new, now)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {GONE}")
        count = int(cursor.fetchone()[0])
        cursor.execute(
            f"SELECT about, label, scope, field, old, new, now FROM {GONE} ORDER BY label, scope, field LIMIT %s",
            [most],
        )
        return count, cursor.fetchall()


def _find_conflicts(undoing: Undoing, tracked: Tracked, plain: list[str], inner: list[str]) -> None:
    now = " ".join(f"WHEN c.field = '{name}' THEN t.\"{name}\"::text" for name in plain)
    now += "".join(
        f" WHEN left(c.field, {len(name) + 1}) = '{name}.'"
        f' THEN (t."{name}" -> substr(c.field, {len(name) + 2}))::text'
        for name in inner
    )
    _run(
        f"WITH moved AS (DELETE FROM {CELLS} c USING (SELECT c.row_id, c.field, CASE {now} END AS now, t.id"
        f" FROM {CELLS} c LEFT JOIN {tracked.table} t ON t.id = c.row_id WHERE c.about = %(about)s"
        " AND c.kind = 'changed') x WHERE c.about = %(about)s AND c.row_id = x.row_id AND c.field = x.field"
        " AND c.kind = 'changed' AND (x.id IS NULL OR x.now IS DISTINCT FROM c.new) RETURNING c.about, c.row_id,"
        " c.label, c.scope, c.field, c.old, c.new, x.now)"
        f" INSERT INTO {GONE} SELECT * FROM moved WHERE now IS DISTINCT FROM old",
        undoing,
        about=tracked.about,
    )


def _conflict_together(undoing: Undoing, tracked: Tracked, group: list[str]) -> None:
    _run(
        f"WITH moved AS (DELETE FROM {CELLS} c USING {GONE} g WHERE c.about = %(about)s AND g.about = c.about"
        " AND g.row_id = c.row_id AND c.field = ANY(%(group)s) AND g.field = ANY(%(group)s) RETURNING c.*)"
        f" INSERT INTO {GONE} SELECT DISTINCT about, row_id, label, scope, field, old, new, new FROM moved",
        undoing,
        about=tracked.about,
        group=group,
    )


def _run(query: str, undoing: Undoing, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, {**vars(undoing), **values})


def _rows(query: str, undoing: Undoing, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {**vars(undoing), **values})
        return cursor.fetchall()
