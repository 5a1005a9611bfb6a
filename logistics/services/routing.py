"""Routing's settings, kept with a line in the journal, and the verb that carries promises between places."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from altazion.lib.problems import Invalid
from logbook.services import record
from logistics.enums import ReservationState
from logistics.models import Reservation, RoutingPolicy, RoutingRule
from logistics.selectors import sold_products
from logistics.services import statements
from logistics.services.problems import NotEnoughStock, ShortLine
from logistics.services.reservations import stock_changed, tell_if_low
from logistics.services.statements import Pair


@transaction.atomic
def save_routing_rule(rule: RoutingRule, *, changed: list[str], at: dt.datetime, actor: str) -> None:
    """Keep a rule of a channel's choice."""
    rule.save()
    _told("logistics.routing_rule_saved", rule, at, actor, score=rule.score, changed=changed)


@transaction.atomic
def delete_routing_rule(rule: RoutingRule, *, at: dt.datetime, actor: str) -> None:
    """Take a rule away."""
    _told("logistics.routing_rule_deleted", rule, at, actor, score=rule.score)
    rule.delete()


@transaction.atomic
def save_routing_policy(policy: RoutingPolicy, *, changed: list[str], at: dt.datetime, actor: str) -> None:
    """Keep what a channel lets happen to its orders."""
    policy.save()
    _told("logistics.routing_policy_saved", policy, at, actor, changed=changed)


@transaction.atomic
def rearrange(reference: UUID, wanted: Mapping[str, Mapping[int, int]], *, at: dt.datetime) -> None:
    """Spread what lines of a reference hold over places as `wanted` says ({line: {place: units}}): all or nothing.

    An empty line gives its units back; lines not named stay; no line may hold more than it held. Raises
    NotEnoughStock, naming the lines whose new place lacks free units. Locks: own rows, then balances in order.
    """
    rows = Reservation.objects.filter(reference=reference, line__in=list(wanted), state=ReservationState.HELD)
    held: dict[str, dict[Pair, Reservation]] = {}
    for row in rows.order_by("pk").select_for_update():
        held.setdefault(row.line, {})[row.product_id, row.place_id] = row
    steps = sorted(_steps(held, wanted), key=lambda step: (step[0], step[1]))
    if not steps:
        return
    stock_changed({pair[0] for pair, _units, _line in steps}, at=at)
    products = sold_products({pair[0] for pair, _units, _line in steps})
    for pair, units, line in steps:
        if units < 0:
            _give_back(held[line][pair], -units)
            continue
        expires_at = next(iter(held[line].values())).expires_at
        left = statements.take(reference, line, pair, units, expires_at=expires_at, at=at)
        if left is None and statements.sweep_pair(pair, at=at):
            left = statements.take(reference, line, pair, units, expires_at=expires_at, at=at)
        if left is None:
            raise NotEnoughStock([ShortLine(line, pair[0], products[pair[0]].sku, units, 0)])
        tell_if_low(products[pair[0]], pair, left, -units, at=at)


def _steps(
    held: Mapping[str, Mapping[Pair, Reservation]], wanted: Mapping[str, Mapping[int, int]]
) -> list[tuple[Pair, int, str]]:
    """(product, place), change in units, line: what leads from what is held to what is wanted."""
    steps = []
    for line, shares in wanted.items():
        mine = held.get(line, {})
        total = sum(row.quantity for row in mine.values())
        if any(units < 0 for units in shares.values()) or sum(shares.values()) > total:
            raise Invalid(_("A line cannot hold more than it held."), field="quantity")
        for product in {pair[0] for pair in mine}:
            target = {(product, place): units for place, units in shares.items()}
            for pair in target.keys() | mine.keys():
                change = target.get(pair, 0) - (mine[pair].quantity if pair in mine else 0)
                if change:
                    steps.append((pair, change, line))
    return steps


def _give_back(row: Reservation, units: int) -> None:
    if row.quantity > units:
        Reservation.objects.filter(pk=row.pk).update(quantity=row.quantity - units)
    else:
        Reservation.objects.filter(pk=row.pk).update(state=ReservationState.RELEASED)
    statements.give({(row.product_id, row.place_id): units})


def _told(kind: str, row: RoutingRule | RoutingPolicy, at: dt.datetime, actor: str, **facts: object) -> None:
    record(
        kind,
        at=at,
        actor=actor,
        subject_kind="saleschannel",
        subject_id=row.channel_id,
        name=str(row.channel),
        **facts,
    )
