"""Checks of the staged text in SQL, in sets: what is refused goes to the rejects, what is left becomes typed rows.

Every check is one expression per field; one pass over the table evaluates them all and writes the refused cells.
"""

import re

from django.db import connection
from psycopg import sql

from integrations.engine.staging import Staging, execute
from integrations.engine.values import ERASED, FLAG, SHORTENED
from integrations.formats import Definition, Field, FieldType

_TRUE, _FALSE = ("true", "t", "1", "yes", "y", "oui", "o", "vrai"), ("false", "f", "0", "no", "n", "non", "faux")
_NUMBER = r"^[+-]?(\d{1,15}(\.\d*)?|\.\d+)$"
_CODES = (
    "sku",
    "external_id",
    "parent_sku",
    "parent_external_id",
    "other_sku",
    "other_external_id",
    "reference",
    "value",
)
_INTEGER = r"^[+-]?\d{1,9}(\.0*)?$"
Expression = sql.Composable


def check(staging: Staging, definition: Definition) -> None:
    """Find cells that are missing, too long, or not of their type, and rows whose key came before in the file."""
    faults = [fault for name in staging.fields for fault in _faults(definition.spec.fields[name], definition)]
    if definition.spec.one_of:
        faults.append(_none_given(staging, definition))
    _write_faults(staging, faults)
    for key in definition.spec.keys:
        _reject_repeated(staging, definition, [name for name in key if name in staging.fields])


def forget_empty_fields(staging: Staging, definition: Definition) -> None:
    """A column without a single value is as if the file lacked it: loaders need not look at it."""
    counts = sql.SQL(", ").join(sql.SQL("count({})").format(sql.Identifier(name)) for name in staging.fields)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(counts, sql.Identifier(staging.text)))
        given = dict(zip(staging.fields, cursor.fetchone(), strict=True))
    any_of = [name for name in definition.spec.one_of if name in given]
    needed = {*definition.spec.required, *any_of[: 0 if any(given[name] for name in any_of) else 1]}
    staging.fields = [name for name in staging.fields if given[name] or name in needed]


def make_typed(staging: Staging, definition: Definition) -> None:
    """Turn the rows that stand in no rejection into the typed table the loader reads."""
    casts = [
        sql.SQL("{} AS {}").format(typed(definition.spec.fields[name], definition), sql.Identifier(name))
        for name in staging.fields
    ]
    refused = sql.SQL(" WHERE NOT EXISTS (SELECT 1 FROM {} r WHERE r.row_number = t.row_number)").format(
        sql.Identifier(staging.rejects)
    )
    execute(
        sql.SQL("CREATE UNLOGGED TABLE {} WITH (autovacuum_enabled = false) AS SELECT row_number, {} FROM {} t").format(
            sql.Identifier(staging.typed), sql.SQL(", ").join(casts), sql.Identifier(staging.text)
        )
        + (refused if has_rejects(staging) else sql.SQL(""))
    )
    # Sizes and rough counts are all a plan needs: a sample of 3,000 rows instead of 30,000 with their long texts.
    execute("SET LOCAL default_statistics_target = 10")
    execute(sql.SQL("ANALYZE {}").format(sql.Identifier(staging.typed)))


def keep_refused_keys(staging: Staging, definition: Definition) -> None:
    """Keep what identifies the refused rows, so that a whole file does not archive what it only spelled badly."""
    keys = sorted({name for key in definition.spec.keys for name in key} & set(staging.fields))
    staging.refused = f"{staging.typed}_refused"
    execute(
        sql.SQL(
            "CREATE UNLOGGED TABLE {} WITH (autovacuum_enabled = false) AS SELECT {} FROM {} t"
            " WHERE EXISTS (SELECT 1 FROM {} r WHERE r.row_number = t.row_number)"
        ).format(
            sql.Identifier(staging.refused),
            sql.SQL(", ").join(map(sql.Identifier, keys)),
            sql.Identifier(staging.text),
            sql.Identifier(staging.rejects),
        )
    )


def has_rejects(staging: Staging) -> bool:
    """True when a row was refused so far."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(staging.rejects)))
        return bool(cursor.fetchone()[0])


def count_rejected(staging: Staging) -> int:
    """Rows refused so far (a row may be refused for several reasons)."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(DISTINCT row_number) FROM {}").format(sql.Identifier(staging.rejects)))
        return int(cursor.fetchone()[0])


def number(cell: Expression, definition: Definition) -> Expression:
    """The cell as PostgreSQL writes numbers: without blanks and thousands marks, with a dot."""
    decimal, thousands = definition.decimal_mark, definition.thousands_mark
    if decimal == "." and not thousands:
        return cell
    bare = _bare(cell)
    if thousands == decimal:  # "2,849,83": the last mark is the decimal one
        mark = sql.Literal(rf"[{decimal}](?=.*[{decimal}])")
        return sql.SQL("replace(regexp_replace({}, {}, '', 'g'), {}, '.')").format(bare, mark, sql.Literal(decimal))
    if thousands.strip():
        bare = sql.SQL("replace({}, {}, '')").format(bare, sql.Literal(thousands))
    return bare if decimal == "." else sql.SQL("replace({}, {}, '.')").format(bare, sql.Literal(decimal))


def _bare(cell: Expression) -> Expression:
    return sql.SQL("regexp_replace({}, '[[:space:]\u00a0\u202f]', '', 'g')").format(cell)


def _other_mark(definition: Definition) -> str:
    """What a number looks like that was written with other marks than the mapping says; "" when nothing tells."""
    decimal, thousands = definition.decimal_mark, definition.thousands_mark
    if decimal == thousands:
        return ""
    if thousands in (".", ","):  # groups of three, else it is a decimal mark: 12.50 must not become 1250
        mark, end = re.escape(thousands), re.escape(decimal)
        return rf"{mark}\d{{1,2}}(\D|$)|{mark}\d{{4,}}|{end}\d*{mark}|^[+-]?{mark}"
    other = {".": ",", ",": "."}.get(decimal)
    return rf"^[+-]?[\d{re.escape(decimal)}]*{re.escape(other)}[\d.,]*$" if other else ""


def typed(field: Field, definition: Definition) -> Expression:
    """The checked text of a field as its type."""
    cell = sql.Identifier(field.name)
    if field.type in (FieldType.NUMBER, FieldType.INTEGER):
        value: Expression = sql.SQL("({})::numeric").format(number(cell, definition))
        return value if field.type == FieldType.NUMBER else sql.SQL("({})::integer").format(value)
    if field.type == FieldType.BOOLEAN:
        return sql.SQL("lower({}) = ANY({})").format(cell, sql.Literal(list(_TRUE)))
    if field.type in (FieldType.MOMENT, FieldType.JSON):
        return sql.SQL("{}::{}").format(cell, sql.SQL(field.type.value))
    if _may_erase(field, definition):
        return sql.SQL("CASE WHEN {0} = {1} THEN '' ELSE {2} END").format(
            cell, sql.Literal(ERASED), _choice(field, cell)
        )
    return _choice(field, cell)


def _choice(field: Field, cell: Expression) -> Expression:
    if not field.choices:
        return cell
    return sql.SQL("upper({})" if field.choices[0].isupper() else "lower({})").format(cell)


def _faults(field: Field, definition: Definition) -> list[tuple[str, Expression]]:
    """(code, condition under which a row is refused for it) of one field, the first that holds counts."""
    cell = sql.Identifier(field.name)
    found: list[tuple[str, Expression]] = []
    if field.required:
        found.append(("required", sql.SQL("{} IS NULL").format(cell)))
    if _may_flag(field, definition):
        found.append(("", sql.SQL("{} LIKE {}").format(cell, sql.Literal(f"{FLAG}%"))))
    found += _shapes(field, definition, cell)
    if field.type == FieldType.NUMBER:
        found.append(("not_a_number", sql.SQL("{} !~ {}").format(number(cell, definition), sql.Literal(_NUMBER))))
    elif field.type == FieldType.INTEGER:
        found.append(("not_an_integer", sql.SQL("{} !~ {}").format(number(cell, definition), sql.Literal(_INTEGER))))
    elif field.type == FieldType.BOOLEAN:
        words = sql.Literal([*_TRUE, *_FALSE])
        found.append(("not_a_boolean", sql.SQL("lower({}) <> ALL({})").format(cell, words)))
    if field.least is not None:
        shape = sql.Literal(_NUMBER if field.type == FieldType.NUMBER else _INTEGER)
        value = number(cell, definition)
        below = sql.SQL("CASE WHEN {0} ~ {1} THEN ({0})::numeric < {2} END")
        found.append(("too_small", below.format(value, shape, sql.Literal(field.least))))
    if field.max_length:
        found.append(("too_long", sql.SQL("char_length({}) > {}").format(cell, sql.Literal(field.max_length))))
    if field.choices:
        words = sql.Literal([choice.lower() for choice in field.choices])
        found.append(("not_a_choice", sql.SQL("lower({}) <> ALL({})").format(cell, words)))
    return [_as_case(field.name, found)] if found else []


def _shapes(field: Field, definition: Definition, cell: Expression) -> list[tuple[str, Expression]]:
    """What spreadsheets and other countries do to codes and numbers."""
    if field.name in _CODES:
        return [("shortened", sql.SQL("{} ~ {}").format(cell, sql.Literal(rf"^{SHORTENED.pattern}$")))]
    mark = _other_mark(definition) if field.type in (FieldType.NUMBER, FieldType.INTEGER) else ""
    return [("decimal_mark", sql.SQL("{} ~ {}").format(_bare(cell), sql.Literal(mark)))] if mark else []


def _as_case(name: str, found: list[tuple[str, Expression]]) -> tuple[str, Expression]:
    cases = [
        sql.SQL("WHEN {} THEN {}").format(
            test,
            sql.Literal(code)
            if code
            else sql.SQL("split_part({}, {}, 2)").format(sql.Identifier(name), sql.Literal(FLAG)),
        )
        for code, test in found
    ]
    return name, sql.SQL("CASE {} END").format(sql.SQL(" ").join(cases))


def _none_given(staging: Staging, definition: Definition) -> tuple[str, Expression]:
    given = [name for name in definition.spec.one_of if name in staging.fields]
    nothing = sql.SQL(" AND ").join(sql.SQL("{} IS NULL").format(sql.Identifier(name)) for name in given)
    return given[0], sql.SQL("CASE WHEN {} THEN 'required' END").format(nothing)


def _write_faults(staging: Staging, faults: list[tuple[str, Expression]]) -> None:
    """One pass: rows that no fault touches are dropped before their cells are looked at one by one."""
    if not faults:
        return
    cells = sql.SQL(", ").join(
        sql.SQL("({}, {}, left({}, 400))").format(sql.Literal(name), code, sql.Identifier(name))
        for name, code in faults
    )
    any_fault = sql.SQL("coalesce({}) IS NOT NULL").format(sql.SQL(", ").join(code for _, code in faults))
    execute(
        sql.SQL(
            "INSERT INTO {} (row_number, field, code, value)"
            " SELECT t.row_number, f_field, f_code, coalesce(CASE WHEN f_value LIKE {flag}"
            " THEN split_part(f_value, {mark}, 3) ELSE f_value END, '')"
            " FROM {} t CROSS JOIN LATERAL (VALUES {}) AS f(f_field, f_code, f_value)"
            " WHERE {} AND f_code IS NOT NULL"
        ).format(
            sql.Identifier(staging.rejects),
            sql.Identifier(staging.text),
            cells,
            any_fault,
            flag=sql.Literal(f"{FLAG}%"),
            mark=sql.Literal(FLAG),
        )
    )


def _reject_repeated(staging: Staging, definition: Definition, key: list[str]) -> None:
    """Refuse every row but the first of those that name the same thing."""
    if not key:
        return
    cells = [typed(definition.spec.fields[name], definition) for name in key]
    together = sql.SQL(", ").join(cells) if len(cells) == 1 else _joined(cells)
    execute(
        sql.SQL(
            "WITH repeated AS (SELECT {key} AS k_cells, min(row_number) AS k_first FROM {text} WHERE {given}"
            " GROUP BY 1 HAVING count(*) > 1)"
            " INSERT INTO {rejects} (row_number, field, code, value)"
            " SELECT t.row_number, {field}, 'duplicate_key', k_first::text"
            " FROM {text} t JOIN repeated ON k_cells = {key} AND t.row_number > k_first"
        ).format(
            key=together,
            text=sql.Identifier(staging.text),
            rejects=sql.Identifier(staging.rejects),
            field=sql.Literal(key[0] if len(key) == 1 else ", ".join(key)),
            given=sql.SQL("{} IS NOT NULL").format(sql.Identifier(key[0])) if len(key) == 1 else sql.SQL("true"),
        )
    )


def _joined(cells: list[Expression]) -> Expression:
    parts = [sql.SQL("coalesce({}, '')").format(cell) for cell in cells]
    return sql.SQL(" || chr(31) || ").join(parts)


def _may_flag(field: Field, definition: Definition) -> bool:
    if field.type in (FieldType.MOMENT, FieldType.JSON):
        return True
    mine = [column for column in definition.columns if column.target[0] == field.name]
    return bool(definition.erase) or any(
        column.multiply or column.expression or column.map_else == "reject" for column in mine
    )


def _may_erase(field: Field, definition: Definition) -> bool:
    return bool(definition.erase) or any(
        column.empty == "erase" and column.target[0] == field.name for column in definition.columns
    )
