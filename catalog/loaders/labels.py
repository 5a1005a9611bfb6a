"""Tags, tag values and article tags of files (annex A): slots, labels, and labels of products."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.loaders.events import LABELS, PRODUCTS, tell

SLOTS, VALUES, LINKS = "load_slots", "load_labels", "load_product_labels"
_CODE = "left(regexp_replace(lower(public.unaccent(btrim(s.{name}))), '[^a-z0-9_-]+', '-', 'g'), 40)"
GROUND, INK = "#1f3a5f", "#ffffff"


def merge_label_slots(context: LoadContext) -> LoadResult:
    """Merge slots by code: a new one comes after the others. What colleagues set besides stays."""
    with Stage(context) as stage:
        stage.work_table(
            SLOTS,
            f"SELECT s.row_number, {_CODE.format(name='code')} AS code, left(btrim(s.name),"
            f" 80) AS name, t.id AS stored,"
            " t.name AS stored_name, t.source AS stored_source FROM {staged} s LEFT JOIN catalog_labelslot t"
            f" ON t.code = {_CODE.format(name='code')} WHERE NOT EXISTS (SELECT 1 FROM"
            f" {{rejects}} x WHERE x.row_number = s.row_number)",
        )
        _once(stage, SLOTS, "code", "o.code = w.code")
        changed = stage.ids(
            "UPDATE catalog_labelslot t SET name = w.name, source = %(source)s"
            f" FROM {SLOTS} w WHERE w.stored = t.id AND (t.name, t.source) IS DISTINCT FROM"
            f" (w.name, %(source)s::varchar)"
            " RETURNING t.id"
        )
        new = stage.ids(
            "INSERT INTO catalog_labelslot (code, name, display, allows_several, is_facet, on_tiles, position, source,"
            " translations) SELECT w.code, w.name, 'text', true, false, true,"
            " (SELECT least(coalesce(max(position), 0), 30000) FROM catalog_labelslot)"
            " + (row_number() OVER (ORDER BY w.row_number))::int,"
            f" %(source)s, '{{{{}}}}' FROM {SLOTS} w WHERE w.stored IS NULL RETURNING id"
        )
        stage.note(LABELS, "label_slot", [*changed, *new])
        return _result(stage, SLOTS, len(new), len(changed))


def merge_labels(context: LoadContext) -> LoadResult:
    """Merge labels by slot and code. Refused: unknown slots, a code twice. Their colours are chosen in Office."""
    with Stage(context) as stage:
        image = stage.column("image", "text")
        stage.work_table(
            VALUES,
            f"SELECT s.row_number, s.slot AS said, {_CODE.format(name='code')} AS code,"
            f" left(btrim(s.name), 60) AS name,"
            " left(coalesce(btrim({image}), ''), 500) AS image, t.id AS slot_id, l.id AS stored"
            f" FROM {{staged}} s LEFT JOIN catalog_labelslot t ON t.code = {_CODE.format(name='slot')}"
            f" LEFT JOIN catalog_label l ON l.slot_id = t.id AND l.code = {_CODE.format(name='code')}"
            " WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)",
            {"image": image},
        )
        stage.reject(VALUES, "slot", "unknown_slot", value="w.said", where="w.slot_id IS NULL")
        _once(stage, VALUES, "code", "o.slot_id = w.slot_id AND o.code = w.code")
        speaks = stage.has("image")
        changed = stage.ids(
            "UPDATE catalog_label l SET name = w.name, image = CASE WHEN %(speaks)s THEN w.image ELSE l.image END,"
            f" source = %(source)s FROM {VALUES} w WHERE w.stored = l.id AND (l.name,"
            f" l.source, l.image) IS DISTINCT FROM"
            " (w.name, %(source)s::varchar, CASE WHEN %(speaks)s THEN w.image ELSE l.image END) RETURNING l.slot_id",
            speaks=speaks,
        )
        new = stage.ids(
            "INSERT INTO catalog_label (slot_id, code, name, ground, ink, image, text,"
            " priority, rule, attribute, value,"
            " source, translations) SELECT slot_id, code, name, %(ground)s, %(ink)s, image, '', 100, '', '', '',"
            f" %(source)s, '{{{{}}}}' FROM {VALUES} w WHERE w.stored IS NULL RETURNING slot_id",
            ground=GROUND,
            ink=INK,
        )
        stage.note(LABELS, "label_slot", [*changed, *new])
        return _result(stage, VALUES, len(new), len(changed))


def merge_product_labels(context: LoadContext) -> LoadResult:
    """Merge labels of products; position 1 to 4 leads on tiles.

    Refused: unknown articles, slots and labels, a position outside 1 to 4, the same label twice. Whole file: labels of
    this source that the file lacks go; those given by hand stay.
    """
    with Stage(context) as stage:
        parts = {name: stage.column(name, kind) for name, kind in
                 (("sku", "text"), ("external_id", "text"), ("position", "integer"))}  # fmt: skip
        stage.work_table(
            LINKS,
            "SELECT r.*, p.id AS product_id, t.id AS slot_id, l.id AS label_id, k.id AS stored FROM ("
            " SELECT s.row_number, {sku} AS sku, {external_id} AS external_id, s.slot AS said, s.value AS said_value,"
            f" {_CODE.format(name='slot')} AS slot, {_CODE.format(name='value')} AS value, {{position}} AS position"
            " FROM {staged} s WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)) r"
            " LEFT JOIN catalog_product p ON p.id = coalesce((SELECT id FROM catalog_product b WHERE b.sku = r.sku),"
            " (SELECT id FROM catalog_product e WHERE r.sku IS NULL AND e.external_id = r.external_id))"
            " LEFT JOIN catalog_labelslot t ON t.code = r.slot"
            " LEFT JOIN catalog_label l ON l.slot_id = t.id AND l.code = r.value"
            " LEFT JOIN catalog_productlabel k ON k.product_id = p.id AND k.label_id = l.id",
            parts,
        )
        who = "coalesce(w.sku, w.external_id)"
        stage.reject(LINKS, "sku", "unknown_product", value=who, where="w.product_id IS NULL")
        stage.reject(LINKS, "slot", "unknown_slot", value="w.said", where="w.slot_id IS NULL")
        stage.reject(LINKS, "value", "unknown_label", value="w.said_value", where="w.label_id IS NULL")
        bad = "w.position IS NOT NULL AND w.position NOT BETWEEN 1 AND 4"
        stage.reject(LINKS, "position", "out_of_range", value="w.position", where=bad)
        _once(stage, LINKS, "value", "o.product_id = w.product_id AND o.label_id = w.label_id")
        changed = stage.ids(
            "UPDATE catalog_productlabel k SET position = CASE WHEN %(speaks)s THEN w.position ELSE k.position END,"
            f" source = %(source)s FROM {LINKS} w WHERE w.stored = k.id AND (k.source, k.position) IS DISTINCT FROM"
            " (%(source)s::varchar, CASE WHEN %(speaks)s THEN w.position ELSE k.position END) RETURNING k.product_id",
            speaks=stage.has("position"),
        )
        new = stage.ids(
            "INSERT INTO catalog_productlabel (product_id, label_id, position, source) SELECT product_id, label_id,"
            f" position, %(source)s FROM {LINKS} w WHERE w.stored IS NULL RETURNING product_id"
        )
        gone: list[int] = []
        if stage.context.full:
            gone = stage.ids(
                "DELETE FROM catalog_productlabel k WHERE k.source = %(source)s AND NOT EXISTS (SELECT 1"
                f" FROM {LINKS} w WHERE w.product_id = k.product_id AND w.label_id = k.label_id) RETURNING k.product_id"
            )
        stage.note(PRODUCTS, "product", [*changed, *new, *gone])
        return _result(stage, LINKS, len(new), len(changed), len(gone))


def _once(stage: Stage, work: str, field: str, same: str) -> None:
    twice = f"EXISTS (SELECT 1 FROM {work} o WHERE o.row_number < w.row_number AND {same})"
    stage.reject(work, field, "duplicate_key", value=f"w.{field}", where=twice)


def _result(stage: Stage, work: str, new: int, changed: int, gone: int = 0) -> LoadResult:
    tell(stage)
    total = stage.number(f"SELECT count(*) FROM {work}")
    return LoadResult(
        new=new, changed=changed, unchanged=total - new - changed, archived=gone, rejected=stage.rejected()
    )
