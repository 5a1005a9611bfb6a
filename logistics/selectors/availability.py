"""The one evaluator of availability (ORC-1, ORC-2): asked in batches, answered with the way each figure came about."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from altazion.lib.noting import note
from altazion.lib.prepared import prepared
from catalog.enums import ProductKind, StockType
from catalog.models import Product
from catalog.selectors.bundles import Part, parts_of
from logistics import rules
from logistics.enums import Level, Purpose
from logistics.selectors.claims import CLAIMS, Step, claimed, under_rules
from logistics.selectors.thresholds import under_thresholds
from logistics.selectors.withdrawn import withdrawn_sql
from stores.models import SalesChannel, Store

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Availability:
    """Units that may be promised now. `level` speaks of delivery and the asked stores together."""

    product_id: int
    delivery: int
    pickup: dict[int, int]
    limited_below: int | None = None
    trace: tuple[Step, ...] = field(default=(), repr=False)
    hidden: bool = False  # so few that the channel does not show it
    most: int | None = None  # in one order

    @property
    def level(self) -> Level:
        return self._level(max([self.delivery, *self.pickup.values()]))

    @property
    def delivery_level(self) -> Level:
        return self._level(self.delivery)

    @property
    def shown_level(self) -> Level:
        """`level`, or that the channel does not show it at all."""
        return Level.NOT_SHOWN if self.hidden else self.level

    def level_at(self, store_id: int) -> Level:
        """How available it is for pickup in a store that was asked about."""
        return self._level(self.pickup.get(store_id, 0))

    def _level(self, quantity: int) -> Level:
        return Level(rules.level_word(quantity, self.limited_below))


@dataclass(frozen=True)
class Sold:
    """What availability needs to know of a product."""

    id: int
    sku: str
    kind: str
    parent_id: int | None
    stock_type: int
    limited_below: int | None
    weight_g: int
    unavailable_below: int | None = None
    hidden: bool = False
    most: int | None = None


def availability(
    product_ids: Iterable[int],
    *,
    channel: SalesChannel,
    at: dt.datetime,
    stores: Iterable[Store] = (),
    for_reference: UUID | None = None,
) -> dict[int, Availability]:
    """How many units of each product the channel may promise at `at`, for delivery and for pickup in `stores`.

    What `for_reference` already holds is not deducted; reservations past their time count for nobody. A parent sums
    its children; a bundle is there as often as its scarcest component allows. One query whatever the number of
    products and stores, two more where bundles are among them; unknown products are absent.
    """
    return told(product_ids, channel=channel, at=at, stores=stores, for_reference=for_reference)[1]


def told(
    product_ids: Iterable[int],
    *,
    channel: SalesChannel,
    at: dt.datetime,
    stores: Iterable[Store] = (),
    for_reference: UUID | None = None,
) -> tuple[dict[int, Sold], dict[int, Availability]]:
    """The products asked (with what makes them up) and how many of each may be promised, as `availability` says."""
    asked = list(product_ids)
    store_ids = [store.pk for store in stores]
    sold, trace = _on_shelves(asked, channel.pk, store_ids, at, for_reference or NOBODY)
    bundles = _bundles(sold.values())
    if bundles:
        inside = {part.component for parts in bundles.values() for part in parts} - sold.keys()
        more, steps = _on_shelves(list(inside), channel.pk, store_ids, at, for_reference or NOBODY, families=False)
        sold, trace = sold | more, trace | steps
    own = {product.id: _of_one(product, store_ids, trace.get(product.id, ())) for product in sold.values()}
    own |= {pk: _of_bundle(own[pk], [(own[p.component], p.quantity) for p in parts]) for pk, parts in bundles.items()}
    children: dict[int, list[Availability]] = defaultdict(list)
    for product in sold.values():
        if product.parent_id:
            children[product.parent_id].append(own[product.id])
    return sold, {
        pk: _sum(own[pk], children[pk]) if sold[pk].kind == ProductKind.PARENT else own[pk]
        for pk in dict.fromkeys(asked)
        if pk in sold
    }


def sold_products(product_ids: Iterable[int]) -> dict[int, Sold]:
    """Stock facts of products, without their children: one query. Weight and threshold fall back to the parent's."""
    rows = Product.objects.filter(pk__in=list(product_ids)).order_by("pk")
    return {row[0]: Sold(*row) for row in rows.values_list(*_FACTS)}


def shelves(
    product_ids: Iterable[int],
    *,
    channel: SalesChannel,
    purpose: Purpose,
    at: dt.datetime,
    store: Store | None = None,
    for_reference: UUID | None = None,
) -> dict[int, list[Step]]:
    """The places that may serve each product for a purpose, best rank first: one query."""
    store_ids = [store.pk] if store else []
    asked = list(product_ids)
    _sold, found = _on_shelves(asked, channel.pk, store_ids, at, for_reference or NOBODY, families=False)
    return {pk: [step for step in steps if step.purpose == purpose] for pk, steps in found.items()}


_FACTS = (
    "pk",
    "sku",
    "kind",
    "parent_id",
    "stock_type",
    Coalesce(F("limited_below"), F("parent__limited_below")),
    Coalesce(F("weight_g"), F("parent__weight_g"), 0),
)

# Free units of a product in all places that feed the channel.
_LYING = f"""COALESCE(
  (SELECT sum(greatest(h.physical - h.safety - h.reserved - {withdrawn_sql("h")}, 0)) FROM logistics_stockbalance h
     JOIN logistics_place place ON place.id = h.place_id AND place.active
    WHERE h.product_id = p.id
      AND h.place_id IN (SELECT place_id FROM logistics_supplysource WHERE channel_id = %(channel)s)), 0)"""  # noqa: S608 - fixed text

# %(asked)s: products, with their children if families are wanted; each with the places that may serve it.
_STEPS = """
WITH sold AS (
  SELECT p.id, p.sku, p.kind, p.parent_id, p.stock_type, COALESCE(p.limited_below, above.limited_below) AS low,
         COALESCE(p.weight_g, above.weight_g, 0) AS weight, mine.unavailable_below,
         CASE WHEN mine.hidden_below IS NULL OR p.stock_type IN (0, 1) OR p.kind IN ('parent', 'bundle') THEN false
              ELSE mine.hidden_below > LYING
              END AS hidden, mine.most_per_order
    FROM catalog_product p
    LEFT JOIN catalog_product above ON above.id = p.parent_id
    LEFT JOIN LATERAL (SELECT t.unavailable_below, t.hidden_below, t.most_per_order FROM logistics_channelthreshold t
                        WHERE t.channel_id = %(channel)s AND t.product_id IN (p.id, p.parent_id)
                        ORDER BY t.product_id = p.id DESC LIMIT 1) mine ON true
   WHERE p.id = ANY(%(asked)s::bigint[]) OR %(families)s AND p.parent_id = ANY(%(asked)s::bigint[])
), free AS MATERIALIZED (
  SELECT r.product_id, r.place_id,
         sum(r.quantity) FILTER (WHERE r.expires_at <= %(at)s AND r.reference <> %(own)s) AS expired,
         sum(r.quantity) FILTER (WHERE r.reference = %(own)s) AS own
    FROM logistics_reservation r
   WHERE r.state = 'held' AND r.product_id = ANY(ARRAY(SELECT id FROM sold))
     AND (r.expires_at <= %(at)s OR r.reference = %(own)s)
   GROUP BY r.product_id, r.place_id
), claim AS MATERIALIZED (CLAIMS
)
SELECT sold.*, step.place_id, step.name, step.purpose, step.rank, step.store_id,
       step.physical, step.safety, step.reserved, step.expired, step.own, step.supply,
       CASE WHEN step.purpose = 'pickup' THEN COALESCE(sold.unavailable_below, step.least) ELSE step.least END,
       step.withdrawn
  FROM sold
  LEFT JOIN (
       SELECT b.product_id, b.place_id, place.name, source.purpose, source.rank, place.store_id,
              b.physical, b.safety, b.reserved, COALESCE(free.expired, 0) AS expired, COALESCE(free.own, 0) AS own,
              WITHDRAWN AS withdrawn,
              CASE WHEN source.purpose = 'delivery' AND store.id > 0 AND NOT place.wants_parcels THEN 'store_off'
                   WHEN source.purpose = 'delivery' AND store.id > 0 AND NOT place.may_send THEN 'centre_off'
                   WHEN source.purpose IN (SELECT purpose FROM logistics_supplyrule
                                            WHERE channel_id = %(channel)s AND active)
                   THEN COALESCE(claim.facts, 'no_rule') END AS supply,
              CASE WHEN source.purpose = 'pickup' THEN COALESCE(zone.unavailable_below, 1) ELSE 1 END AS least
         FROM logistics_stockbalance b
         JOIN logistics_supplysource source ON source.place_id = b.place_id AND source.channel_id = %(channel)s
         JOIN logistics_place place ON place.id = b.place_id AND place.active
         LEFT JOIN stores_store store ON store.id = place.store_id
         LEFT JOIN stores_zone zone ON zone.id = store.zone_id
         LEFT JOIN claim ON claim.place_id = b.place_id AND claim.purpose = source.purpose
         LEFT JOIN free ON free.product_id = b.product_id AND free.place_id = b.place_id
        WHERE b.product_id = ANY(ARRAY(SELECT id FROM sold))  -- as an array, so that the index finds them
          AND NOT COALESCE(store.archived, false)
          AND (source.purpose = 'delivery'
               OR source.purpose = 'pickup' AND store.offers_pickup AND place.store_id = ANY(%(stores)s))
       ) step ON step.product_id = sold.id
 ORDER BY sold.id, step.rank, step.place_id
"""
for _name, _said in (
    ("CLAIMS", CLAIMS.format(channel="= %(channel)s")),
    ("WITHDRAWN", withdrawn_sql("b")),
    ("LYING", _LYING),
):
    _STEPS = _STEPS.replace(_name, _said)


def _on_shelves(
    asked: list[int], channel_id: int, store_ids: list[int], at: dt.datetime, own: UUID, *, families: bool = True
) -> tuple[dict[int, Sold], dict[int, list[Step]]]:
    """Products (with their children) and the places that may serve each, best rank first. One query."""
    sold: dict[int, Sold] = {}
    found: dict[int, list[Step]] = defaultdict(list)
    parameters: dict[str, Any] = {
        "asked": asked, "families": families, "channel": channel_id, "stores": store_ids, "at": at, "own": own,
    }  # fmt: skip
    note(asked)
    with prepared() as sql:
        sql.execute(_STEPS, parameters)
        for (
            product,
            *facts,
            place,
            name,
            purpose,
            rank,
            store,
            a,
            b,
            c,
            d,
            e,
            supply,
            threshold,
            away,
        ) in sql.fetchall():
            if product not in sold:
                sold[product] = Sold(product, *facts)
            if place is not None:
                shelf = rules.Shelf(place, a, b, c, d, e, withdrawn=away)
                units = rules.counted(shelf.free, threshold)
                rule, why = claimed(supply) if supply else (None, "")
                found[product].append(
                    Step(product, place, name, purpose, rank, store, shelf, threshold, units, rule, why)
                )
    return sold, {
        pk: under_thresholds(under_rules(steps), sold[pk].unavailable_below, hidden=sold[pk].hidden)
        for pk, steps in found.items()
    }


def _of_one(product: Sold, store_ids: list[int], steps: Iterable[Step]) -> Availability:
    pickup = dict.fromkeys(store_ids, 0)
    delivery = 0
    for step in steps:
        if step.purpose == Purpose.DELIVERY:
            delivery += step.units
        elif step.store_id in pickup:
            pickup[step.store_id] += step.units
    if endless(product, Purpose.DELIVERY):
        delivery = rules.UNLIMITED
    if endless(product, Purpose.PICKUP):
        pickup = dict.fromkeys(store_ids, rules.UNLIMITED)
    return Availability(product.id, delivery, pickup, product.limited_below, tuple(steps), product.hidden, product.most)


def endless(product: Sold, purpose: str) -> bool:
    """True for what no shelf limits: immaterial goods everywhere, directly supplied goods for delivery."""
    if product.kind == ProductKind.PARENT:
        return False
    return product.stock_type == StockType.IMMATERIAL or (
        product.stock_type == StockType.NOT_STOCKED and purpose == Purpose.DELIVERY
    )


def _bundles(products: Iterable[Sold]) -> dict[int, list[Part]]:
    """What lies in those that are bundles; no query where none is."""
    bundles = [product.id for product in products if product.kind == ProductKind.BUNDLE]
    parts = parts_of(bundles) if bundles else {}
    return {pk: parts.get(pk, []) for pk in bundles}


def _of_bundle(bundle: Availability, parts: list[tuple[Availability, int]]) -> Availability:
    """Whole bundles that can be put together: for delivery from anywhere, for pickup from what lies in the store."""
    pickup = {
        store: min((found.pickup[store] // quantity for found, quantity in parts), default=0) for store in bundle.pickup
    }
    trace = tuple(step for found, _quantity in parts for step in found.trace)
    delivery = min((found.delivery // quantity for found, quantity in parts), default=0)
    return replace(bundle, delivery=delivery, pickup=pickup, trace=trace)


def _sum(parent: Availability, children: list[Availability]) -> Availability:
    pickup = {store: sum(child.pickup[store] for child in children) for store in parent.pickup}
    trace = tuple(step for child in children for step in child.trace)
    hidden = bool(children) and all(child.hidden for child in children)
    units = sum(child.delivery for child in children)
    return replace(parent, delivery=units, pickup=pickup, trace=trace, hidden=hidden)
