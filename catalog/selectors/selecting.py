"""The one compiler of selection rules to SQL: every word a person wrote travels as a parameter.

Rules speak of sellable products: single ones and variants, which have what their parent has. If all living variants of
a parent satisfy the rule, the parent stands for them.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.timezone import localtime

from catalog.enums import Flag
from catalog.models import Attribute, Selection, SelectionItem
from catalog.ports import FreeUnits
from catalog.rules import selecting
from catalog.rules.selecting import Condition, Rule, RuleError

SHOWN = 12
_BASE = "p.channel_id IS NULL AND p.store_id IS NULL AND p.grid = ''"
_PRICE = (
    f"COALESCE((SELECT min(p.amount) FROM catalog_baseprice p WHERE p.product_id = s.id AND {_BASE}),"  # noqa: S608
    f" (SELECT min(p.amount) FROM catalog_baseprice p WHERE p.product_id = s.listing AND {_BASE}))"
)
_CHOICES = {
    "brand": "s.brand_id = ANY(SELECT b.id FROM catalog_brand b WHERE b.code = ANY({values}))",
    "type": "s.type_id = ANY(SELECT t.id FROM catalog_producttype t WHERE t.code = ANY({values}))",
    "family": (
        "s.family_id = ANY(SELECT f.id FROM catalog_family f LEFT JOIN catalog_family above ON above.id = f.parent_id"
        " WHERE f.code = ANY({values}) OR above.code = ANY({values}))"
    ),
    "segment": (
        "EXISTS (SELECT 1 FROM catalog_productsegment m JOIN catalog_segment g ON g.id = m.segment_id"
        " WHERE m.product_id = s.listing"
        " AND g.path && ARRAY(SELECT named.id FROM catalog_segment named WHERE named.code = ANY({values})))"
    ),
}
# Labels that follow a selection or a promotion are left out: a selection that asked for them could go in circles.
_CHOICES["label"] = """EXISTS (
  SELECT 1 FROM catalog_label l JOIN catalog_labelslot t ON t.id = l.slot_id
   WHERE t.code || '/' || l.code = ANY({values}) AND (l.during IS NULL OR l.during @> {at}::timestamptz)
     AND (EXISTS (SELECT 1 FROM catalog_productlabel k
                   WHERE k.label_id = l.id AND k.product_id IN (s.id, s.listing)
                     AND (k.during IS NULL OR k.during @> {at}::timestamptz))
          OR l.rule = 'attribute' AND EXISTS (SELECT 1 FROM catalog_product q WHERE q.id IN (s.id, s.listing)
               AND (q.attributes -> l.attribute @> to_jsonb(l.value::text) OR q.attributes ->> l.attribute = l.value))
          OR l.rule = 'flag' AND s.flags & l.flag <> 0))"""
_BITS = ", ".join(f"('{flag.code}', {flag.value})" for flag in Flag)
_CHOICES["mark"] = (
    f"EXISTS (SELECT 1 FROM (VALUES {_BITS}) m (code, bit) WHERE m.code = ANY({{values}}) AND s.flags & m.bit <> 0)"  # noqa: S608
)
_SOLD = """
WITH sold AS MATERIALIZED (
  SELECT s.id, l.id AS listing, s.sku, s.stock_type, s.type_id, l.created_at, l.importance,
         COALESCE(s.brand_id, l.brand_id) AS brand_id, COALESCE(s.family_id, l.family_id) AS family_id,
         l.attributes || s.attributes AS attributes, l.flags | s.flags AS flags
    FROM catalog_product s
    JOIN catalog_product l ON l.id = COALESCE(s.parent_id, s.id)
   WHERE s.kind <> 'parent' AND s.state <> 'archived' AND l.state <> 'archived' {scope}
), judged AS (
  SELECT s.id, s.listing, s.importance, ({rule}) {excluded} AS hit FROM sold s
)
"""
_SCOPE = "AND (s.id = ANY(%(listings)s::bigint[]) OR s.parent_id = ANY(%(listings)s::bigint[]))"
_EXCLUDED = (
    "AND NOT EXISTS (SELECT 1 FROM catalog_selectionexclusion x WHERE x.selection_id = %(selection)s"
    " AND x.product_id IN (s.id, s.listing))"
)
_MEMBERS = """, wanted AS (
  SELECT DISTINCT CASE WHEN whole THEN listing ELSE id END AS product_id
    FROM (SELECT id, listing, hit, bool_and(hit) OVER (PARTITION BY listing) AS whole FROM judged) each WHERE hit
)
"""
_PREVIEW = """
SELECT count(DISTINCT listing) FILTER (WHERE hit), count(DISTINCT listing), COALESCE(bool_and(hit), false),
       ARRAY(SELECT listing FROM judged WHERE hit GROUP BY listing ORDER BY max(importance) DESC, listing DESC
              LIMIT %(most)s)
  FROM judged
"""


@dataclass
class Compiled:
    """A condition over `sold s`, with its parameters."""

    sql: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What a rule finds. listings: tiles a shopper would see, of `all_listings`; first: the ids of some of them."""

    listings: int
    all_listings: int
    everything: bool
    first: list[int]

    @property
    def nothing(self) -> bool:
        return self.listings == 0


def parse_rule(data: object) -> Rule:
    """A stored or posted rule, checked against the attributes that exist. One query. Raises RuleError."""
    kinds = Attribute.objects.filter(code__in=selecting.attributes_of(data)).values_list("code", "type")
    return selecting.parse(data, dict(kinds))


def compile_rule(rule: Rule, at: dt.datetime) -> Compiled:
    """The rule as a condition over `sold s`, true or false and never null. Raises RuleError."""
    compiled, at = Compiled(""), localtime(at)
    groups = []
    for number, group in enumerate(rule):
        parts = [_sql(one, compiled, at, number, place) for place, one in enumerate(group)]
        groups.append("(" + " AND ".join(f"COALESCE({part}, false)" for part in parts) + ")")
    compiled.sql = " OR ".join(groups)
    return compiled


def members_statement(
    rule: Rule, *, at: dt.datetime, selection: int, listings: Collection[int] | None
) -> tuple[str, dict[str, Any]]:
    """A WITH clause that ends in `wanted (product_id)`: what the rule gives a selection, exclusions taken out.

    listings: only these products or parents, None for all. Second come its parameters.
    """
    compiled = compile_rule(rule, at)
    scope = _SCOPE if listings is not None else ""
    statement = _SOLD.format(scope=scope, rule=compiled.sql, excluded=_EXCLUDED) + _MEMBERS
    return statement, {**compiled.parameters, "selection": selection, "listings": list(listings or [])}


def matching(rule: Rule, *, at: dt.datetime, selection: int = 0, listings: Collection[int] | None = None) -> set[int]:
    """Products that the rule gives: parents where all living variants satisfy it. One query."""
    statement, parameters = members_statement(rule, at=at, selection=selection, listings=listings)
    with connection.cursor() as sql:
        sql.execute(f"{statement} SELECT product_id FROM wanted", parameters)  # noqa: S608 - compiled above
        return {row[0] for row in sql.fetchall()}


def preview(rule: Rule, *, at: dt.datetime, selection: int = 0) -> Preview:
    """How many products a rule finds, and the first twelve. One query."""
    compiled = compile_rule(rule, at)
    statement = _SOLD.format(scope="", rule=compiled.sql, excluded=_EXCLUDED) + _PREVIEW
    with connection.cursor() as sql:
        sql.execute(statement, {**compiled.parameters, "selection": selection, "most": SHOWN})
        found, total, everything, first = sql.fetchone()
    return Preview(found, total, everything and found > 0, list(first))


def listings_of(ids: Iterable[int]) -> set[int]:
    """The products and parents that these products stand under. One query."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT DISTINCT COALESCE(parent_id, id) FROM catalog_product WHERE id = ANY(%s::bigint[])", [list(ids)]
        )
        return {row[0] for row in sql.fetchall()}


def selections_page(*, after: int, size: int) -> list[Selection]:
    """Selections in the order of their ids, `size` of them after one. One query."""
    return list(Selection.objects.filter(pk__gt=after).order_by("pk")[:size])


def items_page(selection: Selection, *, after: int, size: int) -> list[SelectionItem]:
    """Products of a selection in the order in which they came, `size` of them after one. One query."""
    return list(selection.items.filter(pk__gt=after).select_related("product").order_by("pk")[:size])


def _sql(one: Condition, compiled: Compiled, at: dt.datetime, group: int, place: int) -> str:
    def give(value: Any) -> str:
        name = f"r{len(compiled.parameters)}"
        compiled.parameters[name] = value
        return f"%({name})s"

    if one.attribute:
        return _of_attribute(one, give)
    if one.kind in {"choice", "mark", "label"}:
        return _unless(one, _CHOICES[one.what].format(values=f"{give(list(one.values))}::text[]", at=give(at)))
    if one.what == "sku":
        if one.how == "starts":
            return f"starts_with(s.sku, {give(one.values[0])})"
        return _unless(one, f"s.sku = ANY({give(list(one.values))}::text[])")
    if one.what == "price":
        return f"{_PRICE} {'>=' if one.how == 'at_least' else '<'} {give(one.number)}"
    if one.what == "stock":
        units = _free_units(group, place)("s.id")
        if one.how == "less_than":
            return f"s.stock_type NOT IN (0, 1) AND {units} < {give(one.number)}"
        available = f"(s.stock_type IN (0, 1) OR {units} >= 1)"
        return available if one.how == "available" else f"NOT {available}"
    if one.what == "new":
        return f"s.created_at >= {give(at - dt.timedelta(days=int(one.values[0])))}"
    edge = dt.datetime.combine(dt.date.fromisoformat(one.values[0]), dt.time.min, at.tzinfo)
    return f"s.created_at {'>=' if one.how == 'since' else '<'} {give(edge)}"


def _of_attribute(one: Condition, give: Any) -> str:
    key = f"{give(one.attribute)}::text"
    value, text = f"(s.attributes -> {key})", f"(s.attributes ->> {key})"
    filled = f"({value} IS NOT NULL AND {value} NOT IN ('null', '\"\"', '[]'))"
    if one.how in {"filled", "empty"}:
        return filled if one.how == "filled" else f"NOT {filled}"
    if one.how in selecting.SEVERAL:
        said = [json.dumps({one.attribute: form}) for value in one.values for form in (value, [value])]
        return _unless(one, f"s.attributes @> ANY({give(said)}::jsonb[])")
    if one.how in {"yes", "no"}:
        return f"{value} = '{'true' if one.how == 'yes' else 'false'}'::jsonb"
    if one.kind == "number":
        sign = {"equals": "=", "at_least": ">=", "below": "<"}[one.how]
        return f"CASE WHEN jsonb_typeof({value}) = 'number' THEN {text}::numeric {sign} {give(one.number)} END"
    is_text = f"jsonb_typeof({value}) = 'string'"
    if one.how == "contains":
        return f"{is_text} AND strpos(lower({text}), lower({give(one.values[0])})) > 0"
    sign = ">=" if one.how == "since" else "<"
    return f'{is_text} AND {text} COLLATE "C" {sign} {give(one.values[0])}'


def _unless(one: Condition, positive: str) -> str:
    return f"NOT COALESCE({positive}, false)" if one.how == "not_in" else positive


def _free_units(group: int, place: int) -> FreeUnits:
    if not settings.CATALOG_FREE_UNITS:
        raise RuleError("no_stock_here", group, place)
    return cast(FreeUnits, import_string(settings.CATALOG_FREE_UNITS))
