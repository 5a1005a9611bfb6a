"""Undoes what a run did to the catalogue: values come back, what it added is archived or goes, conflicts stay."""

from typing import Any

from django.db import connection

from altazion.lib import undoing as way
from altazion.lib.undoing import Undoing, Undone
from catalog.loaders.claims_undo import undo_claims
from catalog.loaders.events import PRICES, PRODUCTS, SEGMENTS
from catalog.loaders.tracked import (
    ATTRIBUTE,
    BRAND,
    FAMILY,
    LABEL,
    OPTION,
    PARTS,
    PRICE,
    PRODUCT,
    SEGMENT,
    SLOT,
)
from logbook.services import record_many

_ARCHIVED = "state = 'archived', archived_by_run = %(undo)s, updated_at = %(at)s"


def undo_changes(undoing: Undoing) -> Undone:
    """Products that the run made are archived; brands, families, segments' words and definitions it made stay."""
    done = Undone()
    skus: set[str] = set()
    for tracked in (*PARTS, PRICE):
        skus.update(labels := way.take_away(undoing, tracked))
        done.removed += len(labels)
    products = set(way.archive(undoing, PRODUCT, _ARCHIVED, "t.state = 'archived'"))
    segments = set(way.archive(undoing, SEGMENT, "archived = true, changed_at = %(at)s", "t.archived"))
    done.archived = len(products) + len(segments)
    restored = set(way.restore(undoing, PRODUCT))
    done.restored += len(restored)
    for tracked in (SEGMENT, BRAND, FAMILY, ATTRIBUTE, OPTION, SLOT, LABEL):
        found = way.restore(undoing, tracked)
        done.restored += len(found)
        if tracked is SEGMENT:
            segments.update(found)
    for tracked in (PRICE, *PARTS):
        together = [("promo_amount", "promo_during")] if tracked is PRICE else []
        found = way.restore(undoing, tracked, together=together)
        back = way.put_back(undoing, tracked, parent="catalog_product")
        done.restored += len(found) + len(back)
        skus.update(_labels(tracked.about, [*found, *back]))
    products |= restored | _products(skus)
    _forget_rows(undoing, products)
    done.restored += len(changed := undo_claims(undoing, products))
    products.update(changed)
    for kind, subject, ids in (
        (PRODUCTS, "product", products),
        (PRICES, "product", products),
        (SEGMENTS, "segment", segments),
    ):
        if ids:
            record_many(
                kind,
                sorted(ids),
                at=undoing.at,
                subject_kind=subject,
                actor=undoing.actor,
                run=undoing.undo,
                change="undo",
            )
    return done


def _labels(about: str, ids: list[int]) -> list[str]:
    return [
        row[0]
        for row in _ask(f"SELECT DISTINCT label FROM {way.CELLS} WHERE about = %s AND row_id = ANY(%s)", about, ids)
    ]


def _products(skus: set[str]) -> set[int]:
    """The products of these SKUs and their parents."""
    found = _ask("SELECT id, parent_id FROM catalog_product WHERE sku = ANY(%s)", list(skus))
    return {pk for row in found for pk in row if pk}


def _forget_rows(undoing: Undoing, products: set[int]) -> None:
    """The same rows, when they come again, are compared again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalog_fedrow WHERE source = %s AND product_id = ANY(%s)", [undoing.source, list(products)]
        )


def _ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
