"""Attributes that variants copy from their parent: when they are made, and whenever the parent's value changes."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from catalog.models import Attribute, Product

# A copied attribute that the parent does not fill is taken from the variants too; what an import feeds stays as it is.
_COPY = """
WITH copied AS (
    SELECT array_agg(code) AS codes FROM catalog_attribute WHERE is_copied
), parent AS (
    SELECT p.id, copied.codes,
           COALESCE((SELECT jsonb_object_agg(pair.key, pair.value) FROM jsonb_each(p.attributes) pair
                      WHERE pair.key = ANY(copied.codes)), '{}') AS said
      FROM catalog_product p CROSS JOIN copied
     WHERE p.id = ANY(%(parents)s::bigint[]) AND copied.codes IS NOT NULL
), wanted AS (
    SELECT c.id, (c.attributes - free.codes)
           || (SELECT COALESCE(jsonb_object_agg(pair.key, pair.value), '{}') FROM jsonb_each(parent.said) pair
                WHERE pair.key = ANY(free.codes)) AS attributes
      FROM catalog_product c
      JOIN parent ON parent.id = c.parent_id
     CROSS JOIN LATERAL (
           SELECT COALESCE(array_agg(code), '{}') AS codes FROM unnest(parent.codes) code
            WHERE NOT ('attributes.' || code) = ANY(c.fed_fields)
              AND NOT ('attributes' = ANY(c.fed_fields)
                       AND NOT EXISTS (SELECT 1 FROM unnest(c.fed_fields) fed WHERE fed LIKE 'attributes.%%'))
           ) free
)
UPDATE catalog_product c SET attributes = wanted.attributes
  FROM wanted
 WHERE wanted.id = c.id AND c.attributes IS DISTINCT FROM wanted.attributes
RETURNING c.id
"""


def copied_values(parent: Product) -> dict[str, Any]:
    """What a new variant takes over. One query."""
    codes = Attribute.objects.filter(is_copied=True, code__in=list(parent.attributes)).values_list("code", flat=True)
    return {code: parent.attributes[code] for code in codes}


def copy_to_variants(parents: Iterable[int]) -> list[int]:
    """Bring the copied attributes of these parents to their variants; returns the variants that changed."""
    with connection.cursor() as sql:
        sql.execute(_COPY, {"parents": sorted(set(parents))})
        return [row[0] for row in sql.fetchall()]
