"""Which products to rebuild when something other than a product changed."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q

from catalog.enums import CriterionKind, ProductKind
from catalog.models import Attribute, Criterion, Product, ProductSegment, Segment, SelectionItem
from catalog.selectors.labels import CARRIES
from discovery.models import FacetValue, IndexEntry
from discovery.services.reindex import hold_index, reindex
from logbook.models import Event
from logistics.models import StockBalance

AT_ONCE = 5000

_LABELLED = f"""
SELECT a.product_id
  FROM (SELECT p.id AS product_id, COALESCE(p.parent_id, p.id) AS listing_id FROM catalog_product p) a
  JOIN catalog_publication pub ON pub.product_id = a.listing_id
 WHERE EXISTS (SELECT 1 FROM catalog_label l
                WHERE l.slot_id = ANY(%(slots)s::bigint[]) AND {CARRIES.format(channel="pub.channel_id")})
UNION  -- what may be reduced now, for labels that follow a promotion
SELECT b.product_id FROM catalog_baseprice b
 WHERE b.promo_amount IS NOT NULL AND (b.promo_during IS NULL OR b.promo_during @> %(at)s::timestamptz)
   AND EXISTS (SELECT 1 FROM catalog_label l WHERE l.slot_id = ANY(%(slots)s::bigint[]) AND l.rule = 'promotion')
UNION
SELECT i.product_id
  FROM campaigns_campaign c JOIN catalog_selectionitem i ON i.selection_id = c.selection_id
 WHERE c.during @> %(at)s::timestamptz
   AND EXISTS (SELECT 1 FROM catalog_label l WHERE l.slot_id = ANY(%(slots)s::bigint[]) AND l.rule = 'promotion')
UNION
SELECT e.product_id
  FROM discovery_indexentry e JOIN discovery_facetvalue f ON e.facets @> ARRAY[f.id::int]
  JOIN catalog_labelslot s ON f.attribute = 'tag-' || s.code AND s.id = ANY(%(slots)s::bigint[])
"""  # noqa: S608 - fixed text


def reindex_selection(selection_id: int, *, at: dt.datetime) -> int:
    """Rebuild the products that are in a selection, or that the index believes to be. Returns changed entries."""
    return reindex(_selected([selection_id]), at=at)


def reindex_campaign(campaign_id: int, *, at: dt.datetime) -> int:
    """Rebuild the products of the selections a campaign has, or once had. Returns changed entries."""
    told = Event.objects.filter(kind="campaigns.campaign_changed", subject_id=str(campaign_id))
    selections = {int(data["selection"]) for data in told.values_list("data", flat=True) if data.get("selection")}
    return reindex(_selected(selections), at=at)


def reindex_segments(segment_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Rebuild the products in these segments or below them, now or as the index believes. Returns changed entries."""
    ids = list(segment_ids)
    below = Segment.objects.filter(path__overlap=ids)
    now = set(ProductSegment.objects.filter(segment__in=below).values_list("product_id", flat=True))
    before = set(IndexEntry.objects.filter(segments__overlap=ids).values_list("product_id", flat=True))
    return reindex(now | before, at=at) or forget_pages()


def reindex_labels(slot_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Rebuild the products that carry a label of these slots, now or as the index believes. Returns changed entries."""
    return reindex(labelled(slot_ids, at=at), at=at) or forget_pages()


def labelled(slot_ids: Iterable[int], *, at: dt.datetime) -> set[int]:
    """The published products with a label of these slots at `at`, and those that the index believes to have one."""
    slots = list(slot_ids)
    if not slots:
        return set()
    with connection.cursor() as sql:
        sql.execute(_LABELLED, {"slots": slots, "at": at, "reduced": []})
        return {row[0] for row in sql.fetchall()}


def reindex_stores(store_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Rebuild the products with stock in these stores. Returns changed entries."""
    lying = StockBalance.objects.filter(place__store__in=list(store_ids)).values_list("product_id", flat=True)
    return reindex(set(lying), at=at)


def reindex_supply(*, channel_id: int = 0, place_id: int = 0, at: dt.datetime) -> int:
    """Rebuild the products that lie at a place, or where a channel is fed from, some thousands at once."""
    at_places = {"place": place_id} if place_id else {"place__serves__channel": channel_id}
    changed, last = 0, 0
    lying = StockBalance.objects.filter(**at_places).order_by("product_id").values_list("product_id", flat=True)
    while ids := list(lying.filter(product_id__gt=last).distinct()[:AT_ONCE]):
        changed += reindex(ids, at=at)
        last = ids[-1]
    return changed


def reindex_attributes(attribute_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Rebuild the products that carry one of these attributes, some thousands at once. Returns changed entries."""
    attributes = list(attribute_ids)
    codes = list(Attribute.objects.filter(pk__in=attributes).values_list("code", flat=True))
    asked = Criterion.objects.filter(attribute__in=attributes)
    lacking = FacetValue.objects.filter(attribute__in=asked.values("code"), value="no").values_list("pk", flat=True)
    carriers = Product.objects.filter(attributes__has_any_keys=codes)
    if asked.filter(kind=CriterionKind.PRESENCE, active=True).exists():  # speaks of those without it as well
        carriers = Product.objects.all()
    elif spoken := list(lacking):  # and did so until now
        entries = IndexEntry.objects.filter(facets__overlap=spoken)
        carriers = Product.objects.filter(Q(attributes__has_any_keys=codes) | Q(pk__in=entries.values("product_id")))
    numbers = carriers.order_by("pk").values_list("pk", flat=True)
    changed, last = 0, 0
    while ids := list(numbers.filter(pk__gt=last)[:AT_ONCE]):
        changed += reindex(ids, at=at)
        last = ids[-1]
    return changed or forget_pages()


def reindex_channel(channel_id: int, *, at: dt.datetime) -> int:
    """Rebuild the parents that a channel publishes: it shows variants otherwise. Returns changed entries."""
    shown = Product.objects.filter(kind=ProductKind.PARENT, publications__channel=channel_id)
    parents = shown.order_by("pk").values_list("pk", flat=True)
    changed, last = 0, 0
    while ids := list(parents.filter(pk__gt=last)[:AT_ONCE]):
        changed += reindex(ids, at=at)
        last = ids[-1]
    return changed


def _selected(selections: Iterable[int]) -> set[int]:
    wanted = list(selections)
    inside = SelectionItem.objects.filter(selection__in=wanted).values_list("product_id", flat=True)
    listed = IndexEntry.objects.filter(Q(selections__overlap=wanted)).values_list("product_id", flat=True)
    return {*inside, *listed}


def forget_pages() -> int:
    """Something that pages show beside the index changed: menus, the names of attributes."""
    with transaction.atomic(), connection.cursor() as sql:
        hold_index()
        sql.execute("UPDATE discovery_indexversion SET number = number + 1")
    return 0


def decided() -> None:
    """In the transaction of a decision: lists obey from the next request on. Waits for nobody who writes the index."""
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO discovery_decisionversion AS known (id, number) VALUES (1, 1)"
            " ON CONFLICT (id) DO UPDATE SET number = known.number + 1"
        )
