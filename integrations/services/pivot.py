"""The pivot base: flows that take its rows, and answers that are written back beside them."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from altazion.lib.problems import Refused
from integrations.enums import ConnectionKind, Coverage, Direction, Entity, RunState, Trigger
from integrations.formats import pivot
from integrations.models import Connection, Flow, Mapping, Rejection, Run
from integrations.selectors.rejects import column_names, why
from integrations.services.starting import start_flow
from logbook.services import record

CODE = "pivot"
ORDERS_FLOW = "pivot-orders"
_BAD = (RunState.FAILED, RunState.CANCELLED)


@transaction.atomic
def ensure_pivot(*, at: dt.datetime, actor: str = "") -> int:
    """Make the connection, mappings and flows of the pivot tables that are missing. Returns how many flows are new."""
    place, _made = Connection.objects.get_or_create(
        code=CODE, defaults={"name": "Tables pivot", "kind": ConnectionKind.PIVOT}
    )
    made = 0
    for table in pivot.TABLES:
        code = f"{CODE}-{table.name}"
        mapping, _new = Mapping.objects.get_or_create(
            code=code,
            defaults={
                "name": f"Pivot: {table.name}",
                "entity": table.entity,
                "columns": [{"field": name, "column": name} for name in table.names],
            },
        )
        _flow, new = Flow.objects.get_or_create(
            code=code,
            defaults={
                "name": f"Pivot: {table.name}",
                "entity": table.entity,
                "mapping": mapping,
                "connection": place,
                "folder": table.name,
                "coverage": Coverage.DELTA,
            },
        )
        made += new
    _flow, new = Flow.objects.get_or_create(
        code=ORDERS_FLOW,
        defaults={
            "name": "Pivot: orders",
            "entity": Entity.ORDERS,
            "direction": Direction.OUT,
            "connection": place,
            "folder": "orders",
        },
    )
    made += new
    if made:
        record("integrations.pivot_made", at=at, actor=actor, made=made)
    return made


def take_now(table: str, *, at: dt.datetime, actor: str = "", queue: bool = False) -> list[Run]:
    """Take the rows of a table that wait (or, for `orders`, send orders up and read answers). Raises Refused."""
    flow = Flow.objects.select_related("connection", "mapping").filter(code=f"{CODE}-{table}").first()
    if flow is None:
        raise Refused(_("There is no flow for this table yet."), code="no_flow")
    return start_flow(flow, at=at, cause=Trigger.HAND, actor=actor, queue=queue)


@transaction.atomic
def answer(run: Run) -> int:
    """Write beside the rows of a run what became of them; returns how many were refused. Twice does nothing more."""
    table = _table_of(run)
    if table is None or run.raw_file is None:
        return 0
    name = sql.Identifier(table.name)
    with connection.cursor() as cursor:
        mine = sql.SQL("UPDATE pivot.{} SET {} WHERE file = %s AND state <> 'new'")
        cursor.execute(mine.format(name, sql.SQL("run = %s")), [run.pk, run.raw_file.name])
        if run.state in _BAD:
            set_to = sql.SQL("state = 'refused', message = %s")
            cursor.execute(mine.format(name, set_to), [run.message, run.raw_file.name])
            return cursor.rowcount
        names = column_names(run)
        rows: dict[int, list[str]] = {}
        for one in Rejection.objects.filter(run=run).order_by("row_number", "pk"):
            number = str((one.raw or {}).get("row_id", ""))
            if number.isdecimal():
                rows.setdefault(int(number), []).append(str(why(one, names)))
        cursor.execute(
            sql.SQL(
                "UPDATE pivot.{} p SET state = 'refused', message = n.message FROM unnest(%s::bigint[], %s::text[])"
                " AS n (row_id, message) WHERE p.row_id = n.row_id AND p.file = %s AND p.state <> 'new'"
            ).format(name),
            [list(rows), [" ".join(dict.fromkeys(words)) for words in rows.values()], run.raw_file.name],
        )
    return len(rows)


def answer_run(run_pk: int) -> int:
    """As `answer`, for the number of a run."""
    run = Run.objects.select_related("flow__connection", "raw_file").filter(pk=run_pk).first()
    return answer(run) if run else 0


def _table_of(run: Run) -> pivot.Table | None:
    place: Any = run.flow.connection
    if place is None or place.kind != ConnectionKind.PIVOT or run.flow.direction != Direction.IN:
        return None
    return pivot.BY_NAME.get(run.flow.folder.strip("/ "))
