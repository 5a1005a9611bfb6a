"""A person approved a part of a proposal: the rest leaves the staged rows, as if the file did not say it."""

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from integrations.engine.staging import Staging, execute
from integrations.enums import ChangeKind, Entity
from integrations.formats import Definition
from integrations.formats.changes import MAIN, feeding

_KEYS: dict[str, str] = {Entity.LABELS: "slot", Entity.ATTRIBUTE_VALUES: "attribute"}
# How a row of the file names an article whose SKU is w.label.
_BY_REFERENCE = (
    "t.reference IN (SELECT r.value FROM catalog_productreference r JOIN catalog_product p ON p.id = r.product_id"
    " WHERE p.sku = w.label)"
)
_NAMED = {
    "sku": "t.sku = w.label",
    "external_id": "t.external_id = (SELECT p.external_id FROM catalog_product p WHERE p.sku = w.label)",
    "reference": _BY_REFERENCE,
}
# Where a difference's scope stands in a row of the file.
_SCOPES: dict[str, str] = {
    Entity.STOCK: "place_code",
    Entity.PRICES: "destination",
    Entity.ATTRIBUTE_VALUES: "code",
    Entity.LABELS: "code",
}
# Loaders that know which rows are present although they are not there to be read.
_PRESENT = (Entity.ARTICLES, Entity.CATEGORIES, Entity.STORES, Entity.STOCK)


@dataclass(frozen=True)
class Choice:
    """kinds to take; fields (`about.field`) and articles or codes to leave out."""

    kinds: tuple[str, ...]
    without_fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Choice":
        return cls(tuple(data["kinds"]), tuple(data.get("without_fields", ())), tuple(data.get("without", ())))


def narrow(tables: Staging, definition: Definition, choice: Choice, run_id: int, *, full: bool) -> bool:
    """Take what was not approved out of the checked rows; `run_id` still has the differences that were looked at.

    Returns whether absence from what is left still means archived.
    """
    entity = definition.entity
    about, scoped = MAIN.get(entity, ""), entity in _SCOPES
    full = full and ChangeKind.ARCHIVED in choice.kinds
    unwanted: list[sql.Composable] = []
    if choice.without:
        labels = sql.Literal(list(choice.without))
        unwanted.append(sql.SQL("SELECT label, NULL::text AS scope FROM unnest({}::text[]) AS label").format(labels))
    if ChangeKind.ADDED not in choice.kinds:
        unwanted.append(_of_kind(run_id, about, "kind = 'added'"))
    if ChangeKind.CHANGED not in choice.kinds:
        new = sql.SQL(" AND NOT EXISTS ({})").format(_new_ones(run_id, about, with_scope=scoped))
        unwanted.append(_of_kind(run_id, "", "kind <> 'archived'") + new)
    gone = 0
    if unwanted:
        _remember_keys(tables, definition)
        gone = sum(_leave_out(tables, definition, query, with_scope=scoped) for query in unwanted)
    given = set(tables.fields) - definition.spec.needed
    for key in choice.without_fields:
        _drop(tables, feeding(entity, key, given), key.partition(".")[2])
    tables.rows -= gone
    return full and (not gone or entity in _PRESENT)


def _remember_keys(tables: Staging, definition: Definition) -> None:
    """A table of rows that are left out: they are not absent."""
    if not tables.refused:
        tables.refused = f"{tables.typed}_refused"
        execute(
            sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(
                sql.Identifier(tables.refused),
                sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(n)) for n in _keys(tables, definition)),
            )
        )


def _keys(tables: Staging, definition: Definition) -> list[str]:
    return sorted({name for key in definition.spec.keys for name in key} & set(tables.fields))


def _of_kind(run_id: int, about: str, where: str) -> sql.Composed:
    query = sql.SQL("SELECT c.label, c.scope FROM integrations_change c WHERE c.run_id = {} AND {}").format(
        sql.Literal(run_id), sql.SQL(where)
    )
    return query + sql.SQL(" AND c.about = {}").format(sql.Literal(about)) if about else query


def _new_ones(run_id: int, about: str, *, with_scope: bool) -> sql.Composed:
    query = sql.SQL(
        "SELECT 1 FROM integrations_change n WHERE n.run_id = {} AND n.about = {} AND n.kind = 'added'"
        " AND n.label = c.label"
    ).format(sql.Literal(run_id), sql.Literal(about))
    return query + sql.SQL(" AND n.scope = c.scope") if with_scope else query


def _leave_out(tables: Staging, definition: Definition, wanted: sql.Composable, *, with_scope: bool) -> int:
    entity = definition.entity
    same: sql.Composable = sql.SQL("true")
    if with_scope and _SCOPES[entity] in tables.fields:
        same = sql.SQL("coalesce(t.{}, w.scope) IS NOT DISTINCT FROM coalesce(w.scope, t.{})").format(
            *[sql.Identifier(_SCOPES[entity])] * 2
        )
    if entity in _KEYS or "code" in tables.fields:
        named = sql.SQL("t.{} = w.label").format(sql.Identifier(_KEYS.get(entity, "code")))
    else:
        tests = [sql.SQL(test) for field, test in _NAMED.items() if field in tables.fields]
        named = sql.SQL("({})").format(sql.SQL(" OR ").join(tests))
    keys = [sql.Identifier(name) for name in _keys(tables, definition)]
    return execute(
        sql.SQL(
            "WITH gone AS (DELETE FROM {} t USING ({}) w WHERE {} AND {} RETURNING t.*)"
            " INSERT INTO {} ({}) SELECT {} FROM gone"
        ).format(
            sql.Identifier(tables.typed),
            wanted,
            named,
            same,
            sql.Identifier(tables.refused),
            sql.SQL(", ").join(keys),
            sql.SQL(", ").join(sql.SQL("{}::text").format(key) for key in keys),
        )
    )


def _drop(tables: Staging, names: tuple[str, ...], field: str) -> None:
    """The columns go, but the names stay in `tables.fields`: the file still feeds them."""
    inner = field.partition(".")[2]
    table = sql.Identifier(tables.typed)
    for name in names:
        column = sql.Identifier(name)
        if inner:
            execute(sql.SQL("UPDATE {0} SET {1} = {1} - {2}::text").format(table, column, sql.Literal(inner)))
        else:
            execute(sql.SQL("ALTER TABLE {} DROP COLUMN IF EXISTS {}").format(table, column))
