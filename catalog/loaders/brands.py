"""Brands by code or by name, with their page (annex A)."""

from altazion.lib.loading import LoadContext, LoadResult
from altazion.lib.staging import Stage
from altazion.lib.text import slug
from catalog.loaders.events import BRANDS, tell
from catalog.loaders.names import free_word
from catalog.loaders.words import clean_pages, merged, reject_odd
from catalog.selectors.addresses import LANGUAGES

WORK = "load_brands"
_TEXTS = ("name", "website", "image", "banner", "intro", "header", "meta_title", "meta_description")
_TYPES = {
    **dict.fromkeys(_TEXTS, "text"),
    "slug": "text",
    "importance": "integer",
    "is_own": "boolean",
    "translations": "jsonb",
}
# A brand that articles named before it had a code is met by its name.
_MATCH = """
SELECT s.row_number, s.code, {fields}, b.id, NULL::text AS word FROM {staged} s LEFT JOIN catalog_brand b ON b.id =
    coalesce((SELECT c.id FROM catalog_brand c WHERE c.code = s.code), (SELECT min(n.id) FROM catalog_brand n
              WHERE lower(n.name) = lower({name}) AND NOT EXISTS (SELECT 1 FROM {staged} o WHERE o.code = n.code)))
WHERE NOT EXISTS (SELECT 1 FROM {rejects} r WHERE r.row_number = s.row_number)
"""
_ADDRESS = "'^(https?://[^[:space:]]+|[[:alnum:]_][^:]*|)$'"
_KEEP = f"""
INSERT INTO stores_formeraddress (language, path, target_kind, target_id, target_path, cause, since)
SELECT language, 'b/' || lower(b.slug), 'brand', b.id, '', 'renamed', %(at)s
  FROM {WORK} w JOIN catalog_brand b ON b.id = w.id CROSS JOIN unnest(%(languages)s::text[]) language
 WHERE w.word <> b.slug AND coalesce(b.translations -> language ->> 'slug', '') = ''
    ON CONFLICT (path, language, channel_id) DO UPDATE SET target_kind = 'brand', target_id = EXCLUDED.target_id,
       target_path = '', cause = 'renamed', since = EXCLUDED.since
"""


def merge_brands(context: LoadContext) -> LoadResult:
    """Make and change brands; what a file does not say stays, and an address that changes leads on.

    Refused: the same brand twice, addresses that are none, importance above 999. Whole file: nothing is archived, for
    articles may name a brand that the file of brands lacks.
    """
    with Stage(context) as stage:
        parts = {"fields": stage.fields(_TYPES), "name": stage.column("name", "text")}
        stage.work_table(WORK, _MATCH, parts)
        twice = f"EXISTS (SELECT 1 FROM {WORK} o WHERE o.row_number < w.row_number AND o.id = w.id)"
        stage.reject(WORK, "code", "duplicate_key", value="w.code", where=twice)
        many = "w.importance NOT BETWEEN 0 AND 999"
        stage.reject(WORK, "importance", "out_of_range", value="w.importance", where=many)
        for name in ("image", "banner", "website"):
            if stage.has(name):
                known = _ADDRESS if name != "website" else "'^(https?://[^[:space:]]+|)$'"
                bad = f"length(w.{name}) > {200 if name == 'website' else 500} OR w.{name} !~ {known}"
                stage.reject(WORK, name, "bad_address", value=f"w.{name}", where=bad)
        reject_odd(stage, WORK)
        _give_words(stage)
        clean_pages(stage, WORK, "row_number", ("intro", "header"))
        return _write(stage)


def _give_words(stage: Stage) -> None:
    """Words for the address: what the file says where it is free, else the name's; known brands keep theirs."""
    rows = stage.rows(
        f"SELECT w.row_number, coalesce(w.slug, ''), coalesce(nullif(w.name, ''), w.code) FROM {WORK} w"
        " LEFT JOIN catalog_brand b ON b.id = w.id WHERE b.id IS NULL OR (w.slug IS NOT NULL AND w.slug <> b.slug)"
        " ORDER BY 1"
    )
    taken = set(
        stage.words("SELECT slug FROM catalog_brand UNION SELECT translations #>> '{{en,slug}}' FROM catalog_brand")
    )
    words = [(number, free_word(slug(said or name, 100), taken, 120)) for number, said, name in rows]
    stage.run(
        f"UPDATE {WORK} w SET word = n.word FROM unnest(%(rows)s::bigint[], %(words)s::text[]) AS n (row, word)"
        " WHERE n.row = w.row_number",
        rows=[number for number, _word in words],
        words=[word for _number, word in words],
    )


def _write(stage: Stage) -> LoadResult:
    stage.run(_KEEP, languages=LANGUAGES)
    texts = ", ".join(f"coalesce({name}, '')" for name in _TEXTS if name != "name")
    names = ", ".join(name for name in _TEXTS if name != "name")
    new = stage.ids(
        f"INSERT INTO catalog_brand (code, name, slug, importance, is_own, archived, translations, changed_at, {names})"
        " SELECT code, coalesce(nullif(name, ''), code), word, coalesce(importance, 100), coalesce(is_own, false),"
        f" false, coalesce(translations, '{{{{}}}}'), %(at)s, {texts} FROM {WORK} WHERE id IS NULL ORDER BY row_number"
        " RETURNING id"
    )
    said = {name: f"coalesce(w.{name}, b.{name})" for name in (*_TEXTS, "importance", "is_own")}
    said |= {"name": "coalesce(nullif(w.name, ''), b.name)", "slug": "coalesce(w.word, b.slug)", "code": "w.code"}
    said["translations"] = merged("b.translations", "coalesce(w.translations, '{{}}')")
    said["archived"] = "false"
    old = ", ".join(f"b.{name}" for name in said)
    changed = stage.ids(
        f"UPDATE catalog_brand b SET {', '.join(f'{name} = {value}' for name, value in said.items())},"
        f" changed_at = %(at)s FROM {WORK} w WHERE b.id = w.id"
        f" AND ({old}) IS DISTINCT FROM ({', '.join(said.values())}) RETURNING b.id"
    )
    total = stage.number(f"SELECT count(*) FROM {WORK}")
    stage.note(BRANDS, "brand", [*new, *changed])
    tell(stage)
    return LoadResult(
        new=len(new), changed=len(changed), unchanged=total - len(new) - len(changed), rejected=stage.rejected()
    )
