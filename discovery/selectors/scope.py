"""Which entries a listing is about, and which of them its filters let through, as SQL with parameters."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from discovery.models import FacetValue
from discovery.rules import PRICE_STEPS, Lever, Ranking

__all__ = ["MOST_FACETS", "PRICE", "PRICE_STEPS", "STORE", "Filter", "Scope", "price_range", "with_filters"]

PRICE = "price"
STORE = "in_store"
MOST_FACETS, MOST_VALUES = 30, 50  # that narrow a list at once; values of one of them
_RANGE = re.compile(r"^(\d{1,7}(?:\.\d{1,2})?)?-(\d{1,7}(?:\.\d{1,2})?)?$")


@dataclass
class Filter:
    """One facet's choice: an entry passes if `condition` is true of it."""

    code: str
    condition: str
    values: list[str]


_HOLDS = {
    Lever.LISTING: "e.listing_id = {number}",
    Lever.FACET: "e.facets @> ARRAY[{number}]::int[]",
    Lever.SEGMENT: "e.segments @> ARRAY[{number}]::bigint[]",
    Lever.SELECTION: "e.selections @> ARRAY[{number}]::bigint[]",
    Lever.STOCK: "e.in_stock = ({number} = 1)",
}


@dataclass
class Scope:
    """Entries of one channel that satisfy all `conditions`; `lead` and `score` order searches, `weight` the rest."""

    conditions: list[str]
    parameters: dict[str, Any]
    score: str = "0"
    weight: str = "e.rank"
    lead: str = "0"
    available: str = ""
    filters: list[Filter] = field(default_factory=list)

    def ranked(self, ranking: Ranking) -> None:
        """Obey what merchandisers decided."""
        if ranking.hidden:
            self.parameters["hidden"] = list(ranking.hidden)
            self.conditions.append("e.listing_id <> ALL(%(hidden)s::bigint[])")
        for number, (lever, held) in enumerate(sorted(ranking.left_out)):
            self.parameters[f"out_{number}"] = held
            self.conditions.append(f"NOT ({_HOLDS[lever].format(number=f'%(out_{number})s')})")
        if ranking.unavailable == "hidden":
            self.conditions.append("e.in_stock")
        elif ranking.unavailable == "last":
            self.available = "bool_or(in_stock) DESC, "
        factor = ""
        for number, ((lever, held), times) in enumerate(ranking.factors.items()):
            self.parameters |= {f"held_{number}": held, f"times_{number}": times}
            holds = _HOLDS[lever].format(number=f"%(held_{number})s")
            factor += f" * CASE WHEN {holds} THEN %(times_{number})s::float8 ELSE 1 END"
        self.score, self.weight = f"({self.score}){factor}", f"{self.weight}{factor}"

    def hits(self) -> str:
        """A CTE `hit`: every entry of the scope with how many filters it misses and the (last) one it misses."""
        misses = " + ".join(f"CASE WHEN {f.condition} THEN 0 ELSE 1 END" for f in self.filters) or "0"
        cases = " ".join(f"WHEN NOT ({f.condition}) THEN %(code_{n})s" for n, f in enumerate(self.filters))
        missed = f"CASE {cases} ELSE '' END" if cases else "''"
        return f"""WITH hit AS MATERIALIZED (
            SELECT e.listing_id, e.facets, e.segments, e.places, e.list_price, e.rank, e.published_at, e.in_stock,
                   {self.lead} AS lead, {self.score} AS score, {self.weight} AS weight,
                   {misses} AS misses, {missed} AS missed
              FROM discovery_indexentry e
             WHERE {" AND ".join(self.conditions)})"""  # noqa: S608 - conditions are ours, values are parameters

    def all_parameters(self) -> dict[str, Any]:
        return {**self.parameters, **{f"code_{n}": f.code for n, f in enumerate(self.filters)}}


def with_filters(scope: Scope, chosen: dict[str, list[str]], *, place_id: int | None, in_store_only: bool) -> Scope:
    """Add what the shopper chose. Unknown facets are ignored; a known facet with unknown values lets nothing through.

    At most one query.
    """
    wanted = {code: [v for v in values if v][:MOST_VALUES] for code, values in list(chosen.items())[:MOST_FACETS]}
    wanted = {code: values for code, values in wanted.items() if values}
    if ranges := [r for text in wanted.pop(PRICE, []) if (r := price_range(text))]:
        scope.filters.append(_price_filter(scope, ranges))
    if wanted:
        known: dict[str, dict[str, int]] = {}
        for attribute, value, pk in FacetValue.objects.filter(attribute__in=wanted).values_list(
            "attribute", "value", "pk"
        ):
            known.setdefault(attribute, {})[value] = pk
        for number, (code, values) in enumerate(sorted(wanted.items())):
            if code in known:
                scope.parameters[f"facet_{number}"] = [known[code][v] for v in values if v in known[code]]
                scope.filters.append(Filter(code, f"e.offered AND e.facets && %(facet_{number})s::int[]", values))
    if in_store_only and place_id is not None:
        scope.parameters["place"] = place_id
        scope.filters.append(Filter(STORE, "e.places @> ARRAY[%(place)s]::bigint[]", ["1"]))
    return scope


def price_range(text: str) -> tuple[Decimal | None, Decimal | None] | None:
    """ "10-20", "-20", "100-" as bounds (from, below); None for anything else."""
    found = _RANGE.match(text.strip())
    if not found or not any(found.groups()):
        return None
    low, high = (Decimal(part) if part else None for part in found.groups())
    return (low, high) if low is None or high is None or low < high else None


def _price_filter(scope: Scope, ranges: list[tuple[Decimal | None, Decimal | None]]) -> Filter:
    parts = []
    for number, (low, high) in enumerate(ranges):
        bounds = []
        if low is not None:
            scope.parameters[f"from_{number}"] = low
            bounds.append(f"e.list_price >= %(from_{number})s")
        if high is not None:
            scope.parameters[f"below_{number}"] = high
            bounds.append(f"e.list_price < %(below_{number})s")
        parts.append("(" + " AND ".join(["e.offered", *bounds]) + ")")
    texts = [f"{'' if low is None else f'{low:f}'}-{'' if high is None else f'{high:f}'}" for low, high in ranges]
    return Filter(PRICE, "(" + " OR ".join(parts) + ")", texts)
