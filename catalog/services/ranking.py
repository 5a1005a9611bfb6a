"""The order of segments among their siblings, and of products inside a segment (OFF-12)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid, Refused
from catalog.models import ProductSegment, Segment
from catalog.selectors.office_tree import members_in_order
from catalog.services.log import PRODUCTS, SEGMENTS, log_many
from catalog.services.pages import fed
from logbook.services import record

STEP = 10
MOST_BY_HAND = 500
MOST_RELEVANCE = Decimal("9.99")


@transaction.atomic
def place_among_siblings(segment: Segment, place: int, *, at: dt.datetime, actor: str = "") -> int:
    """Bring a segment to a place (1 is first) among those below the same one. Returns the place it has now.

    Refused when a flow feeds the place of one of them: the next file would undo it.
    """
    siblings = list(
        Segment.objects.select_for_update()
        .filter(parent=segment.parent_id, archived=False)
        .order_by("position", "name")
    )
    order = [one for one in siblings if one.pk != segment.pk]
    place = max(1, min(place, len(order) + 1))
    order.insert(place - 1, segment)
    changed = []
    for number, one in enumerate(order, 1):
        if one.position != number * STEP:
            if "position" in one.fed_fields:
                raise Refused(fed("position", one.source), code="fed", field="position")
            one.position = number * STEP
            changed.append(one)
    Segment.objects.bulk_update(changed, ["position"])
    record(
        SEGMENTS, at=at, subject_kind="segment", subject_id=segment.pk, actor=actor,
        ids=[segment.pk], change="ranked", place=place,
    )  # fmt: skip
    return place


@transaction.atomic
def place_in_segment(segment: Segment, product_id: int, place: int, *, at: dt.datetime, actor: str = "") -> int:
    """Bring a product to a place (1 is first) of a segment; those before it keep theirs from now on as well.

    Products behind the last place set by hand follow by relevance. Invalid when it does not stand there, and beyond
    the five hundredth place: nobody orders that far by hand. Returns the place.
    """
    Segment.objects.select_for_update().get(pk=segment.pk)
    if place > MOST_BY_HAND:
        raise Invalid(_("Places are set by hand up to %(most)d.") % {"most": MOST_BY_HAND}, field="place")
    mine = ProductSegment.objects.filter(segment=segment, product=product_id).first()
    if mine is None:
        raise Invalid(_("This product does not stand in the segment."), field="product")
    by_hand = ProductSegment.objects.filter(segment=segment, position__isnull=False).count()
    order = list(members_in_order(segment)[: max(place, by_hand) + 1])
    order = [one for one in order if one.pk != mine.pk]
    place = max(1, min(place, len(order) + 1))
    order.insert(place - 1, mine)
    last = max(place, by_hand + (mine.position is None))
    _number(order[: min(last, MOST_BY_HAND)])
    log_many("places", [product_id], at=at, actor=actor, kind=PRODUCTS)
    return place


@transaction.atomic
def give_back_to_relevance(segment: Segment, product_id: int, *, at: dt.datetime, actor: str = "") -> None:
    """Forget the place set by hand: the product follows by its relevance again."""
    Segment.objects.select_for_update().get(pk=segment.pk)
    ProductSegment.objects.filter(segment=segment, product=product_id).update(position=None)
    left = ProductSegment.objects.filter(segment=segment, position__isnull=False).order_by("position")
    _number(list(left[:MOST_BY_HAND]))
    log_many("places", [product_id], at=at, actor=actor, kind=PRODUCTS)


@transaction.atomic
def rate_in_segment(segment: Segment, relevance: dict[int, Decimal], *, at: dt.datetime, actor: str = "") -> int:
    """Set how relevant products are in a segment, 0 to 9.99 by product. Returns how many changed."""
    rows = {row.product_id: row for row in ProductSegment.objects.filter(segment=segment, product__in=relevance)}
    changed = []
    for product, value in relevance.items():
        if not 0 <= value <= MOST_RELEVANCE:
            raise Invalid(_("Relevance goes from 0 to 9.99."), field=f"relevance-{product}")
        row = rows.get(product)
        if row and row.relevance != value:
            row.relevance = value
            changed.append(row)
    ProductSegment.objects.bulk_update(changed, ["relevance"])
    log_many("places", [row.product_id for row in changed], at=at, actor=actor, kind=PRODUCTS)
    return len(changed)


def _number(rows: list[ProductSegment]) -> None:
    changed = []
    for number, row in enumerate(rows, 1):
        if row.position != number:
            row.position = number
            changed.append(row)
    ProductSegment.objects.bulk_update(changed, ["position"])
