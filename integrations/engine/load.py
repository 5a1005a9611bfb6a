"""A file's way in: stage (stream, copy, check) without locks on anybody's rows, then merge in one transaction."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.db import connection, transaction
from django.utils.module_loading import import_string
from psycopg import sql

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.told import told as _
from integrations.engine import checks, proposal, staging
from integrations.engine.choice import Choice, narrow
from integrations.engine.diagnose import check_fields
from integrations.engine.kinds import reader_of
from integrations.engine.problems import FileProblem
from integrations.engine.rejects import keep_rejections
from integrations.engine.staging import Staging, execute
from integrations.formats import ENTITIES, Definition

Tell = Callable[[str, int], None]
Opener = Callable[[], IO[bytes]]
# Room to sort and hash; one core only, the others are the shoppers'.
ONE_CORE = "SET LOCAL work_mem = '96MB'; SET LOCAL max_parallel_workers_per_gather = 0"
READING, CHECKING, MERGING, KEEPING = "reading", "checking", "merging", "keeping"


@dataclass(frozen=True)
class Task:
    """One file to load. `full`: absent means archived. `only_rows_of`: a run whose rejected rows alone are taken.

    choice: what a person approved of it, all if None. price_fall: percent from which on a price falls much.
    """

    open: Opener
    definition: Definition
    run_id: int
    attempt: int
    source: str
    at: dt.datetime
    full: bool = False
    actor: str = ""
    only_rows_of: int | None = None
    choice: Choice | None = None
    price_fall: int = 30


@dataclass(frozen=True)
class Staged:
    """Checked rows, ready to merge."""

    task: Task
    definition: Definition
    tables: Staging
    full: bool
    is_correction: bool
    header: list[str]


@dataclass(frozen=True)
class Outcome:
    """What became of the rows."""

    read: int
    result: LoadResult
    rejected: int
    kept_rejections: int
    changes: proposal.Changes


def stage(task: Task, tell: Tell) -> Staged:
    """Stream the file into a typed staging table. Raises FileProblem when the file as a whole cannot be taken."""
    staging.drop(task.run_id)
    tables = Staging.of(task.run_id, task.attempt)
    with task.open() as stream:
        reader = reader_of(stream, task.definition)
        rows = reader.open()
        missing = {
            source for column in task.definition.columns for source in column.sources if reader.position(source) is None
        }
        definition = task.definition.without(missing)
        tables.fields = definition.fields
        check_fields(set(tables.fields), reader.names(), definition)
        staging.create(tables)
        tell(READING, 0)
        staging.fill(tables, reader, rows, definition, lambda count: tell(READING, count))
    full = task.full and not reader.is_correction and task.only_rows_of is None
    if full and not tables.rows:
        raise FileProblem(
            "empty_file", _("The file holds no row. A whole file without rows would archive everything: refused.")
        )
    tell(CHECKING, tables.rows)
    with transaction.atomic():
        execute(ONE_CORE)
        if task.only_rows_of is not None:
            _keep_only_rejected(tables, task.only_rows_of)
        checks.forget_empty_fields(tables, definition)
        checks.check(tables, definition)
        checks.make_typed(tables, definition)
        if full and checks.has_rejects(tables):
            checks.keep_refused_keys(tables, definition)
        execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(tables.text)))
        if task.choice is not None:
            full = narrow(tables, definition, task.choice, task.run_id, full=full)
    return Staged(task, definition, tables, full, reader.is_correction, reader.names())


def merge(staged: Staged, tell: Tell) -> Outcome:
    """Hand the rows to the room's loader and keep the rejections. Call inside the transaction of the run's counts."""
    task, tables = staged.task, staged.tables
    tell(MERGING, tables.rows)
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"flow {task.source}"])
    execute(ONE_CORE)
    first = proposal.begin(task.run_id)
    loader = import_string(ENTITIES[staged.definition.entity].loader)
    result: LoadResult = loader(
        LoadContext(
            table=_quoted(tables.typed),
            rejects=_quoted(tables.rejects),
            fields=frozenset(tables.fields),
            run_id=task.run_id,
            source=task.source,
            at=task.at,
            full=staged.full,
            actor=task.actor,
            refused=_quoted(tables.refused) if tables.refused else "",
            changes=proposal.TABLE,
        )
    )
    changes = proposal.end(task.run_id, first, price_fall=task.price_fall)
    rejected = checks.count_rejected(tables)
    kept = 0
    if rejected:
        tell(KEEPING, tables.rows)
        kept = keep_rejections(tables, task.run_id, lambda: reader_of(task.open(), task.definition))
    return Outcome(tables.rows, result, rejected, kept, changes)


def clean_up(run_id: int) -> None:
    """Remove the run's staging tables."""
    staging.drop(run_id)


def clean_up_after_the_dead(ended_before: dt.datetime) -> None:
    """Remove the staging tables of runs that ended before then."""
    for run_id in staging.left_behind(ended_before):
        staging.drop(run_id)


def _keep_only_rejected(tables: Staging, run_id: int) -> None:
    for table in (tables.text, tables.rejects):
        removed = execute(
            sql.SQL(
                "DELETE FROM {} t WHERE NOT EXISTS"
                " (SELECT 1 FROM integrations_rejection r WHERE r.run_id = %s AND r.row_number = t.row_number)"
            ).format(sql.Identifier(table)),
            [run_id],
        )
        tables.rows -= removed


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string(connection.connection)
