"""Which supply rule takes which place, and what that leaves of a product's stock."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

from logistics import rules


@dataclass(frozen=True)
class Step:
    """One place's part in an answer: what lies there, what is taken off, what counted."""

    product_id: int
    place_id: int
    place: str
    purpose: str
    rank: int
    store_id: int | None
    shelf: rules.Shelf
    unavailable_below: int
    units: int
    supply: rules.Supply | None = None
    why: str = ""  # what a supply rule made of it, a word of `logistics.rules.supply`


# The places of a channel ({channel}: a comparison) with the first rule that fits each, its facts as a list.
CLAIMS = """
  SELECT DISTINCT ON (rule.channel_id, source.place_id, source.purpose)
         rule.channel_id, source.place_id, source.purpose,
         rule.percent, rule.least, rule.most, rule.threshold, rule.origins, rule.id AS rule_id,
         json_build_array(rule.id, rule.name, rule.percent, rule.least, rule.most, rule.threshold, rule.origins)::text
           AS facts
    FROM logistics_supplyrule rule
    JOIN logistics_supplysource source ON source.channel_id = rule.channel_id AND source.purpose = rule.purpose
    JOIN logistics_place place ON place.id = source.place_id AND place.kind = rule.kind
    LEFT JOIN stores_store store ON store.id = place.store_id
   WHERE rule.channel_id {channel} AND rule.active AND rule.percent > 0
     AND CASE rule.listing
         WHEN '' THEN (rule.country = '' OR rule.country = store.country)
                      AND (rule.zone_id IS NULL OR rule.zone_id = store.zone_id)
         ELSE (rule.listing = 'only') = EXISTS (SELECT 1 FROM logistics_supplyrule_places named
                                                 WHERE named.supplyrule_id = rule.id AND named.place_id = place.id)
         END
   ORDER BY rule.channel_id, source.place_id, source.purpose, rule.rank, rule.id"""


def free_sql(balance: str, away: str) -> str:
    """Free units of a balance; `away` is a table of withdrawn units (product_id, place_id, units)."""
    return (
        f"({balance}.physical - {balance}.safety - {balance}.reserved - COALESCE((SELECT kept.units FROM {away} kept"  # noqa: S608 - fixed text
        f" WHERE kept.product_id = {balance}.product_id AND kept.place_id = {balance}.place_id), 0))"
    )


def counted_sql(balance: str, supply: str, away: str) -> str:
    """Units of a balance that count alone, where `supply` has the rule's percent (NULL: no rule), lowest, highest."""
    free = free_sql(balance, away)
    return (
        f"(CASE WHEN {supply}.percent IS NULL THEN {free}"
        f" WHEN {free} < {supply}.lowest OR {free} > {supply}.highest THEN 0"
        f" ELSE greatest({free}, 0) * {supply}.percent / 100 END)"
    )


def together_sql(balance: str, supply: str, table: str, away: str) -> str:
    """True when all places of the rule hold enough together; `table` tells every place with its rule, as `supply`."""
    units = counted_sql("beside", "other", away)
    return (
        f"({supply}.rule_id IS NULL OR {supply}.threshold = 0 AND {supply}.origins = 1 OR"  # noqa: S608 - fixed text
        f" (SELECT COALESCE(sum({units}), 0) >= {supply}.threshold"
        f" AND count(*) FILTER (WHERE {units} > 0) >= {supply}.origins"
        f" FROM {table} other JOIN logistics_stockbalance beside ON beside.place_id = other.place_id"
        f" WHERE other.rule_id = {supply}.rule_id AND beside.product_id = {balance}.product_id))"
    )


@lru_cache(maxsize=256)
def claimed(said: str) -> tuple[rules.Supply | None, str]:
    """Facts of a rule as the database tells them, or the word why none takes the place."""
    return (rules.Supply(*json.loads(said)), "") if said.startswith("[") else (None, said)


def under_rules(steps: list[Step]) -> list[Step]:
    """The steps of one product with what its supply rules let count; as they are where there are none.

    What the one who asks holds already stays theirs, whatever a rule makes of the place meanwhile.
    """
    if not any(step.supply or step.why for step in steps):
        return steps
    by_purpose: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_purpose[step.purpose].append(step)
    found: dict[tuple[str, int], Step] = {}
    for purpose, mine in by_purpose.items():
        counted = rules.supplied([rules.Origin(step.shelf.free, step.supply, step.why) for step in mine])
        for step, each in zip(mine, counted, strict=True):
            ceiling = max(step.shelf.own, each.units)
            shelf = replace(step.shelf, ceiling=ceiling)
            units = rules.counted(shelf.free, step.unavailable_below)
            found[purpose, step.place_id] = replace(step, shelf=shelf, units=units, why=each.why)
    return [found[step.purpose, step.place_id] for step in steps]
