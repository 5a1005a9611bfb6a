"""What merchandisers decided about a list, from their rules. Dates are looked at when a list is asked for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.db.models import Q

from catalog.models import ProductSegment
from discovery.enums import StockState, Unavailable
from discovery.models import FacetValue, ListingPolicy, MerchandisingRule, RuleEffect
from discovery.rules import Asked, Effect, Lever, Ranking, Rule, decided, holds
from discovery.selectors.navigation import KEEP_SECONDS, index_version
from stores.models import SalesChannel

BRAND = "brand"
MOST_BY_HAND = 500
MOST_RATED = 100


@dataclass(frozen=True)
class Decisions:
    """Every rule of a channel, and where it lists sold-out products."""

    rules: tuple[Rule, ...]
    unavailable: str

    def on(self, asked: Asked, *, at: dt.datetime) -> list[Rule]:
        """The rules that hold for a list at an instant, the oldest first."""
        return [rule for rule in self.rules if holds(rule, asked, at=at)]


def ranking_for(channel: SalesChannel, asked: Asked, *, at: dt.datetime, version: str = "") -> Ranking:
    """The decisions about a list at `at`. No query while the channel's index has the same version.

    In a segment, what its products' order says by hand follows the pins.
    """
    made = decisions(channel, version=version)
    return ranking_of(channel, asked, made.on(asked, at=at), unavailable=made.unavailable, version=version)


def ranking_of(
    channel: SalesChannel, asked: Asked, rules: Iterable[Rule], *, unavailable: str, version: str = ""
) -> Ranking:
    """What these rules decide about a list, a segment's own order behind them."""
    ranking = decided(rules, unavailable=unavailable)
    if asked.segment_id is None or asked.query:
        return ranking
    by_hand, rated = _arranged(channel, asked.segment_id, version=version)
    if rated:
        factors = dict(ranking.factors)
        for pk, times in rated.items():
            factors[(Lever.LISTING, pk)] = factors.get((Lever.LISTING, pk), 1.0) * times
        ranking = replace(ranking, factors=factors)
    return _ordered(ranking, by_hand)


def hand_order(channel: SalesChannel, segment_id: int, *, version: str = "") -> list[int]:
    """The listings of a segment that were given a place by hand, in order. Kept per version of the index."""
    return _arranged(channel, segment_id, version=version)[0]


def _arranged(channel: SalesChannel, segment_id: int, *, version: str = "") -> tuple[list[int], dict[int, float]]:
    """Listings placed by hand in a segment, and the relevance of those whose relevance there is not 1.

    Relevance multiplies what orders a product, in this segment only. Kept per version of the index.
    """
    key = f"arranged:{version or index_version(channel)}:{segment_id}"
    kept: tuple[list[int], dict[int, float]] | None = cache.get(key)
    if kept is None:
        members = ProductSegment.objects.filter(segment=segment_id).exclude(position=None, relevance=1)
        rows = members.order_by("position", "-relevance", "pk").values_list("product_id", "position", "relevance")
        found = list(rows[: MOST_BY_HAND + MOST_RATED])
        by_hand = [pk for pk, position, _relevance in found if position is not None][:MOST_BY_HAND]
        rated = {pk: max(float(relevance), 0.01) for pk, position, relevance in found if position is None}
        kept = by_hand, dict(list(rated.items())[:MOST_RATED])
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def _ordered(ranking: Ranking, by_hand: list[int]) -> Ranking:
    """The ranking with more pins in the first places that its own pins leave free."""
    more = [pk for pk in by_hand if pk not in ranking.hidden and pk not in ranking.pins]
    if not more:
        return ranking
    taken = [place for place, _listing in ranking.places]
    free = [place for place in range(1, len(more) + len(taken) + 1) if place not in taken][: len(more)]
    arranged = sorted([*ranking.places, *zip(free, more, strict=True)])
    return replace(
        ranking, pins=tuple(pk for _place, pk in arranged), positions=tuple(place for place, _pk in arranged)
    )


def decisions(channel: SalesChannel, *, version: str = "") -> Decisions:
    """The rules of a channel, whatever their dates. Kept per version of the index; saving a rule makes a new one."""
    key = f"rules:{version or index_version(channel)}"
    kept: Decisions | None = cache.get(key)
    if kept is None:
        policy = ListingPolicy.objects.filter(channel=channel).values_list("unavailable", flat=True).first()
        stored = MerchandisingRule.objects.filter(Q(channel=channel) | Q(channel=None), active=True).order_by("id")
        rules = list(stored.prefetch_related("effects__product", "effects__brand"))
        facets = _facets(effect for rule in rules for effect in rule.effects.all())
        kept = Decisions(
            tuple(_facts(rule, rule.effects.all(), facets) for rule in rules), policy or Unavailable.MIXED.value
        )
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def as_rule(rule: MerchandisingRule, effects: Iterable[RuleEffect]) -> Rule:
    """A rule, stored or not, as plain facts."""
    effects = list(effects)
    return _facts(rule, effects, _facets(effects))


def _facts(rule: MerchandisingRule, effects: Iterable[RuleEffect], facets: dict[tuple[str, str], int]) -> Rule:
    during = rule.during
    return Rule(
        id=rule.pk or 0,
        name=rule.name,
        place=rule.place,
        queries=frozenset(rule.queries),
        segment_id=rule.segment_id,
        selection_id=rule.selection_id,
        starts=during.lower if during else None,
        ends=during.upper if during else None,
        effects=tuple(
            Effect(effect.kind, *_aim(effect, facets), effect.position or 0, float(effect.factor or 1))
            for effect in effects
        ),
    )


def _aim(effect: RuleEffect, facets: dict[tuple[str, str], int]) -> tuple[Lever, int]:
    """What an effect takes hold of; number -1 for a value that no product has."""
    if effect.product is not None:
        return Lever.LISTING, effect.product.parent_id or effect.product.pk
    if effect.selection_id is not None:
        return Lever.SELECTION, effect.selection_id
    if effect.stock:
        return Lever.STOCK, int(effect.stock == StockState.IN_STOCK)
    return Lever.FACET, facets.get(_value(effect), -1)


def _value(effect: RuleEffect) -> tuple[str, str]:
    return (BRAND, effect.brand.code) if effect.brand is not None else (effect.attribute, effect.value)


def _facets(effects: Iterable[RuleEffect]) -> dict[tuple[str, str], int]:
    wanted = {_value(effect) for effect in effects if effect.brand is not None or effect.attribute}
    if not wanted:
        return {}
    found = FacetValue.objects.filter(
        attribute__in={code for code, _value in wanted}, value__in={value for _code, value in wanted}
    )
    return {(one.attribute, one.value): one.pk for one in found}
