"""Tables that remember, cell by cell, what a marked transaction changes in them.

A statement trigger with transition tables writes the differences in one set per statement; outside of a marked
transaction its condition is false and nothing happens. The mark is `altazion.run`, the table of differences
`altazion.changes`; both end with the transaction.
"""

from dataclasses import dataclass

_FUNCTION = """
CREATE OR REPLACE FUNCTION altazion_keep_change() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    target text := format('INSERT INTO %s (run_id, about, kind, row_id, label, scope, field, old, new) ',
                          current_setting('altazion.changes'));
    run text := current_setting('altazion.run')::bigint::text;
    named text := format('r.id, left((%s)::text, 250), left(coalesce((%s)::text, ''''), 250)', TG_ARGV[1], TG_ARGV[2]);
    plain text;
    inner_keys text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE target || format('SELECT %s, %L, ''added'', %s, '''', NULL, (%s)::text FROM after_rows r',
                                 run, TG_ARGV[0], named, TG_ARGV[3]);
    ELSIF TG_OP = 'DELETE' THEN
        EXECUTE target || format('SELECT %s, %L, ''removed'', %s, '''', to_jsonb(r)::text, NULL FROM before_rows r',
                                 run, TG_ARGV[0], named);
    ELSE
        SELECT string_agg(format('(%L, o.%I::text, r.%I::text)', attname, attname, attname), ', ')
                   FILTER (WHERE NOT by_key),
               coalesce(string_agg(format(
                   ' UNION ALL SELECT %L || k, (o.%I -> k)::text, (r.%I -> k)::text'
                   ' FROM jsonb_object_keys(o.%I || r.%I) k WHERE o.%I IS DISTINCT FROM r.%I',
                   attname || '.', attname, attname, attname, attname, attname, attname), '') FILTER (WHERE by_key), '')
        INTO plain, inner_keys
        FROM (SELECT attname, atttypid = 'jsonb'::regtype
              AND attname IN ('attributes', 'translations', 'said') AS by_key
              FROM pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped
              AND attname NOT IN ('id', 'created_at', 'updated_at', 'changed_at', 'since', 'said_at', 'said_by_run')
              ) columns;
        EXECUTE target || format(
            'SELECT %s, %L, CASE WHEN (f.field = ''state'' AND f.new = ''archived'') OR (f.field = ''archived'''
            ' AND f.new = ''true'') THEN ''archived'' ELSE ''changed'' END, %s, left(f.field, 120), f.old, f.new'
            ' FROM before_rows o JOIN after_rows r ON r.id = o.id CROSS JOIN LATERAL (SELECT * FROM (VALUES %s)'
            ' AS v (field, old, new) %s) AS f (field, old, new) WHERE f.old IS DISTINCT FROM f.new',
            run, TG_ARGV[0], named, plain, inner_keys);
    END IF;
    RETURN NULL;
END $body$
"""
_EVENTS = (
    ("INSERT", "NEW TABLE AS after_rows"),
    ("UPDATE", "OLD TABLE AS before_rows NEW TABLE AS after_rows"),
    ("DELETE", "OLD TABLE AS before_rows"),
)


@dataclass(frozen=True)
class Tracked:
    """A table that remembers.

    about: what its rows are, for people and for undoing. label, scope: SQL of a row `r` that say which one (an
    article's SKU; a store within it). summary: SQL of what is kept of an added row; the whole row if not given.
    """

    about: str
    table: str
    label: str
    scope: str = "''"
    summary: str = "to_jsonb(r)"


def function_sql() -> str:
    """The trigger function."""
    return _FUNCTION


def track_sql(tracked: Tracked) -> list[str]:
    """Statements that make a table remember."""
    words = ", ".join(
        "'" + word.replace("'", "''") + "'" for word in (tracked.about, tracked.label, tracked.scope, tracked.summary)
    )
    return [
        f"CREATE TRIGGER keep_{event.lower()} AFTER {event} ON {tracked.table} REFERENCING {tables}"
        " FOR EACH STATEMENT WHEN (coalesce(current_setting('altazion.run', true), '') <> '')"
        f" EXECUTE FUNCTION altazion_keep_change({words})"
        for event, tables in _EVENTS
    ]


def untrack_sql(tracked: Tracked) -> list[str]:
    """Statements that make it forget to."""
    return [f"DROP TRIGGER IF EXISTS keep_{event.lower()} ON {tracked.table}" for event, _ in _EVENTS]
