"""Brands, families and segments that a file names: found by name, made where they are missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from altazion.lib.staging import Stage
from altazion.lib.text import slug
from catalog.enums import SegmentKind
from catalog.loaders.article_rows import NAMES, WORK

Path = tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """Where the ids of one column stand: joined to the working rows (alias w), so that each row is written once."""

    column: str
    table: str
    on: str
    values: dict[str, Any] = field(default_factory=dict)


def resolve_names(stage: Stage) -> None:
    """Give every working row the ids of its brand, its family and the segment at the end of its path."""
    found: list[_Found] = []
    if stage.has("brand"):
        found.append(_brands(stage))
    if stage.has("family"):
        found += _families(stage)
    if stage.has(*NAMES):
        found += _segments(stage)
    if found:
        sets = ", ".join(f"{one.column} = {one.column}_found.id" for one in found)
        joins = " ".join(f"LEFT JOIN {one.table} AS {one.column}_found {one.on}" for one in found)
        stage.run(
            f"UPDATE {WORK} t SET {sets} FROM {WORK} w {joins} WHERE w.row_number = t.row_number",
            **{name: value for one in found for name, value in one.values.items()},
        )


def free_word(wanted: str, taken: set[str], length: int) -> str:
    """The word itself, or with the first number that makes it new; it is taken from then on."""
    word, number = wanted[:length], 2
    while word in taken:
        word, number = f"{wanted[: length - 6]}-{number}", number + 1
    taken.add(word)
    return word


def _brands(stage: Stage) -> _Found:
    missing = stage.words(
        f"SELECT min(w.brand) FROM {WORK} w WHERE w.brand IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM catalog_brand b WHERE lower(b.name) = lower(w.brand)) GROUP BY lower(w.brand) ORDER BY 1"
    )
    if missing:
        slugs = set(stage.words("SELECT slug FROM catalog_brand UNION SELECT code FROM catalog_brand"))
        words = [free_word(slug(name, 50), slugs, 60) for name in missing]
        stage.run(
            "INSERT INTO catalog_brand (code, name, slug, importance, is_own, website, intro, image, archived)"
            " SELECT word, name, word, 100, false, '', '', '', false FROM unnest(%(words)s::text[],"
            " %(names)s::text[]) AS n (word, name)",
            words=words,
            names=missing,
        )
    return _Found(
        "brand_id",
        "(SELECT lower(name) AS name, min(id) AS id FROM catalog_brand GROUP BY 1)",
        "ON brand_id_found.name = lower(w.brand)",
    )


def _families(stage: Stage) -> list[_Found]:
    sub = "w.subfamily" if stage.has("subfamily") else "NULL"
    wanted = stage.rows(f"SELECT DISTINCT w.family, {sub} FROM {WORK} w WHERE w.family IS NOT NULL ORDER BY 1, 2")
    known = {
        (parent, name.lower()): pk
        for pk, parent, name in stage.rows("SELECT id, parent_id, name FROM catalog_family ORDER BY id DESC")
    }
    codes = set(stage.words("SELECT code FROM catalog_family"))
    found: list[tuple[str, str | None, int]] = []
    for family, subfamily in wanted:
        above = _family(stage, known, codes, None, family)
        found.append((family, subfamily, _family(stage, known, codes, above, subfamily) if subfamily else above))
    values = {
        "families": [row[0] for row in found],
        "subs": [row[1] or "" for row in found],
        "family_ids": [row[2] for row in found],
    }
    given = "unnest(%(families)s::text[], %(subs)s::text[], %(family_ids)s::bigint[])"
    table = f"(SELECT * FROM {given} AS f (family, sub, id))"
    on = f"ON family_id_found.family = w.family AND family_id_found.sub = coalesce({sub}, '')"
    return [_Found("family_id", table, on, values)] if found else []


def _family(stage: Stage, known: dict[Any, int], codes: set[str], parent: int | None, name: str) -> int:
    key = (parent, name.lower())
    if key not in known:
        known[key] = stage.number(
            "INSERT INTO catalog_family (code, name, parent_id) VALUES (%(code)s, %(name)s, %(parent)s) RETURNING id",
            code=free_word(slug(name, 50), codes, 60),
            name=name,
            parent=parent,
        )
    return known[key]


def _segments(stage: Stage) -> list[_Found]:
    columns = ", ".join(f"w.{name}" for name in NAMES if stage.has(name))
    rows = stage.rows(f"SELECT DISTINCT {columns} FROM {WORK} w WHERE w.segment_1 IS NOT NULL ORDER BY {columns}")
    paths = [tuple(name for name in row if name) for row in rows]
    ids = find_or_make_paths(stage, paths)
    values = {"paths": ["\x1f".join(path) for path in ids], "path_ids": list(ids.values())}
    table = "(SELECT * FROM unnest(%(paths)s::text[], %(path_ids)s::bigint[]) AS p (path, id))"
    on = f"ON segment_id_found.path = concat_ws(E'\\x1f', {columns})"
    return [_Found("segment_id", table, on, values)] if ids else []


def find_or_make_paths(stage: Stage, paths: Iterable[Path]) -> dict[Path, int]:
    """The id of the segment at the end of each path of names, made (with those above it) where there is none."""
    known: dict[tuple[int | None, str], int] = {
        (parent, name.lower()): pk
        for pk, parent, name in stage.rows(
            "SELECT id, parent_id, name FROM catalog_segment ORDER BY archived DESC, id DESC"
        )
    }
    words = set(stage.words("SELECT slug FROM catalog_segment UNION SELECT code FROM catalog_segment"))
    found: dict[Path, int] = {}
    new: list[dict[str, Any]] = []
    for path in paths:
        above: int | None = None
        ids: list[int] = []
        for level, name in enumerate(path, 1):
            key = (above, name.lower())
            if key not in known:
                known[key] = stage.number("SELECT nextval('catalog_segment_id_seq')")
                plain = slug(name, 50)
                word = plain if plain not in words or level == 1 else slug(f"{path[level - 2]} {name}", 50)
                word = free_word(word, words, 60)
                new.append({"id": known[key], "word": word, "name": name, "parent": above, "path": [*ids, known[key]]})
            above = known[key]
            ids.append(above)
        found[path] = ids[-1]
    _insert_segments(stage, new)
    return found


def _insert_segments(stage: Stage, new: list[dict[str, Any]]) -> None:
    if not new:
        return
    stage.run(
        "INSERT INTO catalog_segment (id, code, slug, name, parent_id, path, level, kind, importance, position, intro,"
        " image, translations, archived, source, fed_fields)"
        " SELECT id, word, word, name, parent, string_to_array(path, ',')::bigint[],"
        " cardinality(string_to_array(path, ',')), %(kind)s, 100, 0, '', '', '{{}}', false, %(source)s, '{{}}'"
        " FROM unnest(%(ids)s::bigint[], %(words)s::text[], %(names)s::text[], %(parents)s::bigint[],"
        " %(paths)s::text[])"
        " AS n (id, word, name, parent, path)",
        kind=SegmentKind.LISTED.value,
        ids=[row["id"] for row in new],
        words=[row["word"] for row in new],
        names=[row["name"] for row in new],
        parents=[row["parent"] for row in new],
        paths=[",".join(map(str, row["path"])) for row in new],
    )
    stage.note("catalog.segments_changed", "segment", [row["id"] for row in new])
