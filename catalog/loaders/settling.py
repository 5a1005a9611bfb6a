"""Puts into products what the source that is believed says: after a withdrawal, the end of a lock, another order."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from altazion.lib.staging import Stage
from catalog.loaders.claims import HEARD, LOCKED, NONE
from catalog.models import Attribute, FieldLock, FieldOrder, Source
from catalog.rules import sources as rules

_WINNERS = f"""
WITH t AS (SELECT unnest(%(ids)s::bigint[]) AS product_id),
locked AS (
    SELECT x.product_id, f.field FROM ({LOCKED.replace("{of}", "t")}) x
    JOIN unnest(%(locks)s::bigint[], %(lock_fields)s::text[]) AS f (lock_id, field) USING (lock_id)
), best AS (
    SELECT DISTINCT ON (c.product_id, k.key) c.product_id, k.key, k.value
    FROM t JOIN catalog_claim c USING (product_id) CROSS JOIN LATERAL jsonb_each(c.said) k
    JOIN unnest(%(sources)s::bigint[], %(fields)s::text[], %(ranks)s::int[]) AS r (source_id, field, rank)
        ON r.source_id = c.source_id AND r.field = k.key
    WHERE k.key = ANY(%(wanted)s::text[]) OR %(all)s
    ORDER BY c.product_id, k.key, r.rank
), said AS (
    SELECT b.product_id, jsonb_object_agg(b.key, b.value) AS words FROM best b WHERE NOT EXISTS
        (SELECT 1 FROM locked l WHERE l.product_id = b.product_id AND l.field = b.key) GROUP BY 1
), next AS (
    SELECT p.id, {{columns}},
        p.attributes || coalesce((SELECT jsonb_object_agg(substr(w.key, 12), w.value) FROM jsonb_each(s.words) w
            WHERE left(w.key, 11) = 'attributes.'), {NONE}) AS attributes,
        p.translations || coalesce((SELECT jsonb_object_agg(l.language, coalesce(p.translations -> l.language, {NONE})
            || l.texts) FROM (SELECT split_part(w.key, '.', 2) AS language, jsonb_object_agg(split_part(w.key, '.', 3),
            w.value) AS texts FROM jsonb_each(s.words) w WHERE left(w.key, 13) = 'translations.' GROUP BY 1) l), {NONE})
            AS translations
    FROM said s JOIN catalog_product p ON p.id = s.product_id
)
UPDATE catalog_product p SET {{sets}}, updated_at = %(at)s FROM next n WHERE n.id = p.id
    AND ({{old}}) IS DISTINCT FROM ({{new}}) RETURNING p.id
"""
_EXISTING = {"brand": "catalog_brand", "family": "catalog_family", "vat_rate": "catalog_vatrate"}


def settle(ids: Sequence[int], *, at: dt.datetime, fields: Sequence[str] | None = None) -> list[int]:
    """Give these products, field by field, the words of the source that is believed; returns those that changed.

    Fields that nobody claims and fields under a lock stay. fields: only these. Doing it twice does nothing more.
    """
    if not ids:
        return []
    order = list(Source.objects.values_list("pk", flat=True))
    orders = dict(FieldOrder.objects.values_list("field", "sources"))
    codes = Attribute.objects.values_list("code", flat=True)
    known = rules.fields_with(codes, [code for code, _name in settings.LANGUAGES])
    ranked = [(source, name, rank) for name in known for rank, source in enumerate(rules.ranked(name, order, orders))]
    held = [
        (pk, name)
        for pk, lock in FieldLock.objects.exclude(until__lte=at).values_list("pk", "field")
        for name in known
        if rules.covers(lock, name)
    ]
    columns = [column for column, _kind in rules.COLUMNS.values()]
    names = [*columns, "attributes", "translations"]
    query = _WINNERS.replace("{columns}", ", ".join(_column(name) for name in rules.COLUMNS))
    query = query.replace("{sets}", ", ".join(f"{name} = n.{name}" for name in names))
    query = query.replace("{old}", ", ".join(f"p.{name}" for name in names))
    query = query.replace("{new}", ", ".join(f"n.{name}" for name in names))
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            {
                "ids": sorted(set(ids)),
                "at": at,
                "locks": [pk for pk, _ in held],
                "lock_fields": [name for _, name in held],
                "sources": [one[0] for one in ranked],
                "fields": [one[1] for one in ranked],
                "ranks": [one[2] for one in ranked],
                "wanted": list(fields or ()),
                "all": fields is None,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def settle_withdrawn(stage: Stage, touched: str) -> None:
    """Fields that the file's source took back fall to whoever is believed next; names the products in `touched`."""
    rows = stage.rows(f"SELECT DISTINCT product_id, unnest(gone) FROM {HEARD} WHERE cardinality(gone) > 0")
    changed = settle([row[0] for row in rows], at=stage.context.at, fields=sorted({row[1] for row in rows}))
    if changed:
        stage.run(f"INSERT INTO {touched} SELECT unnest(%(ids)s::bigint[])", ids=changed)


def _column(name: str) -> str:
    column, kind = rules.COLUMNS[name]
    value = f"(s.words ->> '{name}')::{kind}"
    if name in _EXISTING:  # what is gone meanwhile is not written
        value = f"(SELECT x.id FROM {_EXISTING[name]} x WHERE x.id = {value})"
    return f"coalesce({value}, p.{column}) AS {column}"
