"""Set-based merge of staged stock: integer ids first, then the difference, then balance and ledger in one statement."""

import datetime as dt
from typing import Any

from django.db import connection

from altazion.lib import undoing as way
from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from altazion.lib.undoing import Undoing, Undone
from catalog.enums import ReferenceType
from logbook.services import record, record_many
from logistics.enums import MovementKind, PlaceKind
from logistics.selectors.withdrawn import withdrawn_sql

WORK, DELTA = "load_stock", "load_stock_delta"
LOW_AT_MOST = 200  # tasks that one file may cause
_TYPES = {"place_code": "text", "sku": "text", "reference": "text", "reference_type": "text"}
_KIND = "CASE upper(s.place_kind) WHEN 'DEPOT' THEN 'warehouse' WHEN 'MAG' THEN 'store' END"
# The one place of its kind may go without a code.
_PLACES = f"""
SELECT k.place_kind, k.place_code, coalesce(l.id, o.id) AS place_id FROM (
    SELECT DISTINCT s.place_kind, {{place_code}} AS place_code, {_KIND} AS kind FROM {{staged}} s) k
LEFT JOIN logistics_place l ON l.kind = k.kind AND l.code = k.place_code AND l.active
LEFT JOIN (SELECT kind, min(id) AS id FROM logistics_place WHERE active GROUP BY kind HAVING count(*) = 1) o
    ON o.kind = k.kind AND k.place_code IS NULL
"""
_BY_SKU = """
SELECT s.row_number, p.id AS product_id, l.place_id, s.quantity, s.sku AS article,
    concat_ws(' ', s.place_kind, {place_code}) AS place, false AS shared, p.kind = 'parent' AS is_parent
FROM {staged} s JOIN load_stock_places l ON l.place_kind = s.place_kind
    AND l.place_code IS NOT DISTINCT FROM {place_code}
LEFT JOIN catalog_product p ON p.sku = s.sku
"""
_BY_REFERENCE = """
SELECT s.row_number, coalesce(p.id, r.product_id) AS product_id, l.place_id, s.quantity,
    coalesce({sku}, s.reference) AS article, concat_ws(' ', s.place_kind, {place_code}) AS place,
    {sku} IS NULL AND coalesce(r.many, false) AS shared, coalesce(p.kind, r.kind) = 'parent' AS is_parent
FROM {staged} s JOIN load_stock_places l ON l.place_kind = s.place_kind
    AND l.place_code IS NOT DISTINCT FROM {place_code}
LEFT JOIN catalog_product p ON p.sku = {sku}
LEFT JOIN LATERAL (SELECT min(f.product_id) AS product_id, count(DISTINCT f.product_id) > 1 AS many, min(q.kind) AS kind
    FROM catalog_productreference f JOIN catalog_product q ON q.id = f.product_id AND q.kind <> 'parent'
    AND q.state <> 'archived' WHERE {sku} IS NULL AND f.value = s.reference
    AND ({reference_type} IS NULL OR f.type = {reference_type} OR upper({reference_type}) = ANY(%(any_ean)s::text[])
         AND f.type = ANY(%(eans)s::text[]))) r ON true
"""
_ONLY_GOOD = " WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)"
# Less than what is promised is a shortage for a person to repair; finding the units again ends it (ORC-3).
# A balance that somebody moved since it was compared is left alone here: it is compared again.
_SET = f"""
    UPDATE logistics_stockbalance b SET physical = d.quantity, shortage = greatest(b.reserved - d.quantity, 0)
    FROM {DELTA} d WHERE b.id = d.balance_id AND b.physical = d.physical AND d.physical <> d.quantity
    RETURNING b.product_id, b.place_id, d.quantity - d.physical AS quantity, b.physical
"""
_MAKE = f"""
    INSERT INTO logistics_stockbalance (product_id, place_id, physical, reserved, safety, incoming, shortage)
    SELECT product_id, place_id, quantity, 0, 0, 0, 0 FROM {DELTA} WHERE balance_id IS NULL
    RETURNING product_id, place_id, physical AS quantity, physical
"""
_WITH_LEDGER = """
WITH changed AS ({change})
INSERT INTO logistics_stockmovement (product_id, place_id, kind, quantity, balance_after, document, reason, actor, at)
SELECT product_id, place_id, %(kind)s, quantity, physical, %(document)s, '', %(actor)s, %(at)s
FROM changed WHERE quantity <> 0
"""
_COMPARE_AGAIN = f"""
UPDATE {DELTA} d SET physical = b.physical FROM logistics_stockbalance b
WHERE b.id = d.balance_id AND b.physical <> d.physical AND b.physical <> d.quantity
"""
_LEFT = f"""
SELECT count(*) FROM {DELTA} d JOIN logistics_stockbalance b ON b.id = d.balance_id WHERE b.physical <> d.quantity
"""
# The balances do not remember by themselves: buyers write them all day, and the delta is at hand.
_KEEP_CHANGES = f"""
INSERT INTO {{changes}} (run_id, about, kind, row_id, label, scope, field, old, new)
SELECT %(run)s, 'stock', CASE WHEN d.balance_id IS NULL THEN 'added' ELSE 'changed' END, coalesce(d.balance_id, 0),
    p.sku, l.code, 'quantity', CASE WHEN d.balance_id IS NOT NULL THEN d.physical::text END, d.quantity::text
FROM {DELTA} d JOIN catalog_product p ON p.id = d.product_id JOIN logistics_place l ON l.id = d.place_id
"""


def merge_stock(context: LoadContext) -> LoadResult:
    """Set physical stock as a file counted it; a line that changes nothing writes nothing.

    Lines name an article by SKU or by any reference, and a warehouse (DEPOT) or store (MAG) by code. Each change
    writes the balance and a ledger line with document `run:<id>`. Less than what is reserved becomes a shortage and
    an event. Refused: unknown articles and places, parents of variants, shared references, negative quantities, the
    same article twice at one place. Whole file: articles it lacks at the places it names are counted as zero.
    """
    ensure_store_places(context.at)
    with Stage(context) as stage:
        _match(stage)
        _reject(stage)
        _find_delta(stage)
        return _write(stage)


def ensure_store_places(at: dt.datetime) -> int:
    """Give every store its stock place (code and name of the store); returns how many were made or renamed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO logistics_place (kind, code, name, store_id, active) SELECT %s, s.code, s.name, s.id, true"
            " FROM stores_store s WHERE NOT EXISTS (SELECT 1 FROM logistics_place p WHERE p.store_id = s.id)"
            " ON CONFLICT DO NOTHING",
            [PlaceKind.STORE.value],
        )
        made = cursor.rowcount
        cursor.execute(
            "UPDATE logistics_place p SET name = s.name, active = NOT s.archived FROM stores_store s"
            " WHERE p.store_id = s.id AND (p.name, p.active) IS DISTINCT FROM (s.name, NOT s.archived)"
        )
        return made + cursor.rowcount


def _match(stage: Stage) -> None:
    columns = {name: stage.column(name, kind) for name, kind in _TYPES.items()}
    stage.work_table("load_stock_places", _PLACES, columns)
    if stage.has("reference"):
        eans = [ReferenceType.EAN13.value, ReferenceType.GTIN.value]
        query = _BY_REFERENCE + (_ONLY_GOOD if stage.rejected() else "")
        stage.work_table(WORK, query, columns, any_ean=["EAN", "EAN13", "GTIN", "GENCODE"], eans=eans)
    else:
        stage.work_table(WORK, _BY_SKU + (_ONLY_GOOD if stage.rejected() else ""), columns)


def _reject(stage: Stage) -> None:
    """One look for anything wrong; only then one statement for each reason."""
    faults = (
        ("sku", "ambiguous_reference", "w.article", "w.shared"),
        ("sku", "unknown_product", "w.article", "w.product_id IS NULL"),
        ("sku", "has_children", "w.article", "w.is_parent"),
        ("place_code", "unknown_place", "w.place", "w.place_id IS NULL"),
        ("quantity", "negative_quantity", "w.quantity", "w.quantity < 0"),
    )
    anything = " OR ".join(f"({where})" for *_, where in faults)
    if stage.number(f"SELECT count(*) FROM (SELECT 1 FROM {WORK} w WHERE {anything} LIMIT 1) found"):
        for field, code, value, where in faults:
            stage.reject(WORK, field, code, value=value, where=where)
    twice = f"SELECT count(*) - count(DISTINCT (product_id, place_id)) FROM {WORK}"
    if stage.has("reference") and stage.number(twice):
        earlier = (
            f"EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number AND o.product_id = w.product_id"
            " AND o.place_id = w.place_id)"
        )
        stage.run(f"CREATE INDEX ON {WORK} (product_id)")
        stage.reject(WORK, "sku", "duplicate_key", value="w.article", where=earlier)


def _find_delta(stage: Stage) -> None:
    stage.work_table(
        DELTA,
        "SELECT w.product_id, w.place_id, w.quantity, b.id AS balance_id, coalesce(b.physical, 0) AS physical"
        f" FROM {WORK} w LEFT JOIN logistics_stockbalance b ON b.product_id = w.product_id AND b.place_id = w.place_id"
        " WHERE b.id IS NULL OR b.physical <> w.quantity",
    )
    if stage.context.full:
        stage.run(
            f"INSERT INTO {DELTA} SELECT b.product_id, b.place_id, 0, b.id, b.physical FROM logistics_stockbalance b"
            " WHERE b.physical > 0 AND b.place_id IN (SELECT place_id FROM load_stock_places)"
            f" AND NOT EXISTS (SELECT 1 FROM {WORK} w WHERE w.product_id = b.product_id AND w.place_id = b.place_id)"
            f" AND {_not_refused(stage)}"
        )


def _not_refused(stage: Stage) -> str:
    """A condition: no refused row names the product of balance b. What was only spelled badly is not gone."""
    if not stage.has("sku"):
        return "true"
    named = "SELECT s.sku FROM {staged} s JOIN {rejects} x ON x.row_number = s.row_number"
    if stage.context.refused:
        named += f" UNION ALL SELECT sku FROM {stage.context.refused}"
    return f"b.product_id NOT IN (SELECT p.id FROM catalog_product p JOIN ({named}) n ON n.sku = p.sku)"


def _write(stage: Stage) -> LoadResult:
    total = stage.number(f"SELECT count(*) FROM {WORK}")
    listed = f"SELECT count(*) FILTER (WHERE balance_id IS NULL), count(balance_id) FROM {DELTA}"
    new, changed = stage.rows(listed)[0]
    absent = 0
    if new or changed:
        # Buyers hold balances for an instant each; rows are taken in one order so that nobody blocks anybody.
        stage.run(
            f"SELECT 1 FROM (SELECT b.id FROM logistics_stockbalance b JOIN {DELTA} d ON d.balance_id = b.id"
            " WHERE b.reserved > 0 ORDER BY b.product_id, b.place_id FOR UPDATE OF b) locked"
        )
        stage.run(_WITH_LEDGER.format(change=_MAKE), kind=MovementKind.FILE.value)
        stage.run(_WITH_LEDGER.format(change=_SET), kind=MovementKind.FILE.value)
        while stage.number(_LEFT):  # what is written is ours until the end, so each round leaves fewer
            stage.run(_COMPARE_AGAIN)
            stage.run(_WITH_LEDGER.format(change=_SET), kind=MovementKind.FILE.value)
        if stage.context.full:
            absent = stage.number(
                f"SELECT count(*) FROM {DELTA} d WHERE NOT EXISTS (SELECT 1 FROM {WORK} w"
                " WHERE w.product_id = d.product_id AND w.place_id = d.place_id)"
            )
        if stage.context.changes:
            stage.run(_KEEP_CHANGES)
        _tell(stage)
    changed -= absent
    return LoadResult(
        new=new, changed=changed, unchanged=total - new - changed, archived=absent, rejected=stage.rejected()
    )


def _tell(stage: Stage) -> None:
    context = stage.context
    touched = stage.ids(f"SELECT DISTINCT product_id FROM {DELTA} ORDER BY 1")
    record_many(
        "logistics.stock_changed",
        touched,
        at=context.at,
        subject_kind="product",
        actor=context.actor,
        run=context.run_id,
    )
    short = stage.ids(
        f"SELECT DISTINCT b.product_id FROM logistics_stockbalance b JOIN {DELTA} d ON d.balance_id = b.id"
        " WHERE b.shortage > 0 AND d.quantity < d.physical ORDER BY 1"
    )
    record_many(
        "logistics.shortage_found",
        short,
        at=context.at,
        subject_kind="product",
        actor=context.actor,
        run=context.run_id,
    )
    _tell_low(stage)


def _tell_low(stage: Stage) -> None:
    """Units a file took below the last-pieces threshold that somebody set, once per crossing; the scarcest first."""
    away = withdrawn_sql("b")
    low = stage.rows(
        f"SELECT b.product_id, b.place_id, p.sku, b.physical - b.safety - b.reserved - {away} AS free"
        f" FROM {DELTA} d JOIN logistics_stockbalance b ON b.id = d.balance_id"
        " JOIN catalog_product p ON p.id = b.product_id LEFT JOIN catalog_product parent ON parent.id = p.parent_id"
        " CROSS JOIN LATERAL (SELECT coalesce(p.limited_below, parent.limited_below) AS units) least"
        f" WHERE d.quantity < d.physical AND d.physical - b.safety - b.reserved - {away} >= least.units"
        f" AND b.physical - b.safety - b.reserved - {away} < least.units ORDER BY 4, 1 LIMIT %(most)s",
        most=LOW_AT_MOST,
    )
    context = stage.context
    for product, place, sku, free in low:
        record(
            "logistics.stock_low",
            at=context.at,
            subject_kind="product",
            subject_id=product,
            actor=context.actor,
            run=context.run_id,
            product=product,
            place=place,
            sku=sku,
            available=max(0, free),
        )


# Sales and receipts since are no conflict: the units come back, or go, beside them. A later file or count is one.
_UNDO_FOUND = """
CREATE TEMP TABLE undo_stock ON COMMIT DROP AS
SELECT m.product_id, m.place_id, m.quantity, m.balance_after, p.sku, l.code, b.physical,
    EXISTS (SELECT 1 FROM logistics_stockmovement n WHERE n.product_id = m.product_id AND n.place_id = m.place_id
        AND n.id > m.id AND n.kind IN (%(file)s, %(count)s)) OR b.physical < m.quantity AS moved
FROM logistics_stockmovement m
JOIN logistics_stockbalance b ON b.product_id = m.product_id AND b.place_id = m.place_id
JOIN catalog_product p ON p.id = m.product_id JOIN logistics_place l ON l.id = m.place_id
WHERE m.document = %(document)s AND m.kind = %(file)s
"""
_UNDO_SET = """
    UPDATE logistics_stockbalance b SET physical = b.physical - u.quantity,
        shortage = greatest(b.reserved - (b.physical - u.quantity), 0)
    FROM undo_stock u WHERE NOT u.moved AND b.product_id = u.product_id AND b.place_id = u.place_id
        AND b.physical >= u.quantity
    RETURNING b.product_id, b.place_id, -u.quantity AS quantity, b.physical
"""
_UNDO_CHANGES = """
INSERT INTO {changes} (run_id, about, kind, row_id, label, scope, field, old, new)
SELECT %(undo)s, 'stock', 'changed', 0, p.sku, l.code, 'quantity', (m.balance_after - m.quantity)::text,
    m.balance_after::text
FROM logistics_stockmovement m JOIN catalog_product p ON p.id = m.product_id JOIN logistics_place l ON l.id = m.place_id
WHERE m.document = %(document)s
"""


def undo_stock(undoing: Undoing) -> Undone:
    """Move back what a stock file moved, as new lines of the ledger (document `run:<undo>`)."""
    values: dict[str, Any] = {
        "file": MovementKind.FILE.value,
        "count": MovementKind.COUNT.value,
        "document": f"run:{undoing.run}",
        "undo": undoing.undo,
    }
    mine = {**values, "kind": MovementKind.CORRECTION.value, "document": f"run:{undoing.undo}"}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS undo_stock")
        cursor.execute(_UNDO_FOUND, values)
        cursor.execute(
            f"INSERT INTO {way.GONE} SELECT 'stock', 0, sku, code, 'quantity', (balance_after - quantity)::text,"
            " balance_after::text, physical::text FROM undo_stock WHERE moved"
        )
        cursor.execute(_WITH_LEDGER.format(change=_UNDO_SET), {**mine, "actor": undoing.actor, "at": undoing.at})
        moved = max(cursor.rowcount, 0)
        if moved:
            cursor.execute(_UNDO_CHANGES.format(changes=undoing.changes), mine)
            cursor.execute("SELECT DISTINCT product_id FROM undo_stock WHERE NOT moved ORDER BY 1")
            touched = [row[0] for row in cursor.fetchall()]
            record_many(
                "logistics.stock_changed",
                touched,
                at=undoing.at,
                subject_kind="product",
                actor=undoing.actor,
                run=undoing.undo,
            )
    return Undone(restored=moved)
