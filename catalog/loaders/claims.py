"""What a source says of products that others speak of too: kept beside them, and taken only where it is believed.

An import whose source alone speaks of its products passes through with two questions to the database. Of the others
every row's words are compared with what the source said before and the difference is written to its claim; words that
lose to a better source, or to a lock, then leave the working rows, as if the file did not say them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from altazion.lib.staging import Stage
from catalog.enums import SourceKind
from catalog.rules import sources as rules

HEARD, RANKS, LOCKS, LOST = "load_claims", "load_ranks", "load_locks", "load_lost"
NONE = "jsonb_build_object()"
_TEXTS = f"""coalesce((SELECT jsonb_object_agg('translations.' || l.key || '.' || t.key, t.value)
    FROM jsonb_each({{0}}.translations) l, jsonb_each(CASE jsonb_typeof(l.value) WHEN 'object' THEN l.value
    ELSE {NONE} END) t WHERE t.value <> to_jsonb(''::text)), {NONE})"""
_ATTRIBUTES = f"""coalesce((SELECT jsonb_object_agg('attributes.' || a.key, a.value)
    FROM jsonb_each({{0}}.attributes) a WHERE a.value NOT IN (to_jsonb(''::text), 'null'::jsonb)), {NONE})"""
# What the product itself holds of what its first source feeds (of everything, when nobody but colleagues fed it), where
# nobody has a claim yet.
_OWN = f"""coalesce((SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(%s) f
    WHERE (p.source = '' OR f.key = ANY(%%(sizes)s) OR split_part(f.key, '.', 1) = ANY(p.fed_fields)
    OR (f.key = 'family' AND 'subfamily' = ANY(p.fed_fields)) OR left(f.key, 60) = ANY(p.fed_fields)) AND t.said ? f.key
    AND NOT f.key = ANY(coalesce(k.keys, ARRAY[]::text[]))), {NONE})"""
LOCKED = """
SELECT t.product_id, l.id AS lock_id FROM {of} t JOIN catalog_fieldlock l ON l.product_id = t.product_id
    WHERE l.until IS NULL OR l.until > %(at)s
UNION SELECT t.product_id, l.id FROM {of} t JOIN catalog_product p ON p.id = t.product_id
    JOIN catalog_family y ON y.id = p.family_id JOIN catalog_fieldlock l ON l.family_id IN (y.id, y.parent_id)
    WHERE l.until IS NULL OR l.until > %(at)s
UNION SELECT t.product_id, l.id FROM {of} t JOIN catalog_product p ON p.id = t.product_id
    JOIN catalog_productsegment s ON s.product_id = coalesce(p.parent_id, p.id)
    JOIN catalog_segment g ON g.id = s.segment_id JOIN catalog_fieldlock l ON l.segment_id = ANY(g.path)
    WHERE l.until IS NULL OR l.until > %(at)s
"""


@dataclass
class Voices:
    """Sources and who speaks. flows_of: source → flows. elsewhere: flows of all sources but the usual one."""

    speaker: int = 0
    hand: int = 0
    usual: int = 0
    order: list[int] = field(default_factory=list)
    flows_of: dict[int, list[str]] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    fields_of: dict[int, list[str]] = field(default_factory=dict)


def voices(stage: Stage, flow: str) -> Voices:
    """Who speaks through a flow, among whom. The usual sources are made where there is none."""
    rows = stage.rows("SELECT id, kind, is_usual, flows, fields FROM catalog_source ORDER BY position, id")
    if not any(row[2] for row in rows) or not any(row[1] == SourceKind.HAND for row in rows):
        make_usual(stage)
        rows = stage.rows("SELECT id, kind, is_usual, flows, fields FROM catalog_source ORDER BY position, id")
    found = Voices(order=[row[0] for row in rows])
    for pk, kind, is_usual, flows, fields in rows:
        found.flows_of[pk], found.fields_of[pk] = flows, fields
        if kind == SourceKind.HAND:
            found.hand = pk
        elif is_usual:
            found.usual = pk
        else:
            found.elsewhere += flows
    found.speaker = next((pk for pk, flows in found.flows_of.items() if flow in flows), found.usual)
    return found


def make_usual(stage: Stage) -> None:
    """The sources that a new house starts with."""
    for code, name, kind, position, usual in USUAL:
        stage.run(
            "INSERT INTO catalog_source (code, name, kind, position, flows, is_usual) VALUES"
            " (%(code)s, %(name)s, %(kind)s, %(position)s, ARRAY[]::varchar[], %(usual)s) ON CONFLICT DO NOTHING",
            code=code,
            name=name,
            kind=kind,
            position=position,
            usual=usual,
        )


USUAL = (
    ("overlay", "Surcharge", SourceKind.OVERLAY.value, 10, False),
    ("supplier", "Fournisseurs", SourceKind.SUPPLIER.value, 20, False),
    ("erp", "ERP", SourceKind.ERP.value, 30, True),
    ("hand", "À la main", SourceKind.HAND.value, 40, False),
)


def flat(alias: str, fields: Collection[str] | None = None) -> str:
    """SQL: what a row of products holds, field by field; of some fields only, if given."""
    texts = ", ".join(
        f"'{name}', {f'nullif({alias}.{column}, {chr(39) * 2})' if kind == 'text' else f'{alias}.{column}'}"
        for name, (column, kind) in rules.COLUMNS.items()
        if fields is None or name in fields
    )
    parts = [f"jsonb_strip_nulls(jsonb_build_object({texts}))"]
    if fields is None or any(name.startswith(rules.ATTRIBUTE) for name in fields):
        parts.append(_ATTRIBUTES.format(alias))
    if fields is None or any(name.startswith(rules.TRANSLATION) for name in fields):
        parts.append(_TEXTS.format(alias))
    return f"({' || '.join(parts)})"


def hear(
    stage: Stage,
    work: str,
    said: Mapping[str, str],
    columns: Mapping[str, tuple[str, ...]],
    inner: tuple[str, ...] = (),
) -> list[str]:
    """Keep what the file says of contested products, and leave in `work` (alias w) what its source is believed in.

    said: field → SQL of its value; columns: field → columns of `work` that are emptied when it loses. inner: which of
    attributes and translations the file gives. Returns sentences for the run.
    """
    stage.run(f"DROP TABLE IF EXISTS {HEARD}")
    who = voices(stage, stage.context.source)
    locks = stage.rows("SELECT id, field FROM catalog_fieldlock WHERE until IS NULL OR until > %(at)s")
    fields = _fields(stage) if locks else []
    _lock_rows(stage, work, locks, fields)
    locked = [name for name in fields if any(rules.covers(lock, name) for _pk, lock in locks)]
    _find(stage, work, said, inner, who, locked)
    if not stage.number(f"SELECT count(*) FROM {HEARD}"):
        return []
    stage.run(f"CREATE INDEX ON {HEARD} (product_id)")
    spoken = stage.words(f"SELECT DISTINCT jsonb_object_keys(said) FROM {HEARD}")
    keep_own(stage, HEARD, who, spoken)
    _keep_said(stage, who)
    _rank(stage, who, fields or _fields(stage))
    kept = _lose(stage, who)
    _narrow(stage, work, columns, inner)
    return kept


def hear_articles(stage: Stage) -> list[str]:
    """`hear` for files of articles, once names have become ids."""
    given = {name: f"w.{name}" for name in (*rules.TEXTS, "stock_type", "importance", "weight_g") if stage.has(name)}
    for name, most in rules.LENGTHS.items():
        if name in given:
            given[name] = f"left(w.{name}, {most})"
    columns: dict[str, tuple[str, ...]] = {name: (name,) for name in given}
    if stage.has("brand"):
        given["brand"], columns["brand"] = "w.brand_id", ("brand", "brand_id")
    if stage.has("family"):
        given["family"], columns["family"] = "w.family_id", ("family", "subfamily", "family_id")
    if stage.has("vat_rate"):
        given["vat_rate"] = "(SELECT min(v.id) FROM catalog_vatrate v WHERE v.rate = w.vat_rate)"
        columns["vat_rate"] = ("vat_rate",)
    inner = tuple(name for name in ("attributes", "translations") if stage.has(name))
    return hear(stage, "load_articles", given, columns, inner)


def keep_own(stage: Stage, of: str, who: Voices, fields: Collection[str]) -> None:
    """The first source's words, as products hold them, in fields of which another speaks now. No run undoes this.

    of: the products and what is said of them (`product_id`, `said`); fields: all that is said there.
    """
    stage.run("SELECT set_config('altazion.quiet', current_setting('altazion.run', true), true)")
    stage.run("SELECT set_config('altazion.run', '', true)")
    firsts = stage.ids(
        f"WITH keys AS MATERIALIZED (SELECT c.product_id, array_agg(k.key) AS keys FROM {of} t JOIN catalog_claim c"
        " USING (product_id) CROSS JOIN LATERAL jsonb_object_keys(c.said) AS k (key) GROUP BY 1)"
        " INSERT INTO catalog_claim AS c (product_id, source_id, said, since, said_at, said_by_run)"
        f" SELECT o.id, o.source_id, o.said, {NONE}, o.said_at, o.run_id FROM (SELECT p.id, v.source_id,"
        f" {_OWN % flat('p', fields)} AS said, coalesce(d.taken_at, p.updated_at) AS said_at, d.run_id"
        f" FROM {of} t JOIN catalog_product p ON p.id = t.product_id"
        f" CROSS JOIN LATERAL (SELECT {_voice_of('p.source')} AS source_id) v"
        " LEFT JOIN keys k ON k.product_id = p.id"
        " LEFT JOIN catalog_fedrow d ON d.product_id = p.id AND d.source = p.source"
        f" WHERE v.source_id <> %(voice)s) o WHERE o.said <> {NONE}"
        " ON CONFLICT (product_id, source_id) DO UPDATE SET said = excluded.said || c.said RETURNING source_id",
        sizes=list(rules.SIZES),
        **_who(who),
    )
    stage.run("SELECT set_config('altazion.run', coalesce(current_setting('altazion.quiet', true), ''), true)")
    for source in {*firsts, who.speaker}:
        new = sorted(set(fields) - set(who.fields_of.get(source, ())))
        if new:
            stage.run("UPDATE catalog_source SET fields = fields || %(new)s WHERE id = %(id)s", new=new, id=source)


def _who(who: Voices) -> dict[str, Any]:
    pairs = [(flow, pk) for pk, flows in who.flows_of.items() for flow in flows]
    return {
        "hand": who.hand,
        "usual": who.usual,
        "voice": who.speaker,
        "voice_flows": [flow for flow, _ in pairs],
        "voice_ids": [pk for _, pk in pairs],
    }


def _voice_of(column: str) -> str:
    known = (
        f"(ARRAY[NULL, %(usual)s] || %(voice_ids)s::bigint[])[array_position(%(voice_flows)s::text[], {column}) + 2]"
    )
    return f"(CASE WHEN {column} = '' THEN %(hand)s ELSE coalesce({known}, %(usual)s) END)::bigint"


def _fields(stage: Stage) -> list[str]:
    codes = stage.words("SELECT code FROM catalog_attribute")
    return rules.fields_with(codes, [code for code, _name in settings.LANGUAGES])


def _lock_rows(stage: Stage, work: str, locks: list[tuple[int, str]], fields: list[str]) -> None:
    """A table of what is locked among the products of a working table."""
    stage.run(f"DROP TABLE IF EXISTS {LOCKS}")
    if not locks:
        stage.run(f"CREATE TEMP TABLE {LOCKS} (product_id bigint, field text) ON COMMIT DROP")
        return
    pairs = [(pk, name) for pk, lock in locks for name in fields if rules.covers(lock, name)]
    stage.work_table(
        LOCKS,
        f"SELECT DISTINCT x.product_id, f.field FROM ({LOCKED.replace('{of}', work)}) x JOIN"
        " unnest(%(locks)s::bigint[], %(fields)s::text[]) AS f (lock_id, field) USING (lock_id)",
        locks=[pk for pk, _ in pairs],
        fields=[name for _, name in pairs],
    )
    stage.run(f"CREATE INDEX ON {LOCKS} (product_id)")


def _find(
    stage: Stage, work: str, said: Mapping[str, str], inner: tuple[str, ...], who: Voices, locked: list[str]
) -> None:
    """Rows of products that others speak of: what they say, and what they take back (an empty text)."""
    others = stage.number("SELECT EXISTS (SELECT 1 FROM catalog_claim WHERE source_id <> %(voice)s)::int", **_who(who))
    contested = [f"{_voice_of('p.source')} <> %(voice)s"]
    if others:
        contested.append(
            "EXISTS (SELECT 1 FROM catalog_claim o WHERE o.product_id = p.id AND o.source_id <> %(voice)s)"
        )
    if stage.number(f"SELECT EXISTS (SELECT 1 FROM {LOCKS})::int"):
        contested.append(f"p.id IN (SELECT product_id FROM {LOCKS})")
    asked = {one for pk, names in who.fields_of.items() if pk != who.speaker for one in names} | set(locked)
    words, some = _words(said, inner, None), _words(said, inner, asked)
    empty = [f"CASE WHEN {said[name]} = '' THEN '{name}' END" for name in said if rules.COLUMNS[name][1] == "text"]
    gone = f"array_remove(ARRAY[{', '.join(empty)}]::text[], NULL)"
    if "attributes" in inner:
        gone += (
            " || ARRAY(SELECT 'attributes.' || a.key FROM jsonb_each(w.attributes) a"
            " WHERE a.value IN (to_jsonb(''::text), 'null'::jsonb))"
        )
    stage.work_table(
        HEARD,
        f"SELECT w.product_id, CASE WHEN {_voice_of('p.source')} = %(voice)s THEN {some} ELSE {words} END AS said,"
        f" {gone} AS gone FROM {work} w JOIN catalog_product p ON p.id = w.product_id WHERE {' OR '.join(contested)}",
        analyze="product_id",
        **_who(who),
        codes=[name.removeprefix(rules.ATTRIBUTE) for name in asked if name.startswith(rules.ATTRIBUTE)],
    )


def _words(said: Mapping[str, str], inner: tuple[str, ...], asked: set[str] | None) -> str:
    """SQL: what a working row says; only of what is asked, when somebody who was first speaks."""
    pairs = ", ".join(
        f"'{name}', {f'nullif({value}, {chr(39) * 2})' if rules.COLUMNS[name][1] == 'text' else value}"
        for name, value in said.items()
        if asked is None or name in asked
    )
    words = f"jsonb_strip_nulls(jsonb_build_object({pairs}))"
    if "attributes" in inner:
        part = _ATTRIBUTES.format("w")
        words += f" || {part}" if asked is None else f" || {part.replace('WHERE', 'WHERE a.key = ANY(%(codes)s) AND')}"
    if "translations" in inner and (asked is None or any(name.startswith(rules.TRANSLATION) for name in asked)):
        words += f" || {_TEXTS.format('w')}"
    return words


def _keep_said(stage: Stage, who: Voices) -> None:
    """The speaker's claims, where they differ from what it said before."""
    stage.run(
        "UPDATE catalog_claim c SET said = (c.said || h.said) - h.gone,"
        " since = (c.since || coalesce((SELECT jsonb_object_agg(k.key, jsonb_build_array(%(at)s::timestamptz, %(run)s))"
        f" FROM jsonb_each(h.said) k WHERE c.said -> k.key IS DISTINCT FROM k.value), {NONE})) - h.gone"
        f" FROM {HEARD} h WHERE c.product_id = h.product_id AND c.source_id = %(voice)s"
        " AND ((c.said || h.said) - h.gone) IS DISTINCT FROM c.said",
        voice=who.speaker,
    )
    stage.run(
        "INSERT INTO catalog_claim (product_id, source_id, said, since, said_at, said_by_run)"
        f" SELECT h.product_id, %(voice)s, h.said, {NONE}, %(at)s, %(run)s FROM {HEARD} h"
        f" WHERE h.said <> {NONE} ON CONFLICT (product_id, source_id) DO NOTHING",
        voice=who.speaker,
    )


def _rank(stage: Stage, who: Voices, fields: list[str]) -> None:
    """A table of who is believed before the speaker, and in what."""
    orders = dict(stage.rows("SELECT field, sources FROM catalog_fieldorder"))
    better = [
        (source, name)
        for name in fields
        for ranked in [rules.ranked(name, who.order, orders)]
        for source in ranked[: ranked.index(who.speaker)]
    ]
    stage.work_table(
        RANKS,
        "SELECT * FROM unnest(%(sources)s::bigint[], %(fields)s::text[]) AS r (source_id, field)",
        sources=[source for source, _ in better],
        fields=[name for _, name in better],
    )


def _lose(stage: Stage, who: Voices) -> list[str]:
    """A table of the words that are not taken; returns what the run tells of locks."""
    stage.work_table(
        LOST,
        f"SELECT h.product_id, k.field, false AS locked FROM {HEARD} h JOIN catalog_claim o USING (product_id)"
        f" JOIN {RANKS} r USING (source_id) CROSS JOIN LATERAL (SELECT r.field) k"
        " WHERE o.source_id <> %(voice)s AND o.said ? k.field AND (h.said ? k.field OR k.field = ANY(h.gone))"
        f" UNION SELECT h.product_id, l.field, true FROM {HEARD} h JOIN {LOCKS} l USING (product_id)"
        " WHERE h.said ? l.field OR l.field = ANY(h.gone)",
        voice=who.speaker,
    )
    # What the speaker takes back falls to whoever is next: `settle` puts it there.
    stage.run(
        f"INSERT INTO {LOST} SELECT h.product_id, g.field, false FROM {HEARD} h, unnest(h.gone) AS g (field)"
        " WHERE EXISTS (SELECT 1 FROM catalog_claim o WHERE o.product_id = h.product_id AND o.said ? g.field"
        " AND o.source_id <> %(voice)s)",
        voice=who.speaker,
    )
    differing = (
        f"SELECT p.id, p.sku, l.field, {flat('p')} -> l.field AS old, h.said -> l.field AS new FROM {LOST} l"
        f" JOIN {HEARD} h USING (product_id) JOIN catalog_product p ON p.id = l.product_id WHERE l.locked"
        f" AND NOT EXISTS (SELECT 1 FROM {LOST} b WHERE b.product_id = l.product_id AND b.field = l.field"
        " AND NOT b.locked)"
    )
    if not stage.number(f"SELECT EXISTS (SELECT 1 FROM {LOST} WHERE locked)::int"):
        return []
    stage.work_table("load_kept", f"SELECT * FROM ({differing}) d WHERE d.old IS DISTINCT FROM d.new")
    kept = stage.number("SELECT count(*) FROM load_kept")
    if kept and stage.context.changes:
        stage.run(
            "INSERT INTO {changes} (run_id, about, kind, row_id, label, scope, field, old, new)"
            " SELECT %(run)s, 'product', 'kept', id, sku, '', left(field, 120), old #>> ARRAY[]::text[],"
            " new #>> ARRAY[]::text[] FROM load_kept"
        )
    return [kept_words(kept)] if kept else []


def kept_words(count: int) -> str:
    """What a run says of locks."""
    return ngettext("%d value kept by a lock.", "%d values kept by locks.", count) % count


def _narrow(stage: Stage, work: str, columns: Mapping[str, tuple[str, ...]], inner: tuple[str, ...]) -> None:
    if not stage.number(f"SELECT EXISTS (SELECT 1 FROM {LOST})::int"):
        return
    sets = [
        f"{column} = CASE WHEN '{name}' = ANY(l.fields) THEN NULL ELSE w.{column} END"
        for name, names in columns.items()
        for column in names
    ]
    if "attributes" in inner:
        codes = "ARRAY(SELECT substr(f, 12) FROM unnest(l.fields) f WHERE left(f, 11) = 'attributes.')"
        sets.append(f"attributes = w.attributes - {codes}")
    if "translations" in inner:
        sets.append(
            "translations = (SELECT jsonb_object_agg(t.key, t.value - ARRAY(SELECT split_part(f, '.', 3)"
            " FROM unnest(l.fields) f WHERE f LIKE 'translations.' || t.key || '.%%'))"
            " FROM jsonb_each(w.translations) t WHERE jsonb_typeof(t.value) = 'object')"
        )
    stage.run(
        f"UPDATE {work} w SET {', '.join(sets)} FROM (SELECT product_id, array_agg(field) AS fields FROM {LOST}"
        " GROUP BY 1) l WHERE l.product_id = w.product_id"
    )
