"""An export is written: rows stream into a file, the file is kept, a run delivers it to folder or connection."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, NotFound, Refused
from catalog.models import Product
from integrations.enums import Coverage, Direction, ExportFormat, ExportKind, RunState, Trigger
from integrations.exports import Content, Refusal, Wish, content_of, write
from integrations.exports.contents import stamp
from integrations.exports.wishes import Row
from integrations.models import Export, ExportedRow, FeedStop, Flow, Rejection, Run
from integrations.services.flow_versions import keep_first, keep_version
from integrations.services.receiving import keep_file
from integrations.services.running import run_flow
from logbook.services import record
from stores.models import Site

FEEDS = (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL, ExportKind.AGGREGATOR)
HANDFUL = 2000
MOST_REFUSALS = 50_000


@transaction.atomic
def save_export(export: Export, *, at: dt.datetime, actor: str = "", keep: bool = True) -> None:
    """Keep what an export flow writes; a delta starts anew. Raises Invalid for one that cannot work."""
    check_export(export)
    if keep:
        keep_first(export.flow, at=at)
    export.save()
    ExportedRow.objects.filter(flow=export.flow).delete()
    record(
        "integrations.export_changed",
        at=at,
        subject_kind="flow",
        subject_id=export.flow_id,
        actor=actor,
        flow=export.flow.code,
        content=export.kind,
    )
    if keep:
        keep_version(export.flow, at=at, actor=actor)


def check_export(export: Export) -> None:
    """Raises Invalid, at the field, for an export that cannot work."""
    if export.kind in FEEDS and export.channel is None:
        raise Invalid(_("A feed is of one channel: choose it."), code="no_channel", field="channel")
    if export.kind in FEEDS and not origin_of(export):
        raise Invalid(
            _("Say where the shop stands, as in https://shop.example.com: links and pictures begin with it."),
            code="no_origin",
            field="origin",
        )
    if export.origin and not export.origin.startswith(("https://", "http://")):
        raise Invalid(_("An address begins with https://"), code="bad_origin", field="origin")
    if set(export.file_name) & set('/\\:*?"<>|\0') or export.file_name.startswith("."):
        raise Invalid(_('A file name has no / and none of : * ? " < > |'), code="bad_name", field="file_name")
    if export.kind in (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL) and export.file_format != ExportFormat.CSV:
        raise Invalid(_("Google reads text with tabs: choose CSV."), code="bad_format", field="file_format")


def write_export(flow: Flow, *, at: dt.datetime, cause: str = Trigger.SCHEDULE, actor: str = "") -> Run | None:
    """Write the export and deliver it; None when a delta has nothing to tell. Raises Refused.

    All rows are of one instant (a snapshot of the database). What a feed's rules keep out stands with the run.
    """
    export = Export.objects.select_related("channel", "flow").filter(flow=flow).first()
    if flow.direction != Direction.OUT or export is None or not flow.active:
        raise Refused(_("This flow exports nothing, or it is switched off."), code="not_an_export")
    wish = Wish(
        at=at,
        channel=export.channel,
        segment=export.segment_id,
        only_validated=export.only_validated,
        origin=origin_of(export),
        language=settings.LANGUAGE_CODE,
    )
    refusals: list[Refusal] = []
    with tempfile.TemporaryFile() as file, transaction.atomic():
        content = content_of(export, wish)
        delta = flow.coverage == Coverage.DELTA and not content.is_feed
        rows = _good(content, refusals)
        count = write(content, _news(flow, content, rows) if delta else rows, export.file_format, file)
        if delta and not count:
            return None
        file.seek(0)
        run = _keep(flow, export, file, count, refusals, at=at, cause=cause, actor=actor)
    return run_flow(run.pk, at=at)


def origin_of(export: Export) -> str:
    """Where the shop stands, without the last slash; empty when nobody said."""
    if export.origin:
        return export.origin.rstrip("/")
    site = Site.objects.filter(channel=export.channel).exclude(host="*").order_by("pk").first()
    return f"https://{site.host}" if site else ""


@transaction.atomic
def pull_product(sku: str, *, reason: str = "", at: dt.datetime, actor: str = "") -> list[Flow]:
    """Take a product off every shopping feed, now; returns the feeds that are to be written anew.

    A parent takes its variants with it. Raises NotFound; Refused when it is off already.
    """
    product = Product.objects.filter(sku=sku.strip()).first()
    if product is None:
        raise NotFound(_("There is no article “%s”.") % sku[:60])
    try:
        with transaction.atomic():
            FeedStop.objects.create(product=product, since=at, actor=actor, reason=reason[:200])
    except IntegrityError as error:
        raise Refused(_("%s is off the feeds already.") % product.sku, code="off_already") from error
    _tell("integrations.product_off_feeds", product, at, actor, reason)
    return feeds()


@transaction.atomic
def put_back(sku: str, *, at: dt.datetime, actor: str = "") -> list[Flow]:
    """Let a product into the feeds again. Raises NotFound when it is not off."""
    stop = FeedStop.objects.select_related("product").filter(product__sku=sku.strip(), until=None).first()
    if stop is None:
        raise NotFound(_("%s is not off the feeds.") % sku[:60])
    FeedStop.objects.filter(pk=stop.pk).update(until=at)
    _tell("integrations.product_back_in_feeds", stop.product, at, actor, "")
    return feeds()


def feeds() -> list[Flow]:
    """The active flows that write shopping feeds."""
    return list(Flow.objects.filter(active=True, export__kind__in=FEEDS).select_related("connection").order_by("code"))


def _tell(kind: str, product: Product, at: dt.datetime, actor: str, reason: str) -> None:
    record(
        kind, at=at, subject_kind="product", subject_id=product.pk, actor=actor, sku=product.sku, reason=reason[:200]
    )


def _good(content: Content, refusals: list[Refusal]) -> Iterator[Row]:
    for row in content.rows:
        if not isinstance(row, Refusal):
            yield row
        elif len(refusals) < MOST_REFUSALS:
            refusals.append(row)


def _news(flow: Flow, content: Content, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that differ from what was written last; what is written is remembered in the same transaction."""
    handful: list[Row] = []
    for row in rows:
        handful.append(row)
        if len(handful) == HANDFUL:
            yield from _differing(flow, content, handful)
            handful = []
    yield from _differing(flow, content, handful)


def _differing(flow: Flow, content: Content, rows: list[Row]) -> list[Row]:
    keyed = {"\x1f".join(row[: content.key])[:160]: row for row in rows}
    known = dict(ExportedRow.objects.filter(flow=flow, key__in=keyed).values_list("key", "digest"))
    fresh = {key: _digest(row) for key, row in keyed.items()}
    news = [key for key, digest in fresh.items() if known.get(key) != digest]
    ExportedRow.objects.bulk_create(
        [ExportedRow(flow=flow, key=key, digest=fresh[key]) for key in news],
        update_conflicts=True,
        unique_fields=["flow", "key"],
        update_fields=["digest"],
    )
    return [keyed[key] for key in news]


def _digest(row: Row) -> int:
    raw = hashlib.blake2b("\x1f".join(row).encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


def _keep(
    flow: Flow,
    export: Export,
    file: IO[bytes],
    count: int,
    refusals: list[Refusal],
    *,
    at: dt.datetime,
    cause: str,
    actor: str,
) -> Run:
    run = Run.objects.create(
        flow=flow,
        flow_version=keep_version(flow, at=at),
        trigger=cause,
        actor=actor,
        queued_at=at,
        state=RunState.WAITING,
        rows_rejected=len(refusals),
    )
    suffix = "txt" if export.kind in (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL) else export.file_format
    name = export.file_name or f"{flow.code}_{stamp(at)}_{run.pk}.{suffix}"
    run.raw_file = keep_file(name, file, at=at)
    run.definition = {"file_name": name, "rows": count, "header": ["sku", "name"]}
    run.save(update_fields=["raw_file", "definition"])
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
        actor=actor,
        flow=flow.code,
        rows=count,
        refused=len(refusals),
    )
    return run
