"""What the ledger tells: why a balance is what it is, and whether all balances agree with it."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from altazion.lib.problems import NotFound
from logistics.enums import ReservationState
from logistics.models import Reservation, StockBalance, StockMovement, Withdrawal
from logistics.selectors.withdrawn import withdrawals_of


@dataclass(frozen=True)
class Statement:
    """A balance told like a bank statement: movements newest first, each with what was left, and open promises."""

    balance: StockBalance
    movements: list[StockMovement]
    promises: list[Reservation]
    before: int
    older: int | None
    kept_back: list[Withdrawal]
    at: dt.datetime

    @property
    def withdrawn(self) -> int:
        """Units kept back now."""
        return sum(row.quantity for row in self.kept_back if (row.during.lower or self.at) <= self.at)

    @property
    def free(self) -> int:
        return self.balance.physical - self.withdrawn - self.balance.safety - self.balance.reserved


@dataclass(frozen=True)
class Divergence:
    """A balance that its ledger or its reservations contradict. `entry`: the first ledger line that does not follow."""

    product_id: int
    place_id: int
    sku: str
    place: str
    what: str
    expected: int
    found: int
    entry: int | None = None

    @property
    def sentence(self) -> str:
        told = {
            "physical": _("%(sku)s at %(place)s: the balance says %(found)s, its movements add up to %(expected)s."),
            "reserved": _("%(sku)s at %(place)s: %(found)s reserved, its reservations add up to %(expected)s."),
            "chain": _("%(sku)s at %(place)s: movement %(entry)s leaves %(found)s, %(expected)s follows from before."),
        }[self.what]
        return told % vars(self)


def why_this_balance(
    product_id: int, place_id: int, *, at: dt.datetime, before: int | None = None, limit: int = 50
) -> Statement:
    """The statement of a balance: at most `limit` movements older than ledger line `before`; raises NotFound.

    Four queries. `older` is the line to continue from, or None.
    """
    balance = StockBalance.objects.filter(product=product_id, place=place_id).select_related("product", "place").first()
    if balance is None:
        raise NotFound(_("This place never held that product."))
    lines = StockMovement.objects.filter(product=product_id, place=place_id).order_by("-id")
    if before:
        lines = lines.filter(pk__lt=before)
    shown = list(lines[: limit + 1])
    promises = Reservation.objects.filter(product=product_id, place=place_id, state=ReservationState.HELD)
    more, shown = len(shown) > limit, shown[:limit]
    opening = shown[-1].balance_after - shown[-1].quantity if shown else balance.physical
    return Statement(
        balance,
        shown,
        list(promises.order_by("created_at")[:200]),
        opening,
        shown[-1].pk if more else None,
        withdrawals_of(product_id, place_id, at=at),
        at,
    )


_PHYSICAL = """
SELECT COALESCE(b.product_id, m.product_id), COALESCE(b.place_id, m.place_id), product.sku, place.name,
       COALESCE(m.total, 0), COALESCE(b.physical, 0)
  FROM logistics_stockbalance b
  FULL JOIN (SELECT product_id, place_id, sum(quantity) AS total FROM logistics_stockmovement GROUP BY 1, 2) m
         ON m.product_id = b.product_id AND m.place_id = b.place_id
  JOIN catalog_product product ON product.id = COALESCE(b.product_id, m.product_id)
  JOIN logistics_place place ON place.id = COALESCE(b.place_id, m.place_id)
 WHERE COALESCE(m.total, 0) <> COALESCE(b.physical, 0)
 ORDER BY 1, 2 LIMIT %(limit)s
"""
_RESERVED = """
SELECT COALESCE(b.product_id, r.product_id), COALESCE(b.place_id, r.place_id), product.sku, place.name,
       COALESCE(r.total, 0), COALESCE(b.reserved, 0)
  FROM logistics_stockbalance b
  FULL JOIN (SELECT product_id, place_id, sum(quantity) AS total FROM logistics_reservation
              WHERE state = 'held' GROUP BY 1, 2) r
         ON r.product_id = b.product_id AND r.place_id = b.place_id
  JOIN catalog_product product ON product.id = COALESCE(b.product_id, r.product_id)
  JOIN logistics_place place ON place.id = COALESCE(b.place_id, r.place_id)
 WHERE COALESCE(r.total, 0) <> COALESCE(b.reserved, 0)
 ORDER BY 1, 2 LIMIT %(limit)s
"""
_CHAIN = """
SELECT DISTINCT ON (line.product_id, line.place_id) line.product_id, line.place_id, product.sku, place.name,
       line.before + line.quantity, line.balance_after, line.id
  FROM (SELECT id, product_id, place_id, quantity, balance_after,
               lag(balance_after, 1, 0) OVER (PARTITION BY product_id, place_id ORDER BY id) AS before
          FROM logistics_stockmovement) line
  JOIN catalog_product product ON product.id = line.product_id
  JOIN logistics_place place ON place.id = line.place_id
 WHERE line.balance_after <> line.before + line.quantity
 ORDER BY line.product_id, line.place_id, line.id LIMIT %(limit)s
"""


def prove_balances(limit: int = 100) -> list[Divergence]:
    """Balances that disagree with the ledger, with the reservations, or whose ledger does not add up line by line.

    Empty when all is proven. At most `limit` of each sort.
    """
    found = []
    with connection.cursor() as sql:
        for what, query in (("physical", _PHYSICAL), ("reserved", _RESERVED), ("chain", _CHAIN)):
            sql.execute(query, {"limit": limit})
            for product, place, sku, name, expected, balance, *entry in sql.fetchall():
                first = entry[0] if entry else None
                found.append(Divergence(product, place, sku, name, what, int(expected), balance, first))
    return found
