"""Where a product stands with the shopping feeds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from catalog.models import Product
from integrations.enums import FEEDS, RunState
from integrations.models import Export, FeedStop, Flow, Run


@dataclass(frozen=True)
class FeedStanding:
    """stop: what keeps the product, or its parent, off. feeds: active ones, with `run` and `at` of their last file."""

    stop: FeedStop | None
    through_parent: bool
    feeds: list[Any]


def feed_standing(product: Product) -> FeedStanding:
    """Two queries."""
    which = Q(product=product.pk)
    if product.parent_id:
        which |= Q(product=product.parent_id)
    stops = FeedStop.objects.filter(which, until=None).select_related("product")
    stop = max(stops, key=lambda one: one.product_id == product.pk, default=None)
    return FeedStanding(stop, stop is not None and stop.product_id != product.pk, list(written_feeds()))


def written_feeds() -> Any:
    """Active feeds with the run that wrote the file that is served now, and when."""
    done = Run.objects.filter(flow=OuterRef("pk"), state__in=(RunState.DONE, RunState.DONE_WITH_REJECTIONS))
    last = done.filter(raw_file__isnull=False).order_by("-id")
    return (
        Flow.objects.filter(active=True, export__kind__in=FEEDS)
        .annotate(run=Subquery(last.values("pk")[:1]), at=Subquery(last.values("finished_at")[:1]))
        .order_by("code")
    )


def served(export: Export) -> Run | None:
    """The run whose file is the export's last good one."""
    good = Run.objects.filter(flow=export.flow_id, state__in=(RunState.DONE, RunState.DONE_WITH_REJECTIONS))
    return good.filter(raw_file__isnull=False).select_related("raw_file").order_by("-id").first()
