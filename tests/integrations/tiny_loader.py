"""A loader into a table of its own, so that the engine is tested without any room above it."""

from django.db import connection

from altazion.lib.loading import LoadContext, LoadResult


def make_table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS tiny (code text PRIMARY KEY, parent text, name text, position int)")


def drop_table():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tiny")


def content():
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, name FROM tiny ORDER BY code")
        return dict(cursor.fetchall())


def merge(context: LoadContext) -> LoadResult:
    """Categories: unknown parents are refused, parents in the same file are known."""
    parent = "t.parent_code" if "parent_code" in context.fields else "NULL::text"
    name = "t.name" if "name" in context.fields else "NULL::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {context.rejects} SELECT t.row_number, 'parent_code', 'unknown_parent', {parent}"
            f" FROM {context.table} t WHERE {parent} IS NOT NULL AND NOT EXISTS"
            f" (SELECT 1 FROM {context.table} p WHERE p.code = {parent})"
            f" AND NOT EXISTS (SELECT 1 FROM tiny WHERE code = {parent})"
        )
        cursor.execute(
            f"CREATE TEMP TABLE good ON COMMIT DROP AS SELECT t.code, {parent} AS parent, {name} AS name"
            f" FROM {context.table} t WHERE NOT EXISTS"
            f" (SELECT 1 FROM {context.rejects} r WHERE r.row_number = t.row_number)"
        )
        cursor.execute("SELECT count(*) FROM good")
        total = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE tiny SET name = g.name, parent = g.parent FROM good g WHERE g.code = tiny.code"
            " AND (tiny.name, tiny.parent) IS DISTINCT FROM (g.name, g.parent)"
        )
        changed = cursor.rowcount
        cursor.execute("INSERT INTO tiny (code, parent, name) SELECT * FROM good ON CONFLICT (code) DO NOTHING")
        new = cursor.rowcount
        archived = 0
        if context.full:
            cursor.execute("DELETE FROM tiny WHERE NOT EXISTS (SELECT 1 FROM good WHERE good.code = tiny.code)")
            archived = cursor.rowcount
        cursor.execute("DROP TABLE good")
    return LoadResult(new=new, changed=changed, unchanged=total - new - changed, archived=archived)
