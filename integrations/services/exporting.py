"""An export is written: rows stream into a file, the file is kept, a run delivers it to folder or connection."""

import datetime as dt
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum.fr import siren

from altazion.lib.problems import Invalid, NotFound, Refused
from catalog.models import Product
from integrations.enums import FEEDS, Direction, ExportFormat, ExportKind, RunState, Trigger
from integrations.models import Export, ExportedRow, FeedStop, Flow, Run
from integrations.services.flow_versions import keep_first, keep_version
from integrations.services.running import run_flow
from integrations.services.writing import origin_of
from logbook.services import record


@transaction.atomic
def save_export(export: Export, *, at: dt.datetime, actor: str = "", keep: bool = True) -> None:
    """Keep what an export flow writes; a delta starts anew. Raises Invalid for one that cannot work."""
    check_export(export)
    if keep:
        keep_first(export.flow, at=at)
    export.token = export.token or uuid4()  # the address of a feed that services come for
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
    if export.kind == ExportKind.JOURNALS and not siren.is_valid(export.siren):
        raise Invalid(_("Journals are of a company: give its SIREN, nine figures."), code="siren", field="siren")
    if export.kind == ExportKind.JOURNALS and export.file_format != ExportFormat.CSV:
        raise Invalid(_("Journals are text with tabs: choose CSV."), code="bad_format", field="file_format")
    if export.public and export.kind not in FEEDS:
        raise Invalid(_("Only feeds for shops may be fetched by whoever knows the address."), field="public")
    if export.origin and not export.origin.startswith(("https://", "http://")):
        raise Invalid(_("An address begins with https://"), code="bad_origin", field="origin")
    if set(export.file_name) & set('/\\:*?"<>|\0') or export.file_name.startswith("."):
        raise Invalid(_('A file name has no / and none of : * ? " < > |'), code="bad_name", field="file_name")
    if export.kind in (ExportKind.GOOGLE, ExportKind.GOOGLE_LOCAL) and export.file_format != ExportFormat.CSV:
        raise Invalid(_("Google reads text with tabs: choose CSV."), code="bad_format", field="file_format")


def write_export(flow: Flow, *, at: dt.datetime, cause: str = Trigger.SCHEDULE, actor: str = "") -> Run | None:
    """Write the export and deliver it; None when a delta has nothing to tell. Raises Refused.

    The run comes first: its page tells how far the writing is, and what died is taken up again.
    """
    export = Export.objects.select_related("channel", "flow").filter(flow=flow).first()
    if flow.direction != Direction.OUT or export is None or not flow.active:
        raise Refused(_("This flow exports nothing, or it is switched off."), code="not_an_export")
    run = Run.objects.create(
        flow=flow,
        flow_version=keep_version(flow, at=at),
        trigger=cause,
        actor=actor,
        queued_at=at,
        state=RunState.WAITING,
    )
    done = run_flow(run.pk, at=at)
    return None if done.definition.get("nothing_new") else done


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
