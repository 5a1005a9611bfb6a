"""Hands rows to a loader as the import engine would: a typed staging table, a rejects table, a context."""

import dataclasses
import itertools
import json

from django.db import connection
from psycopg import sql

from altazion.lib.loading import LoadContext, LoadResult
from integrations.formats import ENTITIES
from tests.builders import AT

_runs = itertools.count(1000)


@dataclasses.dataclass
class Load:
    result: LoadResult
    rejects: set

    @property
    def counts(self):
        return (self.result.new, self.result.changed, self.result.unchanged, self.result.rejected)


def load(entity, loader, *rows, source="erp", full=False, at=AT):
    """Run `loader` over these rows (dicts); a field that no row names is not in the file."""
    run = next(_runs)
    spec = ENTITIES[entity]
    names = [name for name in spec.fields if any(name in row for row in rows)]
    types = {name: spec.fields[name].type.value for name in names}
    with connection.cursor() as cursor:
        columns = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(types[n])) for n in names)
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE stage_{r} (row_number bigint, {c})").format(r=sql.SQL(str(run)), c=columns)
        )
        cursor.execute(f"CREATE TEMP TABLE rejects_{run} (row_number bigint, field text, code text, value text)")
        for number, row in enumerate(rows, 2):
            values = [json.dumps(row[n]) if types[n] == "jsonb" and n in row else row.get(n) for n in names]
            marks = ", ".join(["%s"] * (len(names) + 1))
            cursor.execute(f"INSERT INTO stage_{run} VALUES ({marks})", [number, *values])
        result = loader(
            LoadContext(
                table=f'"stage_{run}"',
                rejects=f'"rejects_{run}"',
                fields=frozenset(names),
                run_id=run,
                source=source,
                at=at,
                full=full,
            )
        )
        cursor.execute(f"SELECT row_number, field, code FROM rejects_{run}")
        rejects = set(cursor.fetchall())
        cursor.execute(f"DROP TABLE stage_{run}, rejects_{run}")
    return Load(result, rejects)
