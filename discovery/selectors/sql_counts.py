"""Counts and pages asked of the database: the measure of what bitmaps answer."""

from collections import defaultdict

from django.db import connection

from discovery.rules import UNTOUCHED, Ranking, cut, slots, woven
from discovery.selectors.facets import Counted
from discovery.selectors.questions import facet_questions
from discovery.selectors.scope import PRICE, PRICE_STEPS, STORE, Scope
from discovery.selectors.snapshot import facet_names

MOST_VALUES = 60
ORDERS = {
    "rank": "max(lead) DESC, {available}max(score) DESC, max(weight) DESC, listing_id DESC",
    "price": "{available}min(list_price) ASC, max(rank) DESC, listing_id DESC",
    "price_desc": "{available}min(list_price) DESC, max(rank) DESC, listing_id DESC",
    "new": "{available}max(published_at) DESC, listing_id DESC",
}
_COUNT = """
, passing AS (SELECT * FROM hit WHERE misses = 0)
, value_of AS (
  SELECT DISTINCT h.listing_id, v AS value, h.misses, h.missed FROM hit h CROSS JOIN LATERAL unnest(h.facets) v
   WHERE h.misses <= 1)
SELECT 'total', '', 0, count(DISTINCT listing_id) FROM passing
UNION ALL
SELECT 'value', f.attribute, f.id, count(DISTINCT v.listing_id)
  FROM value_of v JOIN discovery_facetvalue f ON f.id = v.value
 WHERE v.misses = 0 OR v.missed = f.attribute
 GROUP BY f.attribute, f.id
UNION ALL
SELECT 'price', '', width_bucket(list_price, %(steps)s::numeric[]), count(DISTINCT listing_id)
  FROM hit WHERE misses = 0 OR (misses = 1 AND missed = %(price_code)s)
 GROUP BY 3
UNION ALL
SELECT 'segment', '', s, count(DISTINCT listing_id)
  FROM passing CROSS JOIN LATERAL unnest(segments) s WHERE s = ANY(%(segments)s) GROUP BY s
UNION ALL
SELECT 'store', '', 0, count(DISTINCT listing_id)
  FROM hit WHERE (misses = 0 OR (misses = 1 AND missed = %(store_code)s)) AND places @> ARRAY[%(place_id)s]::bigint[]
"""


def count_by_sql(scope: Scope, *, place_id: int | None, segments: tuple[int, ...]) -> Counted:
    """Ask the index about a scope: three queries."""
    counted = Counted()
    values: dict[str, list[tuple[int, int]]] = defaultdict(list)
    parameters = {
        **scope.all_parameters(),
        "steps": PRICE_STEPS,
        "price_code": PRICE,
        "store_code": STORE,
        "segments": list(segments),
        "place_id": place_id or -1,
    }
    with connection.cursor() as sql:
        sql.execute(scope.hits() + _COUNT, parameters)
        for kind, attribute, number, found in sql.fetchall():
            if kind == "total":
                counted.total = found
            elif kind == "value":
                values[attribute].append((number, found))
            elif kind == "price":
                counted.prices[number] = found
            elif kind == "segment":
                counted.segments[number] = found
            else:
                counted.in_store = found
    counted.values = {code: _most(scope, code, found) for code, found in values.items()}
    wanted = [number for found in counted.values.values() for number, _count in found]
    counted.names = facet_names(wanted)
    counted.questions = facet_questions(counted.values.keys())
    return counted


def _most(scope: Scope, code: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    chosen = next((f.values for f in scope.filters if f.code == code), [])
    limit = MOST_VALUES + len(chosen)
    return sorted(found, key=lambda each: -each[1])[:limit]


def page_by_sql(
    scope: Scope, sort: str, start: int, size: int, ranking: Ranking = UNTOUCHED, total: int = 0
) -> list[int]:
    """The listings of a page, pins in their places; `total` is needed for pins only."""
    pins = _present(scope, ranking) if sort == "rank" and ranking.pins else []
    start, left, here = cut(slots(pins, total - len(pins)), start, size)
    with connection.cursor() as sql:
        sql.execute(
            f"{scope.hits()} SELECT listing_id FROM hit"  # noqa: S608 - fixed order
            " WHERE misses = 0 AND listing_id <> ALL(%(apart)s::bigint[]) GROUP BY listing_id"
            f" ORDER BY {ORDERS[sort].format(available=scope.available)} LIMIT %(size)s OFFSET %(start)s",
            {**scope.all_parameters(), "size": left, "start": start, "apart": [listing for _place, listing in pins]},
        )
        return woven([row[0] for row in sql.fetchall()], here, size)


def _present(scope: Scope, ranking: Ranking) -> list[tuple[int, int]]:
    """The pins that are on the list, filters and all."""
    with connection.cursor() as sql:
        sql.execute(
            f"{scope.hits()} SELECT DISTINCT listing_id FROM hit"  # noqa: S608 - fixed text
            " WHERE misses = 0 AND listing_id = ANY(%(wanted)s::bigint[])",
            {**scope.all_parameters(), "wanted": list(ranking.pins)},
        )
        found = {row[0] for row in sql.fetchall()}
    return [(position, listing) for position, listing in ranking.places if listing in found]
