"""The way back of what a run made sources say: claims as before, and in the products whoever is believed then."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from altazion.lib import undoing as way
from altazion.lib.undoing import Undoing
from catalog.loaders.settling import settle
from catalog.loaders.tracked import CLAIM
from catalog.rules import sources as rules

_FIELDS = {column: name for name, (column, _kind) in rules.COLUMNS.items()}
# A source that was alone when the run wrote, and has been quoted since: its words are those from before the run, too.
_QUOTED = """
WITH cells AS (
    SELECT row_id, coalesce(n.name, field) AS field, old, new, left(field, 11) IN ('attributes.', 'translation') AS json
    FROM (SELECT about, kind, row_id, field, old, new FROM undo_cells
          UNION ALL SELECT about, 'changed', row_id, field, old, new FROM undo_conflicts) c
    LEFT JOIN unnest(%(columns)s::text[], %(names)s::text[]) AS n (column_name, name) ON n.column_name = c.field
    WHERE about = 'product' AND kind = 'changed' AND old IS NOT NULL AND old <> '' AND new IS NOT NULL
), mine AS (
    SELECT c.id, x.field, CASE WHEN x.json OR jsonb_typeof(c.said -> x.field) <> 'string' THEN x.old::jsonb
        ELSE to_jsonb(x.old) END AS value
    FROM cells x JOIN catalog_claim c ON c.product_id = x.row_id JOIN catalog_product p ON p.id = c.product_id
    WHERE p.source = %(source)s AND c.said ? x.field AND c.said ->> x.field = (CASE WHEN x.json
        THEN x.new::jsonb #>> ARRAY[]::text[] ELSE x.new END) AND c.said_by_run = %(run)s AND NOT c.since ? x.field
)
UPDATE catalog_claim c SET said = c.said || m.said FROM (SELECT id, jsonb_object_agg(field, value) AS said FROM mine
    GROUP BY 1) m WHERE m.id = c.id
"""


def undo_claims(undoing: Undoing, products: Iterable[int]) -> list[int]:
    """Take back what the run made its source say, and settle its products; returns those that settling changed."""
    mine: dict[str, Any] = {"run": undoing.run, "source": undoing.source}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalog_claim c USING undo_cells u WHERE u.about = 'claim' AND u.kind = 'added'"
            " AND c.id = u.row_id AND c.said_by_run = %(run)s AND c.since = jsonb_build_object()",
            mine,
        )
        cursor.execute(_QUOTED, {**mine, "columns": list(_FIELDS), "names": list(_FIELDS.values())})
    way.restore(undoing, CLAIM)
    touched = {*products, *_claimed(undoing)}
    return settle(sorted(touched), at=undoing.at)


def _claimed(undoing: Undoing) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT p.id FROM {undoing.changes} u JOIN catalog_product p ON p.sku = u.label WHERE u.id >"
            " %(first)s AND u.id < %(last)s AND u.run_id = %(run)s AND u.about = 'claim'",
            vars(undoing),
        )
        return [row[0] for row in cursor.fetchall()]
