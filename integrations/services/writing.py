"""The file of an export run: rows stream out of the database into a kept file, the run tells how far it is."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import IO

from django.conf import settings
from django.db import connection, transaction

from accounting.models import Journal
from accounting.selectors import fec_lines
from accounting.services import Wanted, extract_journals
from altazion.lib.problems import Refused
from integrations.enums import Coverage, ExportKind
from integrations.exports import Content, Refusal, Wish, content_of, write
from integrations.exports.contents import stamp
from integrations.exports.wishes import Row
from integrations.models import Export, ExportedRow, Rejection, Run
from integrations.services.receiving import keep_file
from logbook.services import record
from stores.models import Site

HANDFUL = 2000
MOST_REFUSALS = 50_000
WRITING = "writing"
STATE = "state"  # the last column of a delta: new, changed, deleted
Tell = Callable[[str, int], None]


class NothingNew(Exception):
    """A delta has nothing to tell."""


def write_file(run: Run, tell: Tell, *, at: dt.datetime) -> None:
    """Write the run's file and keep it with the run; what a feed's rules keep out becomes rejections.

    All rows are of the instant of the run. Raises NothingNew for a delta without rows, Refused for what cannot be.
    """
    export = Export.objects.select_related("channel", "flow").get(flow=run.flow)
    refusals: list[Refusal] = []
    with tempfile.TemporaryFile() as file, transaction.atomic():
        if export.kind == ExportKind.JOURNALS:
            name, count = _journals(export, file, at, run.actor or f"flow:{run.flow.code}")
        else:
            name, count = _rows(run, export, file, refusals, tell, at)
        file.seek(0)
        _keep(run, export.file_name or name, file, count, refusals, at)


def origin_of(export: Export) -> str:
    """Where the shop stands, without the last slash; empty when nobody said."""
    if export.origin:
        return export.origin.rstrip("/")
    site = Site.objects.filter(channel=export.channel).exclude(host="*").order_by("pk").first()
    return f"https://{site.host}" if site else ""


def _rows(
    run: Run, export: Export, file: IO[bytes], refusals: list[Refusal], tell: Tell, at: dt.datetime
) -> tuple[str, int]:
    wish = Wish(
        at=at,
        channel=export.channel,
        segment=export.segment_id,
        only_validated=export.only_validated,
        origin=origin_of(export),
        language=settings.LANGUAGE_CODE,
    )
    content = content_of(export, wish)
    delta = run.flow.coverage == Coverage.DELTA and not content.is_feed
    rows = _counted(_good(content, refusals), tell)
    if delta:
        rows = _news(run.flow_id, content, rows)
        content = replace(content, columns=(*content.columns, STATE))
    count = write(content, rows, export.file_format, file)
    if delta and not count:
        raise NothingNew
    suffix = "txt" if export.kind in (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL) else export.file_format
    return f"{run.flow.code}_{stamp(at)}_{run.pk}.{suffix}", count


def _journals(export: Export, file: IO[bytes], at: dt.datetime, actor: str) -> tuple[str, int]:
    """All that no extract holds yet; it is an extract of the books like one made in Office."""
    wanted = Wanted(list(Journal.objects.values_list("code", flat=True)), export.siren)
    try:
        extract = extract_journals(wanted, at=at, actor=actor[:150])
    except Refused as problem:
        if problem.code == "empty":
            raise NothingNew from None
        raise
    for line in fec_lines(extract):
        file.write(line.encode())
    return extract.file_name, extract.lines


def _counted(rows: Iterable[Row], tell: Tell) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number % HANDFUL == 0:
            tell(WRITING, number)
        yield row


def _good(content: Content, refusals: list[Refusal]) -> Iterator[Row]:
    for row in content.rows:
        if not isinstance(row, Refusal):
            yield row
        elif len(refusals) < MOST_REFUSALS:
            refusals.append(row)


def _news(flow: int, content: Content, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that differ from what was written last, then those that are no more; remembered in the same transaction."""
    with connection.cursor() as sql:
        sql.execute("DROP TABLE IF EXISTS export_seen")
        sql.execute("CREATE TEMP TABLE export_seen (key varchar(160) PRIMARY KEY) ON COMMIT DROP")
    handful: list[Row] = []
    for row in rows:
        handful.append(row)
        if len(handful) == HANDFUL:
            yield from _differing(flow, content, handful)
            handful = []
    yield from _differing(flow, content, handful)
    yield from _vanished(flow, content)


def _differing(flow: int, content: Content, rows: list[Row]) -> list[Row]:
    keyed = {"\x1f".join(row[: content.key])[:160]: row for row in rows}
    known = dict(ExportedRow.objects.filter(flow=flow, key__in=keyed).values_list("key", "digest"))
    fresh = {key: _digest(row) for key, row in keyed.items()}
    news = [key for key, digest in fresh.items() if known.get(key) != digest]
    ExportedRow.objects.bulk_create(
        [ExportedRow(flow_id=flow, key=key, digest=fresh[key]) for key in news],
        update_conflicts=True,
        unique_fields=["flow", "key"],
        update_fields=["digest"],
    )
    with connection.cursor() as sql:
        sql.execute("INSERT INTO export_seen SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [list(keyed)])
    return [(*keyed[key], "changed" if key in known else "new") for key in news]


def _vanished(flow: int, content: Content) -> Iterator[Row]:
    """What was written once and is no more: its key, and nothing else."""
    empty = ("",) * (len(content.columns) - content.key)
    while True:
        with connection.cursor() as sql:
            sql.execute(
                "DELETE FROM integrations_exportedrow WHERE id IN (SELECT e.id FROM integrations_exportedrow e"
                " WHERE e.flow_id = %s AND NOT EXISTS (SELECT 1 FROM export_seen s WHERE s.key = e.key)"
                " ORDER BY e.key LIMIT %s) RETURNING key",
                [flow, HANDFUL],
            )
            gone = sorted(row[0] for row in sql.fetchall())
        if not gone:
            return
        for key in gone:
            named = (*key.split("\x1f"), *[""] * content.key)[: content.key]
            yield (*named, *empty, "deleted")


def _digest(row: Row) -> int:
    raw = hashlib.blake2b("\x1f".join(row).encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


def _keep(run: Run, name: str, file: IO[bytes], count: int, refusals: list[Refusal], at: dt.datetime) -> None:
    run.raw_file = keep_file(name, file, at=at)
    run.definition = {**run.definition, "file_name": name, "rows": count, "header": ["sku", "name"]}
    run.rows_rejected = len(refusals)
    run.save(update_fields=["raw_file", "definition", "rows_rejected"])
    Rejection.objects.bulk_create(
        [
            Rejection(
                run=run,
                row_number=number,
                field=refusal.field,
                code=refusal.code,
                value=refusal.value[:250],
                raw={"sku": refusal.sku, "name": refusal.name},
            )
            for number, refusal in enumerate(refusals, 1)
        ],
        batch_size=1000,
    )
    record(
        "integrations.export_written",
        at=at,
        subject_kind="run",
        subject_id=run.pk,
        actor=run.actor,
        flow=run.flow.code,
        rows=count,
        refused=len(refusals),
    )
