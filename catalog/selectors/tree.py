"""The shoppers' tree: what is below what, and the way from the root to a product."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from altazion.lib.text import unaccent
from catalog.enums import ProductState, SegmentKind
from catalog.models import Product, ProductSegment, Publication, Segment
from stores.models import SalesChannel


@dataclass
class Node:
    """A segment and those below it, in their order."""

    segment: Segment
    children: list["Node"] = field(default_factory=list)


def segment_tree(channel: SalesChannel, *, root: str = "", depth: int = 6) -> list[Node]:
    """The listed segments that lead to at least one product published on the channel, as a tree.

    root: code of the segment whose children are the top (a site's root segment); "" for the whole tree.
    depth: how many levels to give. Two queries.
    """
    published = ProductSegment.objects.filter(
        Exists(Publication.objects.filter(product=OuterRef("product"), channel=channel)),
        segment=OuterRef("pk"),
        product__state=ProductState.VALIDATED,
    )
    shown = {
        pk
        for path in Segment.objects.filter(Exists(published), archived=False).values_list("path", flat=True)
        for pk in path
    }
    listed = Segment.objects.filter(archived=False, kind=SegmentKind.LISTED, pk__in=shown)
    top = Segment.objects.filter(code=root).first() if root else None
    first_level = top.level + 1 if top else 1
    if top:
        listed = listed.filter(path__contains=[top.pk]).exclude(pk=top.pk)
    nodes = {one.pk: Node(one) for one in listed.filter(level__lt=first_level + depth).order_by("position", "name")}
    tree = []
    for node in nodes.values():
        if node.segment.level == first_level:
            tree.append(node)
        elif node.segment.parent_id in nodes:
            nodes[node.segment.parent_id].children.append(node)
    return tree


def breadcrumbs(products: Iterable[Product]) -> dict[int, list[Segment]]:
    """The way from the root to each product's primary segment; variants take their parent's. Two queries."""
    asked = {product.pk: product.parent_id or product.pk for product in products}
    primary = ProductSegment.objects.filter(Q(is_primary=True), product__in=set(asked.values()))
    paths = dict(primary.values_list("product_id", "segment__path"))
    segments = Segment.objects.in_bulk({pk for path in paths.values() for pk in path})
    return {
        pk: [segments[step] for step in paths.get(holder, []) if step in segments and not segments[step].archived]
        for pk, holder in asked.items()
    }


def in_tree_order(segments: Iterable[Segment]) -> list[Segment]:
    """Segments as a person reads a tree: each under the one above, brothers by position and name."""
    known = {one.pk: one for one in segments}

    def way(segment: Segment) -> list[tuple[int, str]]:
        above = [known.get(pk) for pk in segment.path]
        return [(one.position, unaccent(one.name).lower()) if one else (0, "") for one in above]

    return sorted(known.values(), key=way)
