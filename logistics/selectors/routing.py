"""Which places would send what, with every candidate that lost: routing asked of the stock as it stands."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from logistics import rules
from logistics.enums import Purpose
from logistics.models import Place, RoutingPolicy, RoutingRule
from logistics.rules import routing
from logistics.rules.geo import Spot, middle_of
from logistics.selectors.availability import endless, shelves, sold_products
from logistics.selectors.claims import Step
from stores.models import SalesChannel, Store


@dataclass(frozen=True)
class Found:
    """An answer with what it was made of: who may send, what was made of each shelf, what has no shelf."""

    routed: routing.Routed
    senders: dict[int, routing.Sender]
    needs: dict[str, routing.Need]
    steps: list[Step]
    endless: frozenset[int]
    policy: RoutingPolicy
    rules: tuple[routing.Rule, ...]


def spot_of(address: Mapping[str, Any], store: Store | None = None) -> Spot | None:
    """Where goods go: the store, the address's own coordinates, else the middle of its department; None if unknown."""
    if store is not None and store.latitude is not None and store.longitude is not None:
        return float(store.latitude), float(store.longitude)
    if store is not None:
        return middle_of(store.country, store.postcode)
    try:
        spot = float(address["latitude"]), float(address["longitude"])
    except (KeyError, TypeError, ValueError):
        return middle_of(str(address.get("country") or "FR"), str(address.get("postcode") or ""))
    return spot if abs(spot[0]) <= 90 and abs(spot[1]) <= 180 else None


def policy_of(channel: SalesChannel) -> RoutingPolicy:
    """What the channel lets happen; the defaults where nobody said."""
    return RoutingPolicy.objects.filter(channel=channel).first() or RoutingPolicy(channel=channel)


def rules_of(channel: SalesChannel) -> tuple[routing.Rule, ...]:
    """The channel's ranked rules, or fewest shipments, highest priority, shortest way."""
    rows = RoutingRule.objects.filter(channel=channel, active=True).order_by("rank", "id")
    return tuple(routing.Rule(row.score, row.tolerance) for row in rows) or routing.DEFAULT_RULES


def routing_of(
    needs: Sequence[routing.Need],
    *,
    channel: SalesChannel,
    at: dt.datetime,
    target: Spot | None,
    reference: UUID | None = None,
    without: Collection[tuple[int, int]] = (),
    taken: Mapping[tuple[int, int], int] | None = None,
    partial: bool = False,
) -> Found:
    """Ask for the solution; five queries whatever the number of lines and places.

    What `reference` holds counts as free for it, but for `taken`: units by (product, place) that it needs where they
    are. `without`: (product, place) pairs that are not to be looked at. `partial`: whatever the policy says.
    """
    products = sold_products({need.product for need in needs})
    boundless = frozenset(pk for pk, sold in products.items() if endless(sold, Purpose.DELIVERY))
    held = [need for need in needs if need.product in products and need.product not in boundless]
    ids = sorted({need.product for need in held})
    found = shelves(ids, channel=channel, purpose=Purpose.DELIVERY, at=at, for_reference=reference) if ids else {}
    steps = [step for pk in ids for step in found.get(pk, [])]
    units: dict[int, dict[int, int]] = {}
    for step in steps:
        if (step.product_id, step.place_id) not in without and (step.units or step.shelf.own):
            kept = (taken or {}).get((step.product_id, step.place_id), 0)
            units.setdefault(step.place_id, {})[step.product_id] = step.shelf.free - kept
    senders = [_sender(place, units[place.pk]) for place in _places(units)]
    policy, ranked = policy_of(channel), rules_of(channel)
    limits = routing.Limits(policy.split, policy.partial or partial, policy.shipments)
    if held:
        routed = rules.route(held, senders, target=target, limits=limits, rules=ranked)
    else:
        routed = routing.Routed(routing.Candidate({}))
    return Found(
        routed=routed,
        senders={sender.place: sender for sender in senders},
        needs={need.line: need for need in held},
        steps=steps,
        endless=boundless,
        policy=policy,
        rules=ranked,
    )


def _places(ids: Collection[int]) -> list[Place]:
    return list(Place.objects.filter(pk__in=ids).select_related("store").order_by("pk"))


def _sender(place: Place, units: dict[int, int]) -> routing.Sender:
    if place.latitude is not None and place.longitude is not None:
        spot: Spot | None = float(place.latitude), float(place.longitude)
    else:
        spot = spot_of({}, place.store) if place.store else None
    return routing.Sender(
        place.pk,
        place.name,
        units,
        place.priority,
        spot,
        place.parcel_cost,
        place.preparation_days,
        place.store_id is not None,
    )
