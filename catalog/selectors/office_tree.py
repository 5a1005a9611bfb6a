"""The shoppers' tree as Office shows it: branch by branch, so that five thousand segments stay pleasant."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from catalog.models import ProductSegment, Segment

MOST_OPEN = 100


def with_counts(segments: QuerySet[Segment]) -> QuerySet[Segment]:
    """With the number of products that stand right there, and whether something hangs below."""
    below = Segment.objects.filter(parent=OuterRef("pk"), archived=False)
    return segments.annotate(member_count=Count("members"), has_below=Exists(below))


def visible(segments: QuerySet[Segment], opened: Iterable[int]) -> QuerySet[Segment]:
    """The top of the tree, and what lies right below the opened ones."""
    return segments.filter(Q(parent=None) | Q(parent__in=list(opened)[:MOST_OPEN]))


def ways(segments: Iterable[Segment]) -> dict[int, list[str]]:
    """The names above each segment, from the root. One query."""
    rows = list(segments)
    above = {pk for row in rows for pk in row.path[:-1]}
    names = dict(Segment.objects.filter(pk__in=above).values_list("pk", "name"))
    return {row.pk: [names[pk] for pk in row.path[:-1] if pk in names] for row in rows}


def inherited_header(segment: Segment) -> tuple[Segment | None, bool]:
    """The segment whose header its page shows (None: nobody's), and whether that is its own. One query."""
    above = Segment.objects.in_bulk(segment.path)
    for pk in reversed(segment.path):
        one = above.get(pk)
        if one and one.header and (pk == segment.pk or one.header_below):
            return one, pk == segment.pk
    return None, False


def header_reaches(segment: Segment) -> int:
    """How many segments below show this one's header, having none of their own (a nearer one wins). Two queries."""
    if not segment.header or not segment.header_below:
        return 0
    below: QuerySet[Any] = Segment.objects.filter(path__contains=[segment.pk], archived=False).exclude(pk=segment.pk)
    own = {pk for pk, header in below.values_list("pk", "header") if header}
    return sum(1 for path in below.values_list("path", flat=True) if not own.intersection(path))


def members_in_order(segment: Segment) -> QuerySet[ProductSegment]:
    """The products right in a segment as its page ranks them: those placed by hand, then by relevance."""
    members = ProductSegment.objects.filter(segment=segment).select_related("product")
    return members.order_by("position", "-relevance", "-product__importance", "product_id")
