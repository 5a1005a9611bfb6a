"""Segments by code: a tree in any order of rows, six levels at most (annex A, OFF-6)."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from altazion.lib.text import slug
from catalog.enums import PageTemplate, SegmentKind
from catalog.loaders.events import SEGMENTS, tell
from catalog.loaders.names import free_word
from catalog.loaders.words import clean_pages, merged, reject_odd
from catalog.selectors.addresses import LANGUAGES

WORK, FINAL = "load_categories", "load_segments"
MOST_LEVELS = 6
#: texts and pictures of the page
PAGE = ("intro", "banner", "header", "meta_title", "meta_description")
_TYPES = {
    "parent_code": "text",
    "name": "text",
    "slug": "text",
    "importance": "integer",
    "image": "text",
    "position": "integer",
    "kind": "text",
    "translations": "jsonb",
    "page_template": "text",
    "header_below": "boolean",
    **dict.fromkeys(PAGE, "text"),
}
_MATCH = """
SELECT s.row_number, s.code, {fields}, {path} AS names, coalesce(g.id, nextval('catalog_segment_id_seq')) AS segment_id,
    g.id IS NULL AS is_new, NULL::bigint AS parent_id, NULL::text AS word, NULL::bigint[] AS path
FROM {staged} s LEFT JOIN catalog_segment g ON g.code = s.code
WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)
"""
_PARENT = """
UPDATE load_categories w SET parent_id = coalesce(f.segment_id, g.id) FROM load_categories c
LEFT JOIN load_categories f ON f.code = c.parent_code LEFT JOIN catalog_segment g ON g.code = c.parent_code
WHERE c.row_number = w.row_number AND c.parent_code IS NOT NULL
"""
_STORED_PARENT = """
UPDATE load_categories w SET parent_id = g.parent_id FROM catalog_segment g WHERE g.id = w.segment_id
"""
# Downwards from what has no parent, or a parent outside the file; who is not reached stands in a circle.
_WALK = """
WITH RECURSIVE tree AS (
    SELECT w.segment_id, ARRAY[w.segment_id] AS path FROM load_categories w WHERE w.parent_id IS NULL
    UNION ALL
    SELECT w.segment_id, g.path || w.segment_id FROM load_categories w JOIN catalog_segment g ON g.id = w.parent_id
    WHERE NOT EXISTS (SELECT 1 FROM load_categories f WHERE f.segment_id = g.id)
        AND NOT g.path && ARRAY[w.segment_id]
    UNION ALL
    SELECT w.segment_id, t.path || w.segment_id FROM tree t JOIN load_categories w ON w.parent_id = t.segment_id
    WHERE NOT w.segment_id = ANY(t.path) AND cardinality(t.path) < 50
)
UPDATE load_categories w SET path = t.path FROM tree t WHERE t.segment_id = w.segment_id
"""
_COLUMNS = [
    "name",
    "slug",
    "parent_id",
    "path",
    "level",
    "kind",
    "importance",
    "position",
    "image",
    "translations",
    "page_template",
    "header_below",
    *PAGE,
    "archived",
    "source",
    "fed_fields",
]
# An address that a file changes leads on, as one that a colleague changes does.
_KEEP = """
INSERT INTO stores_formeraddress (language, path, target_kind, target_id, target_path, cause, since)
SELECT language, 's/' || lower(old), 'segment', id, '', 'renamed', %(at)s
  FROM (SELECT language, f.segment_id AS id, coalesce(nullif(g.translations -> language ->> 'slug', ''), g.slug) AS old,
               coalesce(nullif(f.translations -> language ->> 'slug', ''), f.slug) AS new
          FROM load_segments f JOIN catalog_segment g ON g.id = f.segment_id
         CROSS JOIN unnest(%(languages)s::text[]) language WHERE NOT f.is_new) words
 WHERE old <> new
    ON CONFLICT (path, language, channel_id) DO UPDATE SET target_kind = 'segment', target_id = EXCLUDED.target_id,
       target_path = '', cause = 'renamed', since = EXCLUDED.since
"""
_FINAL = f"""
SELECT w.row_number, w.segment_id, w.is_new, w.code, coalesce(nullif(w.name, ''), g.name, w.code) AS name,
    coalesce(w.word, g.slug) AS slug, w.path[cardinality(w.path) - 1] AS parent_id, w.path,
    cardinality(w.path)::smallint AS level, coalesce(w.kind, g.kind, 'P') AS kind,
    coalesce(w.importance, g.importance, 100)::smallint AS importance, coalesce(w.position, g.position, 0) AS position,
    coalesce(w.image, g.image, '') AS image,
    CASE WHEN w.translations IS NULL THEN coalesce(g.translations, '{{{{}}}}') WHEN g.id IS NULL THEN w.translations
         ELSE {merged("g.translations", "w.translations")} END AS translations,
    coalesce(w.page_template, g.page_template, '') AS page_template,
    coalesce(w.header_below, g.header_below, true) AS header_below,
    {", ".join(f"coalesce(w.{name}, g.{name}, '') AS {name}" for name in PAGE)},
    false AS archived, %(source)s AS source, %(fed)s::varchar[] AS fed_fields
FROM load_categories w LEFT JOIN catalog_segment g ON g.id = w.segment_id
"""


def merge_categories(context: LoadContext) -> LoadResult:
    """Merge segments; parents may stand behind their children. An empty parent is the root.

    A path of names ("A > B > C") may stand for parent and name. Refused: unknown parents, circles, more than six
    levels, importance above 999. Whole file: segments of this source that it lacks are archived, and come back when a
    later file names them.
    """
    with Stage(context) as stage:
        stage.work_table(WORK, _MATCH, {"fields": stage.fields(_TYPES), "path": stage.column("path", "text")})
        if stage.has("path"):
            _read_paths(stage)
        stage.run(f"CREATE INDEX ON {WORK} (code)")
        _reject(stage)
        _give_words(stage)
        clean_pages(stage, WORK, "segment_id", ("intro", "header"))
        stage.work_table(FINAL, _FINAL, fed=_fed(context))
        return _write(stage)


def _fed(context: LoadContext) -> list[str]:
    return sorted("parent" if name == "parent_code" else name for name in context.fields)


def _read_paths(stage: Stage) -> None:
    """ "A > B > C" is named C and stands below the row of the file whose path is "A > B"."""
    stage.run(f"UPDATE {WORK} w SET names = regexp_replace(btrim(w.names), '[[:space:]]*>[[:space:]]*', ' > ', 'g')")
    stage.run(f"UPDATE {WORK} w SET name = coalesce(w.name, regexp_replace(w.names, '^.* > ', ''))")
    stage.run(
        f"UPDATE {WORK} w SET parent_code = coalesce(w.parent_code, coalesce(u.code, above.names))"
        " FROM (SELECT row_number, regexp_replace(names, ' > [^>]*$', '') AS names FROM load_categories"
        f" WHERE names LIKE '%% > %%') above LEFT JOIN {WORK} u ON u.names = above.names"
        " WHERE above.row_number = w.row_number"
    )


def _reject(stage: Stage) -> None:
    stage.reject(WORK, "importance", "out_of_range", value="w.importance", where="w.importance NOT BETWEEN 0 AND 999")
    for name in ("image", "banner"):
        if stage.has(name):
            bad = f"length(w.{name}) > 500 OR w.{name} !~ '^(https?://[^[:space:]]+|[[:alnum:]_][^:]*|)$'"
            stage.reject(WORK, name, "bad_address", value=f"w.{name}", where=bad)
    if stage.has("page_template"):
        strange = "NOT lower(w.page_template) = ANY(%(layouts)s::text[])"
        stage.reject(
            WORK, "page_template", "not_a_choice", value="w.page_template", where=strange, layouts=PageTemplate.values
        )
        stage.run(f"UPDATE {WORK} w SET page_template = lower(w.page_template)")
    letters = "CASE WHEN upper(left(w.kind, 1)) = ANY(%(kinds)s) THEN upper(left(w.kind, 1)) ELSE 'P' END"
    stage.run(f"UPDATE {WORK} w SET kind = {letters} WHERE w.kind IS NOT NULL", kinds=list(SegmentKind.values))
    reject_odd(stage, WORK)
    if stage.has("translations"):
        _reject_words(stage)
    own = "w.parent_code = w.code"
    stage.reject(WORK, "parent_code", "cycle", value="w.code", where=own)
    while stage.reject(
        WORK,
        "parent_code",
        "unknown_parent",
        value="w.parent_code",
        where="w.parent_code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM load_categories f WHERE f.code = w.parent_code)"
        " AND NOT EXISTS (SELECT 1 FROM catalog_segment g WHERE g.code = w.parent_code)",
    ):
        pass  # a refused parent takes its branch along
    stage.run(_PARENT if stage.has("parent_code", "path") else _STORED_PARENT)
    stage.run(_WALK)
    stage.reject(WORK, "parent_code", "cycle", value="w.code", where="w.path IS NULL")
    deep = f"cardinality(w.path) > {MOST_LEVELS}"
    stage.reject(WORK, "parent_code", "too_deep", value="w.code", where=deep)


def _reject_words(stage: Stage) -> None:
    """A word of an English address that another segment has, or that no address can hold."""
    word = "w.translations -> 'en' ->> 'slug'"
    stage.reject(WORK, "translations", "bad_address", value=word, where=f"({word}) !~ '^[-a-zA-Z0-9_]{{{{1,120}}}}$'")
    stored = f"SELECT 1 FROM catalog_segment g WHERE g.translations #>> '{{{{en,slug}}}}' = {word} AND g.code <> w.code"
    before = f"o.translations -> 'en' ->> 'slug' = {word} AND o.row_number < w.row_number"
    taken = f"EXISTS ({stored}) OR EXISTS (SELECT 1 FROM {WORK} o WHERE {before})"
    stage.reject(WORK, "translations", "taken", value=word, where=f"({word}) IS NOT NULL AND ({taken})")


def _give_words(stage: Stage) -> None:
    """Words for the address: what the file says where it is free, else the name's; known segments keep theirs."""
    rows = stage.rows(
        f"SELECT w.segment_id, coalesce(w.slug, ''), coalesce(nullif(w.name, ''), w.code), u.name FROM {WORK} w"
        f" LEFT JOIN {WORK} u ON u.segment_id = w.parent_id"
        " LEFT JOIN catalog_segment g ON g.id = w.segment_id"
        " WHERE w.is_new OR (w.slug IS NOT NULL AND w.slug <> g.slug) ORDER BY cardinality(w.path), w.row_number"
    )
    if not rows:
        return
    taken = set(stage.words("SELECT slug FROM catalog_segment"))
    words: list[tuple[int, str]] = []
    for pk, said, name, above in rows:
        plain = slug(said or name, 100)
        if plain in taken and above and not said:
            plain = slug(f"{above} {name}", 100)
        words.append((pk, free_word(plain, taken, 120)))
    stage.run(
        f"UPDATE {WORK} w SET word = n.word FROM unnest(%(ids)s::bigint[], %(words)s::text[]) AS n (id, word)"
        f" WHERE n.id = w.segment_id",
        ids=[pk for pk, _ in words],
        words=[word for _, word in words],
    )


def _write(stage: Stage) -> LoadResult:
    names = ", ".join(_COLUMNS)
    new = stage.ids(
        f"INSERT INTO catalog_segment (id, code, {names}) SELECT segment_id, code, {names} FROM {FINAL}"
        " WHERE is_new ORDER BY level, row_number RETURNING id"
    )
    stage.run(_KEEP, languages=LANGUAGES)
    old, wanted = (", ".join(f"{alias}.{column}" for column in _COLUMNS) for alias in ("g", "f"))
    changed = stage.ids(
        f"UPDATE catalog_segment g SET changed_at = %(at)s, {', '.join(f'{c} = f.{c}' for c in _COLUMNS)}"
        f" FROM {FINAL} f WHERE g.id = f.segment_id AND NOT f.is_new AND ({old}) IS DISTINCT FROM ({wanted})"
        " RETURNING g.id"
    )
    moved = _straighten(stage) if changed else []
    archived = _archive_absent(stage) if stage.context.full else []
    stage.note(SEGMENTS, "segment", [*new, *changed, *moved, *archived])
    tell(stage)
    total = stage.number(f"SELECT count(*) FROM {FINAL}")
    return LoadResult(
        new=len(new),
        changed=len(changed),
        unchanged=total - len(new) - len(changed),
        archived=len(archived),
        rejected=stage.rejected(),
    )


def _straighten(stage: Stage) -> list[int]:
    """Branches below a segment that moved get their new paths."""
    return stage.ids(
        "WITH RECURSIVE tree AS (SELECT id, path FROM catalog_segment WHERE parent_id IS NULL UNION ALL"
        " SELECT c.id, t.path || c.id FROM tree t JOIN catalog_segment c ON c.parent_id = t.id)"
        " UPDATE catalog_segment g SET path = t.path, level = least(cardinality(t.path), 6) FROM tree t"
        " WHERE t.id = g.id AND g.path <> t.path RETURNING g.id"
    )


def _archive_absent(stage: Stage) -> list[int]:
    return stage.ids(
        "UPDATE catalog_segment g SET archived = true WHERE g.source = %(source)s AND NOT g.archived"
        f" AND {stage.lacks('g', ('code', 'code'))} RETURNING g.id"
    )
