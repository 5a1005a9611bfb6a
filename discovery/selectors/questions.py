"""What each facet asks: a criterion, an attribute that is a filter and has no criterion, a category of keywords."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from catalog.enums import AttributeType, CriterionKind


@dataclass(frozen=True)
class FacetQuestion:
    """A facet in words. segments: ids of the only segments (with all below) that ask it; empty: asked everywhere.

    ordered: its answers stand in the order a person gave them. looks: answer → its colour and its picture.
    """

    code: str
    name: str
    translations: dict[str, Any]
    position: int
    type: str = ""
    unit: str = ""
    display: str = ""
    segments: frozenset[int] = frozenset()
    ordered: bool = False
    looks: dict[str, tuple[str, str]] = field(default_factory=dict)

    def asked_in(self, path: Collection[int]) -> bool:
        """True if a list below these segments asks it; `path` is empty for lists that are no segment's."""
        return not self.segments or not self.segments.isdisjoint(path)


_WHAT = """
SELECT c.code, c.name, c.translations, c.position, a.type, a.unit, c.display, c.kind,
       ARRAY(SELECT s.segment_id FROM catalog_criterion_segments s WHERE s.criterion_id = c.id),
       (SELECT jsonb_object_agg(COALESCE(NULLIF(v.code, ''), v.value), jsonb_build_array(v.colour, v.image))
          FROM catalog_criterionvalue v WHERE v.criterion_id = c.id AND (v.colour <> '' OR v.image <> ''))
  FROM catalog_criterion c JOIN catalog_attribute a ON a.id = c.attribute_id
 WHERE c.active AND c.code = ANY(%(codes)s)
UNION ALL
SELECT a.code, a.name, a.translations, a.position, a.type, a.unit, '', '', ARRAY[]::bigint[], NULL
  FROM catalog_attribute a
 WHERE a.code = ANY(%(codes)s) AND NOT EXISTS (SELECT 1 FROM catalog_criterion c WHERE c.active AND c.code = a.code)
UNION ALL
SELECT 'kw-' || k.code, k.name, k.translations, 1000 + k.position, '', '', '', '', ARRAY[]::bigint[], NULL
  FROM catalog_keywordcategory k
 WHERE k.is_facet AND 'kw-' || k.code = ANY(%(codes)s)
UNION ALL
SELECT 'tag-' || t.code, t.name, t.translations, 900 + t.position, '', '', '', '', ARRAY[]::bigint[], NULL
  FROM catalog_labelslot t
 WHERE t.is_facet AND 'tag-' || t.code = ANY(%(codes)s)
"""


def facet_questions(codes: Collection[str]) -> dict[str, FacetQuestion]:
    """The questions behind facets' codes. One query."""
    with connection.cursor() as sql:
        sql.execute(_WHAT, {"codes": list(codes)})
        return {row[0]: _question(*row) for row in sql.fetchall()}


def _question(
    code: str,
    name: str,
    translations: str,
    position: int,
    kind: str,
    unit: str,
    display: str,
    how: str,
    only: Any,
    looks: str | None,
) -> FacetQuestion:
    is_range = how == CriterionKind.RANGES
    kind = AttributeType.BOOLEAN if how == CriterionKind.PRESENCE else kind
    return FacetQuestion(
        code,
        name,
        json.loads(translations),
        position,
        type="" if is_range else kind,
        unit="" if is_range else unit,
        display=display,
        segments=frozenset(only),
        ordered=bool(how) or kind == AttributeType.LIST,
        looks={value: (colour, image) for value, (colour, image) in json.loads(looks or "{}").items()},
    )
