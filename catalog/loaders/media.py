"""Pictures, films and documents that a file names by address (annex A): noted here, fetched by the workers."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from catalog.enums import FetchState, MediaKind
from catalog.loaders.events import MEDIA, PRODUCTS, tell

ROWS, WORK = "load_media_rows", "load_media"
#: fields that hold several addresses with |, and what these are
SEVERAL = (("main_image", "image"), ("images", "image"), ("videos", "video"), ("documents", "document"))
_NAMES = ("url", *(name for name, _kind in SEVERAL))
_TYPES = {
    "sku": "text", "external_id": "text", "kind": "text", "mime": "text", "is_main": "boolean",
    "position": "integer", "title": "text", "alt": "text", "is_public": "boolean", "keep": "boolean",
    "document_kind": "text", "language": "text", **dict.fromkeys(_NAMES, "text"),
}  # fmt: skip
_BAD = r"a.address !~ '^https?://[^[:space:]/]+(/[^[:space:]]*)?$' OR length(a.address) > 500"
_KIND = r"""
CASE WHEN w.kind IS NOT NULL THEN w.kind WHEN w.mime LIKE 'image/%%' THEN 'image' WHEN w.mime LIKE 'video/%%' THEN
    'video' WHEN w.mime = 'application/pdf' THEN 'document' WHEN w.mime IS NOT NULL THEN NULL
    WHEN w.url ~* '\.(mp4|webm)([?#]|$)' OR w.url ~*
        '//(www\.|m\.)?(youtu\.be|youtube\.com|vimeo\.com|dailymotion\.com)/'
    THEN 'video' WHEN w.url ~* '\.pdf([?#]|$)' THEN 'document' ELSE 'image' END
"""
_SAID = ("kind", "position", "title", "alt", "is_public", "keep", "document_kind_id", "language")


def merge_media(context: LoadContext) -> LoadResult:
    """Note the files of products. A row names one (`url`), or all of a product's (main_image, images, …).

    Refused: unknown articles, addresses and kinds that cannot be. Whole file: what this source fed and the file lacks
    goes; what people hung on the product stays.
    """
    with Stage(context) as stage:
        stage.work_table(
            ROWS,
            "SELECT r.*, p.id AS product_id FROM (SELECT s.row_number, {fields} FROM {staged} s"
            " WHERE NOT EXISTS (SELECT 1 FROM {rejects} x WHERE x.row_number = s.row_number)) r"
            " LEFT JOIN catalog_product p ON p.id = coalesce((SELECT id FROM catalog_product b WHERE b.sku = r.sku),"
            " (SELECT id FROM catalog_product e WHERE r.sku IS NULL AND e.external_id = r.external_id))",
            {"fields": stage.fields(_TYPES)},
        )
        _reject(stage)
        _spread(stage)
        new, changed, again = _write(stage)
        gone = _forget_absent(stage) if context.full else []
        stage.note(PRODUCTS, "product", [*changed, *gone])
        stage.note(MEDIA, "product", [*new, *again])
        tell(stage)
        total = stage.number(f"SELECT count(DISTINCT row_number) FROM {WORK}")
        fresh = stage.number(f"SELECT count(DISTINCT row_number) FROM {WORK} WHERE stored IS NULL")
        moved = stage.number(
            f"SELECT count(DISTINCT row_number) FROM {WORK} WHERE stored IS NOT NULL AND product_id = ANY(%(ids)s)",
            ids=list({*changed, *again}),
        )
        moved = min(moved, total - fresh)
        return LoadResult(
            new=fresh, changed=moved, unchanged=total - fresh - moved, archived=len(gone), rejected=stage.rejected()
        )


def _reject(stage: Stage) -> None:
    stage.reject(ROWS, "sku", "unknown_product", value="coalesce(w.sku, w.external_id)", where="w.product_id IS NULL")
    stage.run(f"UPDATE {ROWS} w SET kind = {_KIND}")
    stage.reject(ROWS, "mime", "unknown_mime", value="w.mime", where="w.url IS NOT NULL AND w.kind IS NULL")
    far = "w.position > 9999"
    stage.reject(ROWS, "position", "out_of_range", value="w.position", where=far)
    for name in _NAMES:
        if stage.has(name):
            found = f"(SELECT btrim(a.address) AS address FROM unnest(string_to_array(w.{name}, '|')) AS a (address)) a"
            bad = f"FROM {found} WHERE a.address <> '' AND ({_BAD})"
            stage.reject(
                ROWS,
                name,
                "bad_address",
                value=f"(SELECT min(a.address) {bad})",
                where=f"EXISTS (SELECT 1 {bad})",
            )
    nothing = " AND ".join(f"w.{name} IS NULL" for name in _NAMES)
    stage.reject(ROWS, "url", "required", value="''", where=nothing)
    known = "SELECT 1 FROM catalog_documentkind k WHERE k.code = lower(w.document_kind)"
    unknown = f"w.document_kind IS NOT NULL AND NOT EXISTS ({known})"
    stage.reject(ROWS, "document_kind", "unknown_document_kind", value="w.document_kind", where=unknown)


def _spread(stage: Stage) -> None:
    """One line for each address: main pictures first, then in the order of the file."""
    columns = "r.title, r.alt, r.is_public, r.keep, r.document_kind, r.language"
    place = "CASE WHEN r.is_main THEN 0 ELSE r.position END AS place"
    one = "SELECT r.row_number, r.product_id, btrim(r.url) AS address, r.kind"
    parts = [f"{one}, {place}, {columns} FROM {ROWS} r WHERE r.url IS NOT NULL"]
    for before, name, kind in ((-1, *SEVERAL[0]), (0, *SEVERAL[1]), (1000, *SEVERAL[2]), (2000, *SEVERAL[3])):
        parts.append(
            f"SELECT r.row_number, r.product_id, btrim(a.address), '{kind}', {before} + a.place::int, {columns} FROM"
            f" {ROWS} r, unnest(string_to_array(r.{name}, '|')) WITH ORDINALITY AS a (address, place)"
            " WHERE btrim(a.address) <> ''"
        )
    stage.work_table(
        WORK,
        "SELECT DISTINCT ON (l.product_id, l.address) l.row_number, l.product_id, l.address, l.kind,"
        " coalesce(l.place, f.position, 10 + row_number() OVER (PARTITION BY l.product_id ORDER BY l.row_number))::int"
        " AS position,"
        " left(coalesce(l.title, f.title, ''), 160) AS title, left(coalesce(l.alt, f.alt, ''), 250) AS alt,"
        " coalesce(l.is_public, f.is_public, true) AS is_public, coalesce(l.keep, f.keep, true) AS keep,"
        " coalesce(k.id, f.document_kind_id) AS document_kind_id,"
        " coalesce(left(lower(l.language), 2), f.language, '') AS language, f.id AS stored"
        f" FROM ({' UNION ALL '.join(parts)}) l"
        " LEFT JOIN catalog_mediafetch f ON f.product_id = l.product_id AND f.address = l.address"
        " LEFT JOIN catalog_documentkind k ON k.code = lower(l.document_kind)"
        " ORDER BY l.product_id, l.address, l.place, l.row_number",
    )


def _write(stage: Stage) -> tuple[list[int], list[int], list[int]]:
    """(products with new files, products whose files are told differently, products with files to fetch again)."""
    old, said = (", ".join(f"{alias}.{name}" for name in _SAID) for alias in ("f", "w"))
    differs = f"({old}, f.source) IS DISTINCT FROM ({said}, %(source)s::varchar)"
    stage.work_table(
        "load_media_changed",
        f"SELECT w.*, f.media_id, (f.kind, f.is_public, f.keep) IS DISTINCT FROM (w.kind, w.is_public, w.keep)"
        f" AS again FROM {WORK} w JOIN catalog_mediafetch f ON f.id = w.stored WHERE {differs}",
    )
    stage.run(
        f"UPDATE catalog_mediafetch f SET {', '.join(f'{name} = w.{name}' for name in _SAID)}, source = %(source)s,"
        " state = CASE WHEN w.again THEN %(waiting)s ELSE f.state END, tries = CASE WHEN w.again THEN 0 ELSE f.tries"
        " END, next_try = CASE WHEN w.again THEN %(at)s ELSE f.next_try END"
        " FROM load_media_changed w WHERE f.id = w.stored",
        waiting=FetchState.WAITING.value,
    )
    shown = stage.ids(
        "UPDATE catalog_media m SET position = w.position, title = w.title, alt = CASE WHEN w.alt <> '' THEN w.alt"
        " ELSE m.alt END, document_kind_id = w.document_kind_id, language = w.language"
        " FROM load_media_changed w WHERE m.id = w.media_id AND (m.position, m.title, m.language, m.document_kind_id)"
        " IS DISTINCT FROM (w.position, w.title, w.language, w.document_kind_id) RETURNING m.product_id"
    )
    again = stage.ids("SELECT product_id FROM load_media_changed WHERE again")
    new = stage.ids(
        f"INSERT INTO catalog_mediafetch (product_id, address, {', '.join(_SAID)}, state, failure, tries, next_try,"
        f" source) SELECT product_id, address, {', '.join(_SAID)}, %(waiting)s, '', 0, %(at)s, %(source)s"
        f" FROM {WORK} w WHERE w.stored IS NULL RETURNING product_id",
        waiting=FetchState.WAITING.value,
    )
    return new, shown, again


def _forget_absent(stage: Stage) -> list[int]:
    gone = (
        "SELECT f.id, f.media_id, f.product_id FROM catalog_mediafetch f WHERE f.source = %(source)s AND NOT EXISTS"
        f" (SELECT 1 FROM {WORK} w WHERE w.product_id = f.product_id AND w.address = f.address)"
    )
    if stage.context.refused:  # rows that could not be read may have named it
        gone += " AND false"
    stage.work_table("load_media_gone", gone)
    stage.run(
        "DELETE FROM catalog_media m USING load_media_gone g WHERE m.id = g.media_id AND m.source = %(source)s"
        " AND m.kind = ANY(%(kinds)s)",
        kinds=list(MediaKind.values),
    )
    return stage.ids(
        "DELETE FROM catalog_mediafetch f USING load_media_gone g WHERE f.id = g.id RETURNING f.product_id"
    )
