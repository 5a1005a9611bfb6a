"""The single SQL statements by which balances change, each together with its reservation or its ledger line.

Whoever runs several runs them sorted by (product, place), after everything else in the transaction: a balance row may
be wanted by many at once, so its lock is taken last and held short.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.sql import SQL, Composed

Pair = tuple[int, int]  # product, place


@dataclass(frozen=True)
class Left:
    """A balance after a change."""

    physical: int
    safety: int
    reserved: int
    withdrawn: int = 0

    @property
    def free(self) -> int:
        return self.physical - self.safety - self.reserved - self.withdrawn


# Units of this balance that a person keeps back at that instant.
_AWAY = """COALESCE((SELECT sum(quantity) FROM logistics_withdrawal
             WHERE product_id = %(product)s AND place_id = %(place)s AND during @> %(at)s::timestamptz), 0)::int"""

_TAKE = f"""
WITH taken AS (
    UPDATE logistics_stockbalance SET reserved = reserved + %(units)s
     WHERE product_id = %(product)s AND place_id = %(place)s AND physical - safety - reserved - {_AWAY} >= %(units)s
    RETURNING physical, safety, reserved
), promised AS (
    INSERT INTO logistics_reservation AS r
           (reference, line, product_id, place_id, quantity, state, expires_at, created_at)
    SELECT %(reference)s, %(line)s, %(product)s, %(place)s, %(units)s, 'held', %(expires_at)s, %(at)s FROM taken
    ON CONFLICT (reference, line, place_id) DO UPDATE
       SET quantity = EXCLUDED.quantity + CASE WHEN r.state = 'held' THEN r.quantity ELSE 0 END,
           state = 'held', product_id = EXCLUDED.product_id, expires_at = EXCLUDED.expires_at,
           created_at = CASE WHEN r.state = 'held' THEN r.created_at ELSE EXCLUDED.created_at END
)
SELECT physical, safety, reserved, {_AWAY} FROM taken
"""  # noqa: S608 - fixed text


def take(
    reference: UUID, line: str, pair: Pair, units: int, *, expires_at: dt.datetime | None, at: dt.datetime
) -> Left | None:
    """Promise units if that many are free; None when they are not. A held line grows by `units`."""
    return _one(
        _TAKE,
        {
            "reference": reference,
            "line": line,
            "product": pair[0],
            "place": pair[1],
            "units": units,
            "expires_at": expires_at,
            "at": at,
        },
    )


_SWEEP = """
WITH gone AS (
    UPDATE logistics_reservation SET state = 'released'
     WHERE id IN (SELECT id FROM logistics_reservation
                   WHERE state = 'held' AND expires_at <= %(at)s AND product_id = %(product)s AND place_id = %(place)s
                     FOR UPDATE SKIP LOCKED)
    RETURNING quantity
), total AS (SELECT COALESCE(sum(quantity), 0)::int AS units FROM gone)
UPDATE logistics_stockbalance b
   SET reserved = b.reserved - total.units, shortage = GREATEST(b.reserved - total.units - b.physical, 0)
  FROM total
 WHERE b.product_id = %(product)s AND b.place_id = %(place)s AND total.units > 0
RETURNING b.physical, b.safety, b.reserved
"""


def sweep_pair(pair: Pair, *, at: dt.datetime) -> Left | None:
    """Give back what expired reservations hold of one balance; None if nothing."""
    return _one(_SWEEP, {"product": pair[0], "place": pair[1], "at": at})


_GIVE = """
WITH wanted AS (SELECT * FROM unnest(%(products)s::bigint[], %(places)s::bigint[], %(units)s::int[])
                            AS w(product_id, place_id, units)),
     locked AS (SELECT b.id, w.units FROM logistics_stockbalance b JOIN wanted w USING (product_id, place_id)
                 ORDER BY b.product_id, b.place_id FOR UPDATE OF b)
UPDATE logistics_stockbalance b
   SET reserved = b.reserved - locked.units, shortage = GREATEST(b.reserved - locked.units - b.physical, 0)
  FROM locked WHERE b.id = locked.id
"""


def give(units: dict[Pair, int]) -> None:
    """Take reserved units off balances; rows are locked in sorted order inside one statement."""
    pairs = sorted(units)
    with connection.cursor() as sql:
        sql.execute(
            _GIVE,
            {
                "products": [product for product, _place in pairs],
                "places": [place for _product, place in pairs],
                "units": [units[pair] for pair in pairs],
            },
        )


_WITH_LINE = SQL(
    """
WITH changed AS ({change} RETURNING physical, safety, reserved),
line AS (
    INSERT INTO logistics_stockmovement
           (product_id, place_id, kind, quantity, balance_after, document, reason, actor, at)
    SELECT %(product)s, %(place)s, %(kind)s, %(units)s, physical, %(document)s, %(reason)s, %(actor)s, %(at)s
      FROM changed
)
SELECT physical, safety, reserved, AWAY FROM changed
""".replace("AWAY", _AWAY)
)
_RECEIVE = _WITH_LINE.format(
    change=SQL("""
    INSERT INTO logistics_stockbalance AS b (product_id, place_id, physical, reserved, safety, incoming, shortage)
    VALUES (%(product)s, %(place)s, %(units)s, 0, 0, 0, 0)
    ON CONFLICT (product_id, place_id) DO UPDATE
       SET physical = b.physical + EXCLUDED.physical,
           shortage = GREATEST(b.reserved - b.physical - EXCLUDED.physical, 0)
""")
)
_TAKE_AWAY = _WITH_LINE.format(
    change=SQL("""
    UPDATE logistics_stockbalance SET physical = physical + %(units)s
     WHERE product_id = %(product)s AND place_id = %(place)s AND physical + %(units)s >= reserved
""")
)
_CONSUME = _WITH_LINE.format(
    change=SQL("""
    UPDATE logistics_stockbalance
       SET physical = physical + %(units)s, reserved = reserved + %(units)s,
           shortage = GREATEST(reserved - physical, 0)
     WHERE product_id = %(product)s AND place_id = %(place)s AND physical + %(units)s >= 0
""")
)
_COUNT = _WITH_LINE.format(
    change=SQL("""
    UPDATE logistics_stockbalance SET physical = %(counted)s, shortage = GREATEST(reserved - %(counted)s, 0)
     WHERE product_id = %(product)s AND place_id = %(place)s
""")
)


@dataclass(frozen=True)
class Entry:
    """What a ledger line says besides its figures."""

    kind: str
    document: str
    reason: str
    actor: str
    at: dt.datetime


def receive(pair: Pair, units: int, entry: Entry) -> Left | None:
    """Add units to a balance, made if it is missing, with the ledger line."""
    return _one(_RECEIVE, _line(pair, units, entry))


def take_away(pair: Pair, units: int, entry: Entry) -> Left | None:
    """Take `units` off the shelf with the ledger line; None if promised or absent units would be touched."""
    return _one(_TAKE_AWAY, _line(pair, -units, entry))


def consume_units(pair: Pair, units: int, entry: Entry) -> Left | None:
    """Promised units leave the shelf with the ledger line; None if they are not there."""
    return _one(_CONSUME, _line(pair, -units, entry))


def set_counted(pair: Pair, counted: int, difference: int, entry: Entry) -> Left | None:
    """Set what was counted on a balance whose row the caller has locked, with the ledger line."""
    return _one(_COUNT, {**_line(pair, difference, entry), "counted": counted})


def _line(pair: Pair, units: int, entry: Entry) -> dict[str, Any]:
    return {"product": pair[0], "place": pair[1], "units": units, **vars(entry)}


def _one(query: str | Composed, values: dict[str, Any]) -> Left | None:
    with connection.cursor() as sql:
        sql.execute(query, values)  # type: ignore[arg-type]
        row = sql.fetchone()
    return Left(*row) if row else None


def sum_by_pair(rows: Iterable[tuple[int, int, int]]) -> dict[Pair, int]:
    """Units by (product, place) of (product, place, units) rows."""
    total: dict[Pair, int] = {}
    for product, place, units in rows:
        total[product, place] = total.get((product, place), 0) + units
    return total
